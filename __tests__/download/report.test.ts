import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { publishReport } from '../../src/download/report.js'
import { parseReportFile } from '../../src/report/report-file.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { type Cells, csvOfRecords, findingsOf, reportOf } from '../helpers/read-export.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

const REQUEST = { thresholds: {} }

/** A step that has reported on these files. */
async function reportOn(
  files: readonly string[],
  request: { file?: string; thresholds: object } = REQUEST,
  step = new RecordedStep(),
  folder = '/logs',
): Promise<RecordedStep> {
  const findings = findingsOf(files)
  const downloaded = { subaccountId: 'acme_sg', jobId: 'job-1', findings, expires: undefined }
  await publishReport({ ...downloaded, folder }, request, { clock: new ManualClock(), step })
  return step
}

const reportOnRecords = (...records: Cells[]): Promise<RecordedStep> =>
  reportOn([csvOfRecords(records)])

/** Notices and warnings. */
const annotationsOf = ({ events }: RecordedStep): string[] =>
  events.filter((event) => /^(notice|warning)/.test(event))

describe('a report', () => {
  test('is put out before it is written to the summary', async () => {
    const files = [csvOfRecords([{}, {}])]

    const step = await reportOn(files)

    expect(JSON.parse(step.outputs.report ?? '')).toEqual(reportOf(files))
    expect(step.outputs.records).toBe('2')
    expect(step.events.map((event) => /^[a-z]+(: \w+(?==))?/.exec(event)?.[0])).toEqual([
      'output: records',
      'output: report',
      'info',
      'summary',
    ])
    expect(step.summary).toMatch(/100\.0%.*2 of 2/)
  })

  test('has its headline in one line of the log', async () => {
    const step = await reportOnRecords(
      ...Array(1_500).fill({ price_total: '1' }),
      { status_value: 'failed', createdat: '2026-11-30', price_currency: 'USD' },
      { country: '' },
      { smscount: 'x' },
    )

    expect(step.events).toContainEqual(
      expect.stringMatching(
        /^info: 1,502 outbound, 0 inbound, 1 unreadable · 99\.9% delivered · EUR 1,500\.05 \+ USD 0\.05 · .*1 country · 2026-11-01 to 2026-11-30\.$/,
      ),
    )
  })

  test('has no address and no number in the log, whatever a currency is called', async () => {
    const step = await reportOnRecords(
      { price_currency: 'https://evil.example/x' },
      { price_currency: 'call 6591234567 now' },
      { price_currency: '::error::no' },
    )

    const [line] = step.events.filter((event) => event.startsWith('info'))
    expect(line).not.toMatch(/evil|6591234567/)
  })

  test('goes to a file with all that a later job needs', async () => {
    const file = path.join(createTemporaryFolder(), 'reports', 'november.json')
    const files = [csvOfRecords([{}, { direction: '0', operator: '__proto__' }])]

    await reportOn(files, { file, thresholds: {} })

    expect(parseReportFile(readFileSync(file, 'utf8'))).toEqual({
      subaccountId: 'acme_sg',
      jobId: 'job-1',
      figures: JSON.parse(JSON.stringify(findingsOf(files).figures)),
    })
  })

  test('says where its file cannot be written, after all else is', async () => {
    const place = path.join(createTemporaryFolder(), 'a file')
    writeFileSync(place, '')
    const step = new RecordedStep()

    await expect(
      reportOn([csvOfRecords([{}])], { file: path.join(place, 'r.json'), thresholds: {} }, step),
    ).rejects.toThrow(/cannot be saved: /)

    expect(step.summary).toContain('`acme_sg`')
    expect(step.outputs.records).toBe('1')
  })
})

describe('an annotation', () => {
  test('is there for nothing where all is well', async () => {
    expect(annotationsOf(await reportOnRecords({}, { direction: '0' }))).toEqual([])
  })

  test('tells of a record that cannot be read, with its line', async () => {
    const [warning, ...others] = annotationsOf(await reportOnRecords({}, { smscount: 'two' }))

    expect(warning).toMatch(
      /^warning: Records .*could not be read.* 1\..*job-1\.csv, line 3: .*smscount/,
    )
    expect(others).toEqual([])
  })

  test('tells of many of them over all files, with the first', async () => {
    const good = csvOfRecords([{}, {}])
    const bad = csvOfRecords([{}, ...Array(1_200).fill({ price_total: 'free' })])

    const [warning, ...others] = annotationsOf(await reportOn([good, bad, bad]))

    expect(warning).toMatch(/^warning: Records .* 2,400\..*job-2\.csv, line 3: .*price_total/)
    expect(others).toEqual([])
  })

  test('tells that no delivery rate can be computed', async () => {
    expect(annotationsOf(await reportOnRecords({ direction: '0' }))).toEqual([
      expect.stringMatching(/^notice: .*delivery rate .*no record .*outbound/),
    ])
  })

  test('does not tell so of an export without a record', async () => {
    expect(annotationsOf(await reportOn([csvOfRecords([])]))).toEqual([])
  })

  test('tells of delivered records without a price', async () => {
    const free = { price_total: '' }

    const step = await reportOnRecords(free, free, { ...free, status_value: 'failed' })

    expect(annotationsOf(step)).toEqual([
      expect.stringMatching(/^notice: Delivered records without a price.*: 2\.$/),
    ])
  })

  test('tells of columns that are missing, and not of prices as well', async () => {
    const file = csvOfRecords([{}]).replace('price_total', 'x').replace('operator', 'y')

    const [notice, ...others] = annotationsOf(await reportOn([csvOfRecords([{}]), file]))

    expect(notice).toMatch(/^notice: .*"job-2\.csv".*operator, price_total\b/)
    expect(others).toEqual([])
  })

  test('tells together of files that lack the same columns, and counts many', async () => {
    const file = csvOfRecords([{}]).replace('operator', 'y')

    const notices = annotationsOf(await reportOn([file, file, file, file, file]))

    expect(notices).toEqual([
      expect.stringMatching(/"job-1\.csv", "job-2\.csv", "job-3\.csv" and 2 more.*operator/),
    ])
  })

  test.each([
    ['direction', /all .*outbound/],
    ['price_currency', /cost .*"unknown"/],
  ])('tells what becomes of the figures without %s', async (column, what) => {
    const file = csvOfRecords([{}]).replace(column, 'another')

    const [notice, ...others] = annotationsOf(await reportOn([file]))

    expect(notice).toMatch(new RegExp(`^notice: .*"job-1\\.csv".*${column}`))
    expect(notice).toMatch(what)
    expect(others).toEqual([])
  })

  test('tells of names that count together', async () => {
    const records = Array.from({ length: 10_001 }, (_, at) => ({ operator: `Network ${at}` }))

    const step = await reportOnRecords(...records)

    expect(annotationsOf(step)).toContainEqual(
      expect.stringMatching(/^notice: .*10,000.* among operators: .*"other"/),
    )
  })

  test('tells of records without a time', async () => {
    const step = await reportOnRecords({ createdat: 'soon' }, {}, { createdat: '25/11/2026' })

    expect(annotationsOf(step)).toEqual([
      expect.stringMatching(/^notice: Records .*createdat.*"unknown": 2\.$/),
    ])
  })

  /** A report of about so many characters. */
  const longReport = (characters: number): Promise<RecordedStep> =>
    reportOnRecords(
      ...Array.from({ length: Math.round(characters / 155) }, (_, at) => ({
        operator: `${at}`.padEnd(60, 'x'),
        direction: '0',
      })),
    )

  test('tells of a report that fits no environment variable, from 128 KiB on', async () => {
    const small = await longReport(110_000)
    const long = await longReport(140_000)

    expect(small.outputs.report?.length).toBeGreaterThan(90_000)
    expect(annotationsOf(small).join()).not.toContain('128 KiB')
    expect(long.outputs.report?.length).toBeGreaterThan(131_072)
    expect(annotationsOf(long)).toContainEqual(
      expect.stringMatching(/^notice: .*128 KiB.*report-file/),
    )
  })

  test('leaves a report out that GitHub would refuse, in UTF-16 and with the other outputs', async () => {
    const step = await longReport(600_000)

    expect(step.outputs.report).toBe('')
    expect(step.outputs.records).toBe('3871')
    expect(annotationsOf(step)).toContainEqual(
      expect.stringMatching(/^warning: .*1 MiB.*report-file/),
    )
  })
})

describe('a job that found nothing', () => {
  test('has a report of zeros, and one line in the summary', async () => {
    const file = path.join(createTemporaryFolder(), 'report.json')

    const step = await reportOn([], { file, thresholds: {} })

    expect(step.events.filter((event) => event.startsWith('info'))).toEqual([])
    expect(step.outputs.records).toBe('0')
    expect(JSON.parse(step.outputs.report ?? '')).toEqual(reportOf([]))
    expect(step.summary).toMatch(/^### .*`acme_sg`\n\nNo records.*`job-1`.*\n\n$/)
    expect(parseReportFile(readFileSync(file, 'utf8'))?.figures.records).toBe(0)
  })
})
