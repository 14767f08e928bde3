import { describe, expect, test } from 'vitest'
import type { Findings } from '../../src/report/reader.js'
import { formatCell } from '../helpers/generated-exports.js'
import { type Cells, csvOfRecords, findingsOf } from '../helpers/read-export.js'

const MAX_NAMES = 10_000

const crowd = (count: number, record: (at: number) => Cells): string =>
  csvOfRecords(Array.from({ length: count }, (_, at) => record(at)))

describe('a map of names', () => {
  test.each<[string, (at: number) => Cells, (findings: Findings) => object | undefined]>([
    ['statuses', (at) => ({ status_value: `s${at}` }), ({ figures }) => figures.statuses],
    ['errors', (at) => ({ status_errorcode: `E${at}` }), ({ figures }) => figures.errors],
    ['countries', (at) => ({ country: `C${at}` }), ({ figures }) => figures.countries],
    ['senders', (at) => ({ source: `S${at}` }), ({ figures }) => figures.senders],
    ['operators', (at) => ({ operator: `O${at}` }), ({ figures }) => figures.operators],
    ['cost', (at) => ({ price_currency: `X${at}` }), ({ figures }) => figures.cost],
    [
      'days',
      (at) => ({ createdat: new Date(86_400_000 * at).toISOString() }),
      ({ figures }) => figures.days,
    ],
  ])('takes 10,000 of them, and counts further ones as other: %s', (map, record, read) => {
    const full = findingsOf([crowd(MAX_NAMES, record)])
    const crowded = findingsOf([crowd(MAX_NAMES + 5, record)])
    const two = findingsOf([crowd(MAX_NAMES, record), crowd(MAX_NAMES + 5, record)])

    expect(full.figures.crowded).toEqual([])
    expect(Object.keys(read(full) ?? {})).toHaveLength(MAX_NAMES)
    expect(crowded.figures.crowded).toContain(map)
    expect(Object.keys(read(crowded) ?? {})).toHaveLength(MAX_NAMES + 1)
    expect(read(crowded)).toHaveProperty('other')
    expect(two.figures.crowded).toContain(map)
    expect(two.figures.records).toBe(2 * MAX_NAMES + 5)
    expect(Object.keys(read(two) ?? {})).toHaveLength(MAX_NAMES + 1)
  })

  test('is crowded where two files have too many together', () => {
    const file = (from: number) => crowd(6_000, (at) => ({ operator: `O${from + at}` }))

    const { figures } = findingsOf([file(0), file(6_000)])

    expect(figures.crowded).toEqual(['operators', 'routes'])
    expect(figures.operators?.other?.records).toBe(2_000)
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
      crowd(120_000, (at) => ({
        operator: `O${at % 400}`,
        price_currency: `X${Math.floor(at / 400)}`,
        price_total: '1',
      })),
    ])

    const sums = Object.values(figures.operators ?? {}).map(({ cost }) => Object.keys(cost ?? {}))
    expect(figures.crowded).toEqual(['cost'])
    expect(sums.flat().length).toBeLessThanOrEqual(101_000)
    expect(Object.keys(figures.cost ?? {})).toHaveLength(300)
    expect(figures.records).toBe(120_000)
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
