import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MergedFigures } from '../../src/report/merge-figures.js'
import type { Figures, GroupFigures } from '../../src/report/report.js'
import { exportedFiles, findingsOf } from '../helpers/exported-rows.js'
import { someFigures, someGroup } from '../helpers/report-folder.js'

function merge(...all: readonly Figures[]): Figures {
  return merged(all).total()
}

function merged(all: readonly Figures[]): MergedFigures {
  const sum = new MergedFigures()
  for (const figures of all) sum.add(figures)
  return sum
}

const figures: Figures = { ...someFigures, unreadable: 1 }

const manyOperators = (prefix: string, count: number): Record<string, GroupFigures> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, someGroup]))

describe('merged figures', () => {
  test('are those of one report on all files together, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(exportedFiles, { minLength: 1, maxLength: 4 }), (exports) => {
        const merged = merge(...exports.map((files) => findingsOf(files).figures))

        expect(merged).toEqual(findingsOf(exports.flat()).figures)
      }),
      { numRuns: 300 },
    )
  })

  test('do not depend on the order of the exports', () => {
    fc.assert(
      fc.property(exportedFiles, exportedFiles, (one, another) => {
        const [a, b] = [findingsOf(one).figures, findingsOf(another).figures]

        expect(merge(a, b)).toEqual(merge(b, a))
      }),
    )
  })

  test('are the sums of all that is counted', () => {
    const twice = { records: 4, outbound: 4, parts: 6, delivered: 2, cost: { EUR: '0.2' } }

    expect(merge(figures, figures)).toEqual({
      ...twice,
      unreadable: 2,
      directions: { outbound: 4, inbound: 0 },
      statuses: { delivered: 2, sent: 2 },
      errors: { '4': 2 },
      days: { '2026-11-02': twice },
      countries: { SG: twice },
      operators: { Singtel: twice },
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

    expect(Object.keys(days ?? {})).toEqual(['2026-11-01', '2026-11-02', 'unknown'])
    expect(Object.keys(countries ?? {})).toEqual(['MY', 'SG'])
    expect(Object.keys(statuses ?? {})).toEqual(['read', 'delivered', 'sent'])
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

  test.each(['parts', 'delivered', 'cost', 'statuses', 'errors', 'days', 'countries', 'operators'])(
    'leave %s out where one of the exports does not know it',
    (name) => {
      const isOfStatus = name === 'delivered' || name === 'statuses'
      const unknown = isOfStatus ? ['delivered', 'statuses'] : [name]
      const lacking = Object.fromEntries(
        Object.entries(figures).filter(([member]) => !unknown.includes(member)),
      ) as unknown as Figures

      const total = merge(figures, lacking)

      expect(Object.keys(figures).filter((member) => !(member in total))).toEqual(
        Object.keys(figures).filter((member) => unknown.includes(member)),
      )
      expect(total.records).toBe(4)
    },
  )

  test('leave a figure out of each group as well', () => {
    const { parts: _, ...lacking } = figures

    expect(merge(figures, lacking).countries?.SG).not.toHaveProperty('parts')
  })

  test('take the names of a prototype for names', () => {
    const hostile = JSON.parse(
      '{"__proto__": {"records": 5, "outbound": 5}, "constructor": {"records": 1, "outbound": 1}}',
    )
    const odd = { ...figures, operators: hostile }

    const { operators = {} } = merge(odd, odd)

    expect(JSON.stringify(operators)).toMatch(/^{"__proto__":{"records":10,.*"constructor":{"rec/)
    expect(Object.getPrototypeOf({})).not.toHaveProperty('records')
  })

  test('have 10,000 names at most, and lose no record for that', () => {
    const one = { ...figures, operators: manyOperators('a', 6_000) }
    const another = { ...figures, operators: manyOperators('b', 6_000) }

    const sum = merged([one, another])

    const operators = Object.values(sum.total().operators ?? {})
    expect(operators).toHaveLength(10_001)
    expect(operators.reduce((records, group) => records + group.records, 0)).toBe(24_000)
    expect(sum.total().operators?.other?.records).toBe(4_000)
    expect(sum.crowded).toEqual(['operators'])
  })

  test('are not crowded where all names have room', () => {
    expect(merged([figures, figures]).crowded).toEqual([])
  })

  test('count exactly at the most that each report may say', () => {
    const most = { ...figures, records: 1e12, outbound: 1e12, parts: 1e12 - 1 }

    const total = merge(...Array.from({ length: 256 }, () => most))

    expect([total.records, total.parts]).toEqual([256e12, 256e12 - 256])
  })
})
