import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFiles, type ExportSource } from '../../src/sandbox/export.js'
import { parseCsv } from '../helpers/csv.js'

const DAY_MS = 86_400_000
const NOON = Date.parse('2026-11-24T12:00:00Z')

const SOURCE: ExportSource = {
  from: Date.parse('2026-11-02T00:00:00Z'),
  to: Date.parse('2026-11-03T00:00:00Z'),
  phoneNumber: undefined,
  countries: [],
  limit: 0,
  seed: 1,
  records: 1_000,
  subaccountId: 'acme_sg',
  asOf: NOON,
}

type Row = Record<string, string>

/** The rows of all files, as an independent parser reads them. */
function rowsOf(source: Partial<ExportSource>, files = 1): Row[] {
  return createFiles({ ...SOURCE, ...source }, files).flatMap((file) => {
    const text = Buffer.concat([...file.read(0, file.bytes)]).toString()
    const [header = [], ...lines] = parseCsv(text)
    return lines.map((cells) =>
      Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ''])),
    )
  })
}

const countOf = (rows: readonly Row[], isCounted: (row: Row) => boolean): number =>
  rows.filter(isCounted).length

describe('two windows that meet', () => {
  test('have the records of the one that spans both, byte for byte', () => {
    const whole = { from: NOON - 20 * DAY_MS, to: NOON - 17 * DAY_MS, records: 100 }
    const second = fc.integer({ min: whole.from / 1_000, max: whole.to / 1_000 })

    fc.assert(
      fc.property(second, (seam) => {
        const left = rowsOf({ ...whole, to: seam * 1_000 })
        const right = rowsOf({ ...whole, from: seam * 1_000 })
        expect([...left, ...right]).toEqual(rowsOf(whole))
      }),
      { numRuns: 15 },
    )
  })

  test('have what was sent at the very seam once, as the end of a window is left out', () => {
    const first = rowsOf({})
    const second = rowsOf({ from: SOURCE.to, to: SOURCE.to + DAY_MS })

    expect(first[0]?.createdat).toBe('2026-11-02T00:00:00.0000000Z')
    expect(first.at(-1)?.createdat).toMatch(/^2026-11-02T23:59:59\.999/)
    expect(second[0]?.createdat).toBe('2026-11-03T00:00:00.0000000Z')
  })
})

describe('what was sent', () => {
  test('follows from the seed alone', () => {
    expect(rowsOf({})).toEqual(rowsOf({}))
    expect(rowsOf({ seed: 2 })).not.toEqual(rowsOf({}))
  })

  test('comes to the messages a day that are asked for, on average', () => {
    for (const records of [1, 40, 1_000]) {
      const weeks = { records, from: NOON - 175 * DAY_MS, to: NOON - 7 * DAY_MS }
      const [file] = createFiles({ ...SOURCE, ...weeks }, 1)
      const average = (file?.rows ?? 0) / 168
      expect(average / records).toBeGreaterThan(0.93)
      expect(average / records).toBeLessThan(1.07)
    }
  })

  test('has an id of its own in each record', () => {
    const rows = rowsOf({ from: NOON - 12 * DAY_MS, to: NOON })

    expect(rows.length).toBeGreaterThan(10_000)
    expect(new Set(rows.map(({ umid }) => umid)).size).toBe(rows.length)
  })

  test('is in no export of the past: nothing is later than the moment that it is made at', () => {
    const rows = rowsOf({ from: NOON - DAY_MS, to: NOON + DAY_MS })

    expect(rows.length).toBeGreaterThan(500)
    expect(rows.at(-1)?.createdat?.slice(0, 13)).toBe('2026-11-24T11')
  })

  test('is kept for 6 months', () => {
    const rows = rowsOf({ from: 0, to: NOON, records: 20 })

    expect(rows[0]?.createdat?.slice(0, 10)).toBe('2026-05-24')
    expect(rowsOf({ from: 0, to: Date.parse('2026-05-24T12:00:00Z') })).toEqual([])
  })
})

describe('a status', () => {
  const lateness = { from: NOON - 9 * DAY_MS, to: NOON - 8 * DAY_MS, records: 8_000 }
  const isSent = ({ status_value }: Row): boolean => status_value === 'sent'
  const sentShareAfter = (hours: number): number => {
    const rows = rowsOf({ ...lateness, asOf: lateness.to + hours * 3_600_000 })
    return countOf(rows, isSent) / rows.length
  }

  test('is sent until a receipt comes: most at once, some after a day, some never', () => {
    const [atOnce = 1, afterDays = 1, forEver = 1] = [0, 72, 240].map(sentShareAfter)

    expect(atOnce).toBeLessThan(0.02)
    expect(afterDays).toBeLessThan(atOnce / 2)
    expect(forEver).toBeLessThanOrEqual(afterDays)
    expect(forEver).toBeGreaterThan(0)
  })

  test('is all that a later export of a day has changed', () => {
    const late = rowsOf({ records: 3_000 })
    const early = rowsOf({ records: 3_000, asOf: SOURCE.from + 12 * 3_600_000 })

    const changed = early.flatMap((row, at) =>
      Object.keys(row).filter((name) => row[name] !== late[at]?.[name]),
    )

    expect(early.length).toBeLessThan(late.length)
    expect(changed).toContain('status_value')
    expect([
      ...['price_currency', 'price_persms', 'price_total', 'status_timestamp', 'status_value'],
      ...['status_details', 'status_errorcode', 'status_errormessage'],
    ]).toEqual(expect.arrayContaining([...new Set(changed)]))
  })

  test('comes after the message, and not after the export', () => {
    const asOf = SOURCE.to + 60_000
    for (const { createdat = '', status_timestamp = '' } of rowsOf({ asOf })) {
      expect(status_timestamp >= createdat).toBe(true)
      expect(Date.parse(status_timestamp)).toBeLessThanOrEqual(asOf)
    }
  })
})

describe('a row', () => {
  const rows = rowsOf({ records: 1_500 })
  const valuesOf = (column: string): string[] =>
    [...new Set(rows.map((row) => row[column] ?? ''))].toSorted()

  test('looks like one of the vendor', () => {
    const time = /^2026-11-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/
    for (const row of rows) {
      expect(row.umid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
      expect([row.createdat, row.status_timestamp]).toEqual([
        expect.stringMatching(time),
        expect.stringMatching(time),
      ])
      const [subscriber, sender] =
        row.direction === '0' ? [row.source, row.msisdn] : [row.msisdn, row.source]
      expect(subscriber).toMatch(/^\+\d{5,9}xxxx$/)
      expect(sender).toMatch(/^(ACME|Verify|ACME Shop|8x8)$/)
    }
  })

  test('comes in the variety of a real log', () => {
    expect(valuesOf('country')).toHaveLength(9)
    expect(valuesOf('operator').length).toBeGreaterThan(12)
    expect(valuesOf('direction')).toEqual(['0', '1'])
    expect(valuesOf('price_currency')).toEqual(['', 'EUR', 'USD'])
    expect(valuesOf('status_details')).toEqual(
      expect.arrayContaining(['delivered_to_operator', 'delivered_to_recipient']),
    )
    expect(valuesOf('status_value').length).toBeGreaterThanOrEqual(6)
    expect(valuesOf('status_errorcode')).toEqual(['', '1', '33', '43', '46'])
    expect(valuesOf('smscount')).toEqual(['1', '2', '3', '4'])
    const bodies = valuesOf('body').join()
    for (const oddity of ['"', '\r\nline three', 'one\nline two', '🎉', 'مرحبا']) {
      expect(bodies).toContain(oddity)
    }
  })

  test('has a price of up to 7 decimals, and none where the message failed', () => {
    for (const { status_value = '', price_total = '', price_persms = '', smscount } of rows) {
      const isFree = status_value === 'failed' || status_value === 'rejected'
      expect([status_value, price_total]).toEqual([
        status_value,
        expect.stringMatching(isFree ? /^$/ : /^\d+(\.\d{1,7})?$/),
      ])
      expect(Number(price_total)).toBeCloseTo(Number(price_persms) * Number(smscount), 10)
    }
    expect(rows.some(({ price_persms }) => price_persms === '0.0446592')).toBe(true)
  })
})

describe('a filter', () => {
  const all = rowsOf({})

  test('of countries or of a limit leaves the rows that it names', () => {
    const countries = ['SG', 'JP']
    const isInThem = ({ country = '' }: Row): boolean => countries.includes(country)

    expect(rowsOf({ countries })).toEqual(all.filter(isInThem))
    expect(rowsOf({ countries: ['FR'] })).toEqual([])
    expect(rowsOf({ limit: 7 })).toEqual(all.slice(0, 7))
    expect(rowsOf({ countries, limit: 70 })).toEqual(all.filter(isInThem).slice(0, 70))
    expect(rowsOf({ limit: 100_000 })).toEqual(all)
  })

  const months = { from: NOON - 60 * DAY_MS, to: NOON, records: 400 }
  const ids = new Set(rowsOf(months).map(({ umid }) => umid))

  test.each([
    ['6598765432', 'SG', '+659876xxxx'],
    ['2250102030405', 'CI', '+225010203xxxx'],
  ])('of the phone number %s leaves some rows of its country', (phoneNumber, country, masked) => {
    const rows = rowsOf({ ...months, phoneNumber })

    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      expect(row.country).toBe(country)
      expect(row.direction === '0' ? row.source : row.msisdn).toBe(masked)
      expect(ids).toContain(row.umid)
    }
  })

  test('of a phone number of no country leaves nothing', () => {
    expect(rowsOf({ phoneNumber: '33612345678' })).toEqual([])
  })
})

describe('several files', () => {
  test('have the rows of the one, in their order, and about as many each', () => {
    const files = createFiles(SOURCE, 3)
    const counts = files.map(({ rows }) => rows)

    expect(rowsOf({}, 3)).toEqual(rowsOf({}))
    for (const count of counts) expect(count).toBeGreaterThan(200)
  })

  test('are there where there are fewer rows', () => {
    const files = createFiles({ ...SOURCE, limit: 1 }, 3)

    expect(files.map(({ rows }) => rows)).toEqual([1, 0, 0])
    expect(rowsOf({ limit: 1 }, 3)).toHaveLength(1)
  })
})
