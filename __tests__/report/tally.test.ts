import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMeasures } from '../../src/report/counters.js'
import { COLUMNS, type Figures, type Measures } from '../../src/report/figures.js'
import { formatReportFile, parseReportFile } from '../../src/report/report-file.js'
import { Tally } from '../../src/report/tally.js'
import { exportedFiles, findingsOf } from '../helpers/exported-rows.js'
import { noFigures, someFigures, someGroup } from '../helpers/report-folder.js'

function merge(...all: readonly Figures[]): Figures {
  const sum = new Tally()
  for (const figures of all) sum.add(figures)
  return sum.plain()
}

/** As a later job gets it: written to a file, and read again. */
function throughFile(figures: Figures): Figures {
  const file = parseReportFile(formatReportFile({ subaccountId: 'a_b', jobId: 'job', figures }))
  if (file === undefined) throw new Error('the report-file is refused')
  return file.figures
}

const figures: Figures = { ...someFigures, unreadable: 1 }

const manyOperators = (prefix: string, count: number): Record<string, Measures> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, someGroup]))

describe('merged figures', () => {
  test('are those of one report on all files together, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(exportedFiles, { minLength: 1, maxLength: 4 }), (exports) => {
        const merged = merge(...exports.map((files) => throughFile(findingsOf(files).figures)))

        expect(JSON.stringify(merged)).toBe(JSON.stringify(findingsOf(exports.flat()).figures))
      }),
      { numRuns: 100 },
    )
  })

  test('do not depend on the order of the exports', () => {
    fc.assert(
      fc.property(exportedFiles, exportedFiles, (one, another) => {
        const [a, b] = [findingsOf(one).figures, findingsOf(another).figures]

        expect(JSON.stringify(merge(a, b))).toBe(JSON.stringify(merge(b, a)))
      }),
    )
  })

  test('are the sums of all that is counted', () => {
    const twice: Measures = {
      ...{ records: 4, outbound: 4, parts: 6, delivered: 2, pending: 2, cost: { EUR: '0.2' } },
      timeToDeliver: [805, 2],
    }

    expect(merge(figures, figures)).toEqual({
      ...twice,
      unreadable: 2,
      unpriced: 0,
      undated: 0,
      directions: { outbound: 4, inbound: 0 },
      statuses: { delivered: 2, sent: 2 },
      outboundStatuses: { delivered: 2, sent: 2 },
      errors: { '4': 2 },
      confirmations: { recipient: 2 },
      failures: [],
      routes: [{ country: 'SG', operator: 'Singtel', records: 4, delivered: 2 }],
      days: { '2026-11-02': twice },
      hours: { '2026-11-02T08': twice },
      countries: { SG: twice },
      operators: { Singtel: twice },
      senders: { ACME: twice },
      span: figures.span,
      missing: [],
      crowded: [],
    })
  })

  test('have the days in their order, and all else with the most records first', () => {
    const earlier = {
      ...figures,
      days: { '2026-11-01': someGroup, unknown: someGroup },
      countries: { MY: { ...someGroup, records: 9 } },
      statuses: { read: 7 },
    }

    const { days, countries, statuses } = merge(figures, earlier)

    expect(Object.keys(days)).toEqual(['2026-11-01', '2026-11-02', 'unknown'])
    expect(Object.keys(countries)).toEqual(['MY', 'SG'])
    expect(Object.keys(statuses)).toEqual(['read', 'delivered', 'sent'])
  })

  test('add money up exactly, and by currency', () => {
    const withCost = (cost: Record<string, string>): Figures => ({ ...figures, cost })
    const tenths = Array.from({ length: 1_000 }, () => withCost({ EUR: '0.1' }))

    expect(merge(...tenths).cost).toEqual({ EUR: '100' })
    expect(merge(withCost({ EUR: '1' }), withCost({ USD: '2' })).cost).toEqual({
      EUR: '1',
      USD: '2',
    })
  })

  test('lack only columns that none of the exports has', () => {
    const lacking = (...missing: Figures['missing'][number][]): Figures => ({ ...figures, missing })

    expect(merge(lacking('smscount', 'source'), lacking('source')).missing).toEqual(['source'])
    expect(merge(figures, lacking(...COLUMNS)).missing).toEqual([])
    expect(merge(noFigures, lacking('country')).missing).toEqual(['country'])
  })

  test('have no hours where all together lie more than 48 hours apart', () => {
    const at = (firstMs: number, lastMs: number): Figures => ({
      ...figures,
      span: [firstMs, lastMs],
    })
    const hour = 3_600_000

    expect(merge(at(0, hour), at(47 * hour, 48 * hour)).hours).toHaveProperty('2026-11-02T08')
    expect(merge(at(0, hour), at(47 * hour, 48 * hour + 1)).hours).toEqual({})
  })

  test('take the names of a prototype for names', () => {
    const hostile = JSON.parse(
      `{"__proto__": ${JSON.stringify(someGroup)}, "constructor": ${JSON.stringify(someGroup)}}`,
    )
    const odd = { ...figures, operators: hostile }

    const { operators } = merge(odd, odd)

    expect(JSON.stringify(operators)).toMatch(/^{"__proto__":{"records":4,.*"constructor":{"rec/)
    expect(Object.getPrototypeOf({})).not.toHaveProperty('records')
  })

  test('have at most 10,000 names, and lose no record', () => {
    const one = { ...figures, operators: manyOperators('a', 6_000) }
    const another = { ...figures, operators: manyOperators('b', 6_000) }

    const sum = merge(one, another)

    const operators = Object.values(sum.operators)
    expect(operators).toHaveLength(10_001)
    expect(operators.reduce((records, group) => records + group.records, 0)).toBe(24_000)
    expect(sum.operators.other?.records).toBe(4_000)
    expect(sum.crowded).toEqual(['operators'])
  })

  test('never come to more than a report-file may say', () => {
    const most = { ...figures, parts: Number.MAX_SAFE_INTEGER }

    expect(throughFile(merge(most, most)).parts).toBe(Number.MAX_SAFE_INTEGER)
  })
})

test('groups of one report are added up, and what none of them knows is left out', () => {
  const { parts: _, ...unknown } = someGroup

  expect(addMeasures([someGroup, someGroup])).toMatchObject({ records: 4, cost: { EUR: '0.2' } })
  expect(addMeasures([unknown, unknown])).not.toHaveProperty('parts')
  expect(addMeasures([])).toEqual({ records: 0, outbound: 0 })
})
