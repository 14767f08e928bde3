import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REPORT_VERSION } from '../../src/report/figures.js'
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
      /^{"format":"8x8-sms-log-export\/report","version":\d+,"subaccountId":"acme_sg","jobId":"job-1","figures":{.*}}\n$/,
    )
  })

  test('may have more members than this version knows', () => {
    expect(parseReportFile(fileWith({ more: true }))).toEqual(report)
  })
})

const failure = { country: 'SG', operator: 'M1', error: '4', records: 1, delivered: 0 }
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
    ['one of a later version', fileWith({ version: REPORT_VERSION + 1 })],
    ['one whose version is a text', fileWith({ version: String(REPORT_VERSION) })],
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
    ['one with more records than add up exactly', withFigures({ records: 2 ** 53 })],
    ['one without a count', withFigures({ unreadable: undefined })],
    ['one of version 1', fileWith({ version: 1 })],
    ['one with more outbound records than records', withFigures({ outbound: 3 })],
    ['one with more delivered than outbound records', withFigures({ delivered: 3 })],
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
    ['one with more delivered and pending than outbound records', withFigures({ pending: 2 })],
    ['one with a time of no delivered record', withFigures({ timeToDeliver: [805, 2] })],
    ['one with half a bucket', withFigures({ timeToDeliver: [805] })],
    [
      'one with a bucket twice',
      withFigures({ delivered: 2, pending: 0, timeToDeliver: [8, 1, 8, 1] }),
    ],
    ['one with a bucket of more than ten days', withFigures({ timeToDeliver: [3_000, 1] })],
    ['one with a bucket of nothing', withFigures({ timeToDeliver: [805, 0] })],
    ['one with a name of 201 characters', withOperators({ ['x'.repeat(201)]: someGroup })],
    [
      'one with a phone number for a sender',
      withFigures({ senders: { '+6598765432': someGroup } }),
    ],
    [
      'one with a phone number for a failure',
      withFigures({ failures: [{ ...failure, operator: '6598765432' }] }),
    ],
    ['one with null for a failure', withFigures({ failures: [null] })],
    [
      'one with more delivered than all on a route',
      withFigures({ routes: [{ ...failure, delivered: 2 }] }),
    ],
    ['one with a word for an hour', withFigures({ hours: { noon: someGroup } })],
    ['one with an hour that is none', withFigures({ hours: { '2026-11-02T24': someGroup } })],
    ['one that ends before it begins', withFigures({ span: [2, 1] })],
    ['one with a span of one time', withFigures({ span: [1] })],
    ['one with a column that is none', withFigures({ missing: ['body'] })],
    ['one with a text for what is crowded', withFigures({ crowded: ['<b>'] })],
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

  test('a good one with one member replaced, unless the new value is valid too', () => {
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

describe('no member of a report', () => {
  const ANYTHING = [undefined, null, 'a text', -1, 0.5, [null], { 6598765432: 1 }, { x: null }]

  test.each(Object.keys(someFigures))('may be anything else: %s', (member) => {
    for (const value of ANYTHING.filter((other) => !(member === 'span' && other === null))) {
      expect(parseReportFile(withFigures({ [member]: value }))).toBeUndefined()
    }
  })

  test.each(Object.keys(someGroup))('nor in a group: %s', (member) => {
    for (const group of ['days', 'hours', 'countries', 'operators', 'senders'] as const) {
      const [name = ''] = Object.keys(someFigures[group])
      for (const value of ANYTHING) {
        const text = withFigures({ [group]: { [name]: { ...someGroup, [member]: value } } })

        expect(parseReportFile(text)).toBeUndefined()
      }
    }
  })

  test('counts what is not known under names of its own', () => {
    const days = { unknown: someGroup, other: someGroup }

    expect(parseReportFile(withFigures({ days }))?.figures.days).toEqual(days)
  })
})
