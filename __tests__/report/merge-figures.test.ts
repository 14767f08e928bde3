import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeFigures } from '../../src/report/merge-figures.js'
import { toReport } from '../../src/report/report.js'
import { formatReportFile, parseReportFile } from '../../src/report/report-file.js'
import { anExportFile } from '../helpers/generated-exports.js'
import { canonical } from '../helpers/plain-report.js'
import { csvOfRecords, findingsOf } from '../helpers/read-export.js'

const figuresOf = (...files: string[]) => findingsOf(files).figures

describe('merged figures', () => {
  test('are those of all files read as one export', () => {
    const whole = anExportFile().filter((file) => findingsOf([file]).missing.length === 0)
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 4 }), (files) => {
        const [first = '', ...others] = files

        const merged = mergeFigures([figuresOf(first), ...others.map((file) => figuresOf(file))])

        expect(canonical(toReport(merged))).toBe(canonical(toReport(figuresOf(...files))))
      }),
      { numRuns: 60, seed: 8 },
    )
  })

  test('lack what one of them does not know', () => {
    const whole = csvOfRecords([{}])
    const columns = ['smscount', 'status_value', 'price_total', 'status_errorcode', 'createdat']
    const less = [...columns, 'country', 'operator'].reduce(
      (text, column) => text.replace(column, 'x'),
      whole,
    )

    for (const [a, b] of [
      [whole, less],
      [less, whole],
    ] as const) {
      expect(toReport(mergeFigures([figuresOf(a), figuresOf(b)]))).toEqual({
        records: 2,
        unreadable: 0,
        directions: { outbound: 2, inbound: 0 },
      })
    }
  })

  test('count names past 10,000 together', () => {
    const records = (from: number) =>
      csvOfRecords(Array.from({ length: 6_000 }, (_, at) => ({ operator: `N ${from + at}` })))

    const { operators = {} } = mergeFigures([figuresOf(records(0)), figuresOf(records(6_000))])

    expect(Object.keys(operators)).toHaveLength(10_001)
    expect(operators.other?.records).toBe(2_000)
  })
})

describe("a report's file", () => {
  const figures = figuresOf(csvOfRecords([{}, { operator: '__proto__', status_errorcode: '4' }]))
  const text = formatReportFile({ subaccountId: 'acme_sg', jobId: 'job-1', figures })

  /** The same file with something else in it. */
  const withChange = (change: (file: Record<string, unknown>) => void): string => {
    const file = JSON.parse(text) as Record<string, unknown>
    change(file)
    return JSON.stringify(file)
  }
  const withFigures = (more: object): string =>
    withChange((file) => {
      file.figures = { ...(file.figures as object), ...more }
    })

  test('is read as it was written', () => {
    expect(parseReportFile(text)).toEqual({
      subaccountId: 'acme_sg',
      jobId: 'job-1',
      figures: JSON.parse(JSON.stringify(figures)),
    })
  })

  test.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['of another kind', withChange((file) => Object.assign(file, { format: 'other' }))],
    ['of another version', withChange((file) => Object.assign(file, { version: 2 }))],
    ['without a job', withChange((file) => Object.assign(file, { jobId: undefined }))],
    ['with a job that ends code', withChange((file) => Object.assign(file, { jobId: 'a`b' }))],
    [
      'with a subaccount of two lines',
      withChange((file) => Object.assign(file, { subaccountId: 'a\nb' })),
    ],
    ['without figures', withChange((file) => Object.assign(file, { figures: null }))],
    ['with a negative count', withFigures({ records: -1 })],
    ['with half a record', withFigures({ outbound: 0.5 })],
    ['with a text for a count', withFigures({ parts: '1' })],
    ['without unreadable', withFigures({ unreadable: undefined })],
    ['with directions that are none', withFigures({ directions: [] })],
    ['with a status that is no count', withFigures({ statuses: { sent: 'x' } })],
    ['with a number for a cost', withFigures({ cost: { EUR: 1.5 } })],
    ['with a cost that is no number', withFigures({ cost: { EUR: 'much' } })],
    ['with a cost without an end', withFigures({ cost: { EUR: '1'.repeat(201) } })],
    ['with a country that is no group', withFigures({ countries: { SG: 5 } })],
    ['with an operator without records', withFigures({ operators: { A: { outbound: 1 } } })],
  ])('is not %s', (_, other) => {
    expect(parseReportFile(other)).toBeUndefined()
  })
})
