import { describe, expect, test } from 'vitest'
import type { Measures } from '../../src/report/figures.js'
import { formatCell } from '../helpers/generated-exports.js'
import { type Cells, csvOfRecords, findingsOf } from '../helpers/read-export.js'

const MAX_NAMES = 10_000

const crowd = (count: number, record: (at: number) => Cells): string =>
  csvOfRecords(Array.from({ length: count }, (_, at) => record(at)))

/** Records that have nothing in common with any other. */
const distinct = (at: number): Cells => ({
  status_value: `s${at}`,
  status_errorcode: `E${at}`,
  country: `C${at}`,
  source: `S${at}`,
  operator: `O${at}`,
  price_currency: `X${at}`,
  createdat: new Date(86_400_000 * at).toISOString(),
})

describe('a map of names', () => {
  const MAPS = [
    ...(['statuses', 'errors', 'cost'] as const),
    ...(['countries', 'operators', 'senders', 'days'] as const),
  ]

  test('takes 10,000 of them', () => {
    const { figures } = findingsOf([crowd(MAX_NAMES, (at) => ({ status_value: `s${at}` }))])

    expect(figures.crowded).toEqual([])
    expect(Object.keys(figures.statuses)).toHaveLength(MAX_NAMES)
  })

  test('counts further ones as other, where two files have too many together', () => {
    const { figures } = findingsOf([
      crowd(6_000, distinct),
      crowd(4_005, (at) => distinct(6_000 + at)),
    ])

    expect(figures.crowded).toEqual([...MAPS, 'outboundStatuses', 'routes'].sort())
    for (const map of MAPS) {
      expect([map, Object.keys(figures[map]).length]).toEqual([map, MAX_NAMES + 1])
      expect(figures[map]).toHaveProperty('other')
    }
    expect(figures.records).toBe(MAX_NAMES + 5)
    expect(figures.statuses.other).toBe(5)
    expect(figures.operators.other?.records).toBe(5)
  })

  test('of one file has the same end', () => {
    const { figures } = findingsOf([
      crowd(MAX_NAMES + 5, (at) => ({ status_value: `s${at}`, status_errorcode: `E${at}` })),
    ])

    expect(figures.crowded).toEqual(expect.arrayContaining(['errors', 'statuses']))
    expect([figures.statuses.other, figures.errors.other]).toEqual([5, 5])
  })

  test('keeps apart what is called other and what is not, as long as there is room', () => {
    const { figures } = findingsOf([
      crowd(MAX_NAMES + 1, (at) => ({ operator: at === 0 ? 'other' : `O${at}` })),
    ])

    expect(figures.crowded).not.toContain('operators')
    expect(figures.operators?.other?.records).toBe(1)
  })

  test('has an end for the currencies of all groups together', () => {
    const { figures } = findingsOf([
      crowd(36_000, (at) => ({
        operator: `O${at % 400}`,
        country: `C${at % 400}`,
        source: `S${at % 400}`,
        price_currency: `X${Math.floor(at / 400)}`,
        price_total: '1',
      })),
    ])

    const { operators, countries, senders, days, hours } = figures
    const groups = [operators, countries, senders, days, hours].flatMap(Object.values<Measures>)
    const sums = groups.flatMap(({ cost }) => Object.keys(cost ?? {}))
    expect(figures.crowded).toEqual(['cost'])
    expect(sums.length).toBeGreaterThan(100_000)
    expect(sums.length).toBeLessThanOrEqual(102_000)
    expect(Object.keys(figures.cost)).toHaveLength(90)
    expect(figures.records).toBe(36_000)
  })
})

test.each([
  ...['6591234567', '+6591234567', ' 6591234567 ', '1234567', '+65 9123 4567', '(65) 9123-4567'],
  ...[
    '65.9123.4567',
    '+65/9123/4567',
    '6591-23-4567',
    '65\u00a09123\u00a04567',
    '65\u200b91234567',
  ],
  ...["'+6591234567", 'tel:+6591234567', 'code6591234567', 'f6591234567a', '６５９１２３４５６７'],
  ...['٦٥٩١٢٣٤٥٦٧', 'Call +65 9123 4567 now', '+6591234567 '.repeat(800)],
])('a number is put out under no name: %j', (number) => {
  const cells = {
    country: number,
    operator: number,
    status_value: number,
    status_errorcode: number,
    price_currency: number,
    createdat: number,
  }

  const { figures } = findingsOf([csvOfRecords([cells])])

  expect(JSON.stringify(figures)).not.toContain(number.trim())
  expect(Object.keys(figures.operators ?? {})).toEqual(['unknown'])
  expect(figures.errors).toEqual({ unknown: 1 })
})

test.each([
  ...['123456', 'voilà', ' padded ', '123456 B', formatCell('a,b'), '2026-11-01', '9999-12-31'],
  ...['91b106f0-c0da-4aba-a43a-7af9c5893a80', 'T-Mobile 310-260', '__proto__', 'constructor'],
])('a name is put out as it is: %s', (name) => {
  const { figures } = findingsOf([csvOfRecords([{ operator: name, status_errorcode: name }])])

  const plain = name.replaceAll('"', '')
  expect(Object.keys(figures.operators ?? {})).toEqual([plain])
  expect(Object.entries(figures.errors ?? {})).toEqual([[plain, 1]])
})
