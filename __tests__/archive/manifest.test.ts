import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { daysFrom } from '../../src/archive/days.js'
import {
  type ArchivedDay,
  dataPath,
  formatManifest,
  newManifest,
  parseManifest,
} from '../../src/archive/manifest.js'
import { StepError } from '../../src/errors.js'

const owner = { subaccountId: 'acme_sg', region: 'asia-pacific' }
const sha256 = 'ab'.repeat(32)

function dayWith(day: string, records: number): ArchivedDay {
  const exportedAt = Date.parse('2026-11-25T01:02:03.004Z')
  const file =
    records === 0
      ? undefined
      : {
          compression: 'gzip' as const,
          bytes: 1_000,
          sha256,
          columns: ['umid', 'createdat', 'Preis €'],
          delimiter: ',',
        }
  return { day, records, pending: 0, settled: false, exportedAt, file }
}

const full = {
  ...newManifest(owner),
  days: new Map([dayWith('2026-11-24', 5), dayWith('2026-11-25', 0)].map((one) => [one.day, one])),
}

describe('a manifest', () => {
  test('is a Data Package 2.0, with a resource for each day that has records', () => {
    const written = JSON.parse(formatManifest(full))

    expect(written.$schema).toBe('https://datapackage.org/profiles/2.0/datapackage.json')
    expect(written.archive).toEqual({
      format: '8x8-sms-log-export/archive',
      version: 1,
      ...owner,
    })
    expect(written.resources).toEqual([
      {
        name: '2026-11-24',
        date: '2026-11-24',
        records: 5,
        pending: 0,
        settled: false,
        exported: '2026-11-25T01:02:03.004Z',
        path: 'data/date=2026-11-24/sms.csv.gz',
        bytes: 1_000,
        hash: `sha256:${sha256}`,
        type: 'table',
        format: 'csv',
        encoding: 'utf-8',
        dialect: { delimiter: ',' },
        schema: { fields: [{ name: 'umid' }, { name: 'createdat' }, { name: 'Preis €' }] },
      },
    ])
    expect(written.daysWithoutRecords).toEqual([
      {
        date: '2026-11-25',
        records: 0,
        pending: 0,
        settled: false,
        exported: '2026-11-25T01:02:03.004Z',
      },
    ])
  })

  test('has a line for each day, in their order', () => {
    const days = daysFrom('2026-11-01', '2026-11-20').map((day) => dayWith(day, 1))
    const manifest = { ...full, days: new Map(days.toReversed().map((one) => [one.day, one])) }
    const lines = formatManifest(manifest).split('\n')

    expect(lines.filter((line) => line.startsWith('{"name":"2026')).toSorted()).toEqual(
      lines.filter((line) => line.startsWith('{"name":"2026')),
    )
    expect(lines.filter((line) => line.startsWith('{"name":"2026'))).toHaveLength(20)
  })

  test('comes back as it was, with what somebody else has put into it', () => {
    const others = {
      licenses: [{ name: 'private' }],
      // As that of the days.
      schema: { fields: [{ name: 'umid' }, { name: 'createdat' }, { name: 'Preis €' }] },
      notes: [{ schema: 0 }],
    }
    const text = formatManifest({ ...full, others })
    const read = parseManifest(text, owner)

    expect(read.days).toEqual(full.days)
    expect(read.others).toEqual(others)
    expect(formatManifest(read)).toBe(text)
  })

  test('comes back with the columns that each day has, whatever their names', () => {
    const columns = ['createdat', 'a]}', '"}]}', '$&', 'Preis €']
    const days = daysFrom('2026-11-01', '2026-11-20').map((day, index) => {
      const one = dayWith(day, 1)
      return one.file
        ? { ...one, file: { ...one.file, columns: columns.slice(0, 1 + (index % 12)) } }
        : one
    })
    const text = formatManifest({ ...full, days: new Map(days.map((one) => [one.day, one])) })

    expect([...parseManifest(text, owner).days.values()]).toEqual(days)
  })

  test('of 3,650 days is written and read in a moment', () => {
    const days = daysFrom('2017-01-01', '2026-12-29').map((day) => dayWith(day, 5))
    const text = formatManifest({ ...full, days: new Map(days.map((one) => [one.day, one])) })

    expect(days).toHaveLength(3_650)
    expect(parseManifest(text, owner).days.size).toBe(3_650)
  })
})

describe('a text that is no manifest of ours', () => {
  const text = formatManifest(full)

  test.each([
    ['with a day twice', text.replace('"2026-11-25"', '"2026-11-24"')],
    ['with a day that is none', text.replaceAll('2026-11-24', '2026-02-30')],
    ['with a path out of the archive', text.replace('data/date', '../data/date')],
    ["with another day's path", text.replace('data/date=2026-11-24', 'data/date=2026-11-23')],
    ['with a short hash', text.replace(sha256, 'ab')],
    ['with a negative size', text.replace('"bytes":1000', '"bytes":-1')],
    ['without its days', text.replace('daysWithoutRecords', 'other')],
    ['with a state that is no word', text.replace('"settled":false', '"settled":"no"')],
    ['with a time that is none', text.replace('2026-11-25T01:02:03.004Z', 'yesterday')],
  ])('%s is refused', (_, damaged) => {
    expect(damaged).not.toBe(text)
    expect(() => parseManifest(damaged, owner)).toThrow(StepError)
  })

  test('is refused wherever it is cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.trimEnd().length - 1 }), (length) => {
        expect(() => parseManifest(text.slice(0, length), owner)).toThrow(StepError)
      }),
    )
  })

  test('is refused whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => parseManifest(JSON.stringify(value), owner)).toThrow(StepError)
      }),
    )
  })
})

test.each([
  ['gzip' as const, 'data/date=2026-11-24/sms.csv.gz'],
  ['none' as const, 'data/date=2026-11-24/sms.csv'],
])('a day with compress: %s lies at %s', (compression, path) => {
  expect(dataPath('2026-11-24', compression)).toBe(path)
})
