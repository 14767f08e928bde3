import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatReportFile, parseReportFile, type ReportFile } from '../../src/report/report-file.js'
import { exportedFiles, findingsOf } from '../helpers/exported-rows.js'
import { someFigures, someGroup } from '../helpers/report-folder.js'

const report: ReportFile = { subaccountId: 'acme_sg', jobId: 'job-1', figures: someFigures }

/** The text of a file that differs in this from a good one. */
function fileWith(differing: object): string {
  return JSON.stringify({ ...JSON.parse(formatReportFile(report)), ...differing })
}

const withFigures = (differing: object): string =>
  fileWith({ figures: { ...report.figures, ...differing } })

describe('a report as a file', () => {
  test('comes back as it was, whatever an export holds', () => {
    fc.assert(
      fc.property(exportedFiles, (files) => {
        const written = { ...report, figures: findingsOf(files).figures }

        expect(parseReportFile(formatReportFile(written))).toEqual(written)
      }),
      { numRuns: 300 },
    )
  })

  test('says what it is, in one line', () => {
    expect(formatReportFile(report)).toMatch(
      /^{"format":"8x8-sms-log-export\/report","version":1,"subaccountId":"acme_sg","jobId":"job-1","figures":{.*}}\n$/,
    )
  })

  test('may have more members than this version knows', () => {
    expect(parseReportFile(fileWith({ more: true }))).toEqual(report)
  })
})

const withCost = (cost: unknown): string => withFigures({ cost })
const withOperators = (operators: unknown): string => withFigures({ operators })

describe('no report is', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '{"format":'],
    ['a workflow command', '::error::x'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"8x8-sms-log-export/report"'],
    ['an object of another kind', '{"job-id": "job-1"}'],
    ['the output report of a download', JSON.stringify(report.figures)],
    ['a list without an end', '['.repeat(1_000_000)],
    ['one of another format', fileWith({ format: 'report' })],
    ['one of a later version', fileWith({ version: 2 })],
    ['one whose version is a text', fileWith({ version: '1' })],
    ['one without figures', fileWith({ figures: undefined })],
    ['one whose figures are a list', fileWith({ figures: [] })],
    ['one whose figures are null', fileWith({ figures: null })],
    ['one without a subaccount', fileWith({ subaccountId: '' })],
    ['one with Markdown for a subaccount', fileWith({ subaccountId: '`|<img>' })],
    ['one with a line break in the job', fileWith({ jobId: 'job\n::error::x' })],
    ['one with a space in the job', fileWith({ jobId: 'job 1' })],
    ['one with a number for a job', fileWith({ jobId: 1 })],
    ['one with a job of 257 characters', fileWith({ jobId: 'x'.repeat(257) })],
    ['one with fewer than no records', withFigures({ records: -1, outbound: -1, delivered: -1 })],
    ['one with half a record', withFigures({ records: 2.5 })],
    ['one with a text for a count', withFigures({ records: '2' })],
    ['one with more records than add up exactly', withFigures({ records: 1e12 + 1 })],
    ['one without a count', withFigures({ unreadable: undefined })],
    ['one with more outbound records than records', withFigures({ outbound: 3 })],
    ['one with more delivered than outbound records', withFigures({ delivered: 3 })],
    ['one that counts delivered records and no statuses', withFigures({ statuses: undefined })],
    ['one without directions', withFigures({ directions: undefined })],
    ['one with a list for statuses', withFigures({ statuses: [1] })],
    ['one with a text for a status', withFigures({ statuses: { sent: 'many' } })],
    ['one with null for errors', withFigures({ errors: null })],
    ['one with an amount that is a number', withCost({ EUR: 0.1 })],
    ['one with an amount that is none', withCost({ EUR: 'free' })],
    ['one with an amount of 401 digits', withCost({ EUR: '1'.repeat(401) })],
    [
      'one with a day that is not in the calendar',
      withFigures({ days: { '2026-02-30': someGroup } }),
    ],
    ['one with a month that is none', withFigures({ days: { '2026-13-01': someGroup } })],
    ['one with a word for a day', withFigures({ days: { today: someGroup } })],
    ['one with a number for an operator', withOperators({ Singtel: 2 })],
    ['one with null for an operator', withOperators({ Singtel: null })],
    ['one that knows less of an operator', withOperators({ Singtel: { records: 1, outbound: 1 } })],
    ['one with a phone number for an operator', withOperators({ '+6598765432': someGroup })],
    ['one with a phone number in groups', withOperators({ '+65 9876-5432': someGroup })],
    ['one with a phone number for a status', withFigures({ statuses: { '6598765432': 1 } })],
    ['one with a hidden prototype', withOperators(JSON.parse('{"__proto__": {"records": -1}}'))],
  ])('%s', (_, text) => {
    expect(parseReportFile(text)).toBeUndefined()
  })

  test('any JSON but its own, and none of it ends in an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(parseReportFile(text)).toBeUndefined()
      }),
    )
  })

  test('a good one with anything in the place of one member, or it is as good', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(report.figures)),
        fc.jsonValue(),
        (member, value) => {
          const parsed = parseReportFile(withFigures({ [member]: value }))

          if (parsed) expect(formatReportFile(parsed)).toBe(`${withFigures({ [member]: value })}\n`)
        },
      ),
    )
  })
})

describe('a report may lack what a column is missing for', () => {
  test.each(['errors', 'days', 'countries', 'operators'])('%s', (member) => {
    const parsed = parseReportFile(withFigures({ [member]: undefined }))

    expect(parsed?.figures).not.toHaveProperty(member)
    expect(parsed?.figures.records).toBe(2)
  })

  test('and have days that are not known', () => {
    const days = { unknown: someGroup, other: someGroup }

    expect(parseReportFile(withFigures({ days }))?.figures.days).toEqual(days)
  })
})
