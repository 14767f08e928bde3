import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { COLUMNS, type Column } from '../../src/report/figures.js'
import { countedByHand, ODD_EXPORT, ODD_LINE, ODD_REPORT } from '../helpers/odd-export.js'
import { canonical } from '../helpers/plain-report.js'
import { csvOfRecords, findingsOf, reportOf } from '../helpers/read-export.js'

describe('a file with every oddity', () => {
  test('breaks nothing', () => {
    expect(canonical(countedByHand(reportOf([ODD_EXPORT])))).toBe(canonical(ODD_REPORT))
  })

  test('is the same in pieces of any size', () => {
    const whole = JSON.stringify(findingsOf([ODD_EXPORT]))

    for (let bytes = 1; bytes <= ODD_EXPORT.length; bytes += bytes < 100 ? 1 : 3) {
      expect(JSON.stringify(findingsOf([ODD_EXPORT], bytes))).toBe(whole)
    }
  })

  test('is told with its size, its hash, and the line that cannot be read', () => {
    expect(findingsOf([ODD_EXPORT], 7).files).toEqual([
      {
        name: 'job-1.csv',
        bytes: ODD_EXPORT.length,
        sha256: createHash('sha256').update(ODD_EXPORT).digest('hex'),
        records: 8,
        unreadable: 5,
        firstUnreadable: { line: ODD_LINE, reason: expect.stringMatching(/fields/) },
        missing: ['source', 'status_details', 'status_timestamp'],
      },
    ])
  })
})

test('a file of nothing has no column, no record, and no line that cannot be read', () => {
  const { files, figures } = findingsOf([''])

  expect(figures.records).toBe(0)
  expect(files[0]).toMatchObject({
    bytes: 0,
    unreadable: 0,
    firstUnreadable: undefined,
    missing: COLUMNS,
  })
})

describe('names of one column', () => {
  test('are told apart, however many there are', () => {
    const operators = Array.from({ length: 5_000 }, (_, at) => `Operator ${(at * 7_919) % 5_000}`)
    const records = [...operators, ...operators, ...operators.toReversed()]

    const report = reportOf([csvOfRecords(records.map((operator) => ({ operator })))])

    expect(Object.keys(report.operators ?? {})).toHaveLength(5_000)
    expect(Object.values(report.operators ?? {}).every(({ records }) => records === 3)).toBe(true)
  })

  test('are told apart where only their quotation marks differ, as often as they come', () => {
    const fields = ['"""a"" b"', '""" a"" b"', '"a"" b"', 'a"" b', '"a b"', 'a b']
    const rows = Array.from({ length: 50 }, () => fields).flat()
    const csv = `direction,operator,body\n${rows.map((field) => `1,${field},"""x"""`).join('\n')}\n`

    expect(reportOf([csv]).operators).toEqual({
      '"a" b': expect.objectContaining({ records: 50 }),
      '" a" b': expect.objectContaining({ records: 50 }),
      'a" b': expect.objectContaining({ records: 50 }),
      'a"" b': expect.objectContaining({ records: 50 }),
      'a b': expect.objectContaining({ records: 100 }),
    })
  })

  test('are told apart where they were made to look alike', () => {
    // Aa and BB come to the same sum of 31 times one byte and the next.
    const alike = Array.from({ length: 64 }, (_, at) =>
      [...at.toString(2).padStart(6, '0')].map((bit) => (bit === '0' ? 'Aa' : 'BB')).join(''),
    )
    const records = [...alike, ...alike].map((operator) => ({ operator }))

    const { operators } = reportOf([csvOfRecords(records)])

    expect(Object.keys(operators ?? {}).sort()).toEqual([...alike].sort())
    expect(Object.values(operators ?? {}).every(({ records }) => records === 2)).toBe(true)
  })

  test('are their texts, with a doubled quotation mark or without', () => {
    const { operators } = reportOf([
      csvOfRecords(['"A ""B"""', 'A', '"A"', '"A ""B"""', ' A'].map((operator) => ({ operator }))),
    ])

    expect(operators).toMatchObject({
      'A "B"': { records: 2 },
      A: { records: 2 },
      ' A': { records: 1 },
    })
  })
})

describe('records that differ in one column alone', () => {
  const OTHER = {
    direction: '0',
    country: 'MY',
    operator: 'Maxis',
    source: 'Shop',
    status_value: 'undelivered',
    status_details: 'delivered_to_operator',
    status_errorcode: '46',
    status_timestamp: '2026-11-01T10:59:00Z',
    createdat: '2026-11-01T09:20:30Z',
    smscount: '3',
    price_currency: 'USD',
    price_total: '0.07',
  } satisfies Record<Column, string>

  test.each(COLUMNS)('are counted each for what it says: %s', (column) => {
    const [some, others] = [{}, { [column]: OTHER[column] }]

    const together = findingsOf([csvOfRecords([some, others, some, others])]).figures

    const apart = findingsOf([csvOfRecords([some, some]), csvOfRecords([others, others])]).figures
    expect(JSON.stringify(together)).toBe(JSON.stringify(apart))
    expect(JSON.stringify(together)).not.toBe(
      JSON.stringify(findingsOf([csvOfRecords([some, some, some, some])]).figures),
    )
  })
})
