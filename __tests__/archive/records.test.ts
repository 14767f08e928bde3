import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldsOf, RecordCutter, startOfField } from '../../src/archive/records.js'
import { formatCell } from '../helpers/generated-exports.js'

const COMMA = 0x2c

/** The records of a text whose bytes come in pieces. */
function recordsOf(text: string | Buffer, pieceLengths: readonly number[] = [65_536]): string[] {
  const bytes = Buffer.from(text)
  const records: string[] = []
  const cutter = new RecordCutter(COMMA, (record) => records.push(record.toString('latin1')))
  let at = 0
  for (let piece = 0; at < bytes.length; piece++) {
    const length = pieceLengths[piece % pieceLengths.length] ?? 1
    cutter.push(bytes.subarray(at, at + length))
    at += length
  }
  cutter.end()
  return records
}

const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
const oddText = fc
  .array(fc.constantFrom('"', '""', ',', '\n', '\r\n', 'a', 'é', ' '), { maxLength: 60 })
  .map((parts) => parts.join(''))

describe('any bytes', () => {
  test('come out as they went in, however they are cut', () => {
    fc.assert(
      fc.property(oddText, pieces, (text, lengths) => {
        const records = recordsOf(text, lengths)

        expect(records.join('')).toBe(Buffer.from(text).toString('latin1'))
        expect(records).toEqual(recordsOf(text))
      }),
    )
  })
})

describe('valid CSV', () => {
  test('is cut where another parser ends its records', () => {
    const cell = fc
      .array(fc.constantFrom('"', ',', '\n', '\r\n', 'a', 'é', ' ', '1'), { maxLength: 6 })
      .map((parts) => parts.join(''))
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(rows, fc.constantFrom('\n', '\r\n'), pieces, (cells, lineEnd, lengths) => {
        const lines = cells.map((row) => row.map((text) => formatCell(text)).join(','))
        const records = recordsOf(lines.join(lineEnd), lengths)

        expect(records.map((record) => parse(Buffer.from(record, 'latin1'))[0])).toEqual(
          parse(lines.join(lineEnd)),
        )
        expect(records).toHaveLength(cells.length)
      }),
    )
  })

  test('gives each field of a record', () => {
    const record = Buffer.from('1,"a ""b"", c\nd",,é\r\n')

    expect(fieldsOf(record, COMMA)).toEqual(['1', 'a "b", c\nd', '', 'é'])
    expect([0, 1, 2, 3, 4].map((place) => startOfField(record, place, COMMA))).toEqual([
      0, 2, 17, 18, -1,
    ])
  })
})

describe('a quotation mark that is never closed', () => {
  test('costs no other record its place', () => {
    expect(recordsOf('1,"a\n2,b\n3,"c"\n4,d\n')).toEqual(['1,"a\n', '2,b\n', '3,"c"\n', '4,d\n'])
  })

  test('is given up within 256 KiB', () => {
    const lines = Array.from({ length: 40_000 }, (_, index) => `${index},b,c\n`)

    expect(recordsOf(`x,"a\n${lines.join('')}`)).toEqual(['x,"a\n', ...lines])
  })

  test('at each of many lines takes no more than a look ahead', () => {
    const lines = Array.from({ length: 200_000 }, (_, index) => `"${index}\n`)

    expect(recordsOf(lines.join('')).join('')).toBe(lines.join(''))
  })
})
