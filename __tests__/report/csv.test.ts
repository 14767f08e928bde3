import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CsvReader, MAX_RECORD_LENGTH } from '../../src/report/csv.js'
import { formatCell } from '../helpers/generated-exports.js'

interface Told {
  records: string[][]
  unreadable: number[]
}

/** All that a reader tells of pieces of a file; `makesSense` judges its records. */
function read(pieces: readonly Buffer[], makesSense = (_: readonly string[]) => true): Told {
  const told: Told = { records: [], unreadable: [] }
  const reader = new CsvReader({
    record: (fields) => {
      const isGood = makesSense(fields)
      if (isGood) told.records.push(fields.map((field) => Buffer.from(field, 'latin1').toString()))
      return isGood
    },
    unreadable: (line) => told.unreadable.push(line),
  })
  for (const piece of pieces) reader.push(piece)
  reader.end()
  return told
}

const readText = (text: string, makesSense?: (fields: readonly string[]) => boolean): Told =>
  read([Buffer.from(text)], makesSense)

/** The pieces that cuts at these places give. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places, bytes.length].sort((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

const hasTwoFields = (fields: readonly string[]): boolean => fields.length === 2

describe('the records of a file', () => {
  test.each([
    [
      'fields',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'CRLF',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'LF and CRLF mixed',
      'a,b\r\nc,d\ne,"f"\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', 'f'],
      ],
    ],
    [
      'a last line without an end',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a last field in quotes without an end',
      'a,b\nc,"d"',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'half an end of the last line',
      'a,b\r\nc,"d"\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a byte order mark', '\uFEFFa,b\n', [['a', 'b']]],
    ['a byte order mark before a quotation mark', '\uFEFF"a",b\n', [['a', 'b']]],
    ['a byte order mark alone in a file', '\uFEFF', []],
    ['a byte order mark in a later place', 'a,\uFEFFb\n', [['a', '\uFEFFb']]],
    ['quotes', '"a","b ""c"""\n', [['a', 'b "c"']]],
    ['commas and line breaks in fields', '"a,\r\nb","c\n\nd"\r\n', [['a,\r\nb', 'c\n\nd']]],
    [
      'empty fields',
      ',\n"",\n',
      [
        ['', ''],
        ['', ''],
      ],
    ],
    ['empty lines, which are none', '\n\r\na,b\n\n\n', [['a', 'b']]],
    ['a quotation mark within a field', 'a"b,c"\n', [['a"b', 'c"']]],
    ['blanks behind a closing quotation mark', '"a" ,"b"\t\r\n', [['a', 'b']]],
    ['more after a closing quotation mark', '"a"b","c"\n', [['a"b', 'c']]],
    ['NULs', 'a\0,\0\n', [['a\0', '\0']]],
    ['UTF-8 of two, three and four bytes', 'ü,€😀\n', [['ü', '€😀']]],
    ['nothing', '', []],
  ] as [string, string, string[][]][])('are read with %s', (_, text, records) => {
    expect(readText(text)).toEqual({ records, unreadable: [] })
  })

  test('hold the very bytes of what is not UTF-8', () => {
    const fields: string[] = []
    const reader = new CsvReader({ record: (found) => fields.push(...found) > 0, unreadable() {} })

    reader.push(Buffer.from([0xff, 0x2c, 0xc3, 0x0a]))
    reader.end()

    expect(fields).toEqual(['\xff', '\xc3'])
  })

  test('are what was written, whatever it was, and however the file is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('"', ',', '\r\n', '\n', ' ', 'a', 'é', '\0') })
    const row = fc
      .tuple(text, text)
      // A carriage return of the last field cannot be told from that of the line.
      .map(([first, last]) => [first, last.replace(/\r+$/, '')])
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 20 }),
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat(500)),
        fc.boolean(),
        (rows, end, places, always) => {
          const lines = rows.map((cells) => cells.map((cell) => formatCell(cell, always)).join(','))
          const bytes = Buffer.from(lines.map((line) => line + end).join(''))

          const told = read(
            cutAt(
              bytes,
              places.map((place) => place % (bytes.length + 1)),
            ),
          )

          expect(told).toEqual({ records: rows, unreadable: [] })
        },
      ),
      { numRuns: 300, seed: 1 },
    )
  })

  test('are the same for any bytes, at whatever byte the file is cut', () => {
    const token = fc.constantFrom('"', '""', '"', ',', '\n', '\r\n', '\r', ' ', 'a', '\0', '\uFEFF')
    fc.assert(
      fc.property(fc.array(token, { maxLength: 24, size: 'max' }), (tokens) => {
        const bytes = Buffer.from(tokens.join(''))
        const whole = read([bytes], hasTwoFields)

        for (let at = 0; at <= bytes.length; at++) {
          expect(read(cutAt(bytes, [at]), hasTwoFields)).toEqual(whole)
        }
        expect(
          read(
            [...bytes].map((byte) => Buffer.of(byte)),
            hasTwoFields,
          ),
        ).toEqual(whole)
      }),
      { numRuns: 300, seed: 2 },
    )
  })

  test('are the same over the ends of the blocks that a file is read in', () => {
    const lines = Array.from(
      { length: 9_000 },
      (_, line) => `"${line}\r\n""","${'é'.repeat(line % 7)}"`,
    )
    const bytes = Buffer.from(lines.join('\r\n'))

    const told = read(cutAt(bytes, [1, 32_767, 32_768, 65_537, 100_001]))

    expect(told.unreadable).toEqual([])
    expect(told.records).toHaveLength(9_000)
    expect(told).toEqual(read([bytes]))
    expect(told.records.every(([first], line) => first === `${line}\r\n"`)).toBe(true)
  })
})

describe('a record that makes no sense', () => {
  test.each([
    ['in the first line', 'x\na,b\n', [1]],
    ['in the last line, which has no end', 'a,b\nc,d\nx', [3]],
    ['after fields with line breaks', '"a\n\n",b\r\n"c\r\n",d\r\nx\r\n', [6]],
    ['after empty lines', 'a,b\n\n\nx\n', [4]],
    ['with a line break of its own', 'a,b\n"x\ny"\nz\nc,d\n', [2, 4]],
    ['more than once', 'x\n"a\n",b\ny\nz\nc,d\n', [1, 4, 5]],
  ])('is told by the line that it begins in: %s', (_, text, lines) => {
    const told = readText(text, hasTwoFields)

    expect(told.unreadable).toEqual(lines)
    const bytes = Buffer.from(text)
    expect(
      read(
        [...bytes].map((byte) => Buffer.of(byte)),
        hasTwoFields,
      ),
    ).toEqual(told)
  })

  test('is told by its line behind any number of others, in any block', () => {
    const good = Array.from({ length: 5_000 }, (_, line) => `"${line}\n",b`)

    const told = readText([...good, 'x', ...good, 'y', ''].join('\r\n'), hasTwoFields)

    expect(told.unreadable).toEqual([10_001, 20_002])
    expect(told.records).toHaveLength(10_000)
  })

  test('takes no time for those before it, be they ever so many', () => {
    const told = readText('x\n'.repeat(500_000), hasTwoFields)

    expect(told.unreadable).toHaveLength(500_000)
    expect(told.unreadable.at(-1)).toBe(500_000)
  })
})

describe('a record without an end', () => {
  const long = `x,${'y'.repeat(1_000)}\n`

  test('costs its first line, and the next is read as a record', () => {
    expect(readText('a,b\n"c,d\ne,f\ng,h')).toEqual({
      records: [
        ['a', 'b'],
        ['e', 'f'],
        ['g', 'h'],
      ],
      unreadable: [2],
    })
  })

  test('costs its line where that is the last', () => {
    expect(readText('a,b\n"c')).toEqual({ records: [['a', 'b']], unreadable: [2] })
    expect(readText('"')).toEqual({ records: [], unreadable: [1] })
  })

  test('is given up long before the end of a long file', () => {
    const text = `a,b\n"c,d\n${long.repeat(1_000)}`

    const told = readText(text)

    expect(text.length).toBeGreaterThan(3 * MAX_RECORD_LENGTH)
    expect(told.unreadable).toEqual([2])
    expect(told.records).toHaveLength(1_001)
  })

  test('on one line without an end is not kept in memory', () => {
    const reader = { records: 0, lines: [] as number[] }
    const csv = new CsvReader({
      record: () => ++reader.records > 0,
      unreadable: (line) => reader.lines.push(line),
    })
    csv.push(Buffer.from('a,b\n'))
    const piece = Buffer.alloc(1_048_576, 'x')
    const before = process.memoryUsage().heapUsed

    for (let at = 0; at < 200; at++) csv.push(piece)

    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1_048_576)
    csv.push(Buffer.from('\nc,d\n'))
    csv.end()
    expect(reader).toEqual({ records: 2, lines: [2] })
  })

  test.each([-1, 0, 1, 5_000, 30_000, 40_000])(
    'is told by its length and not by the cuts: %i bytes above the most',
    (above) => {
      const before = 'a,b\n'.repeat(100)
      const body = 'y\n'.repeat((MAX_RECORD_LENGTH - 6) / 2)
      const text = `"${body}",${'z'.repeat(above + 2)}\n`
      const bytes = Buffer.from(`${before}${text}c,d\n`)

      const whole = read([bytes], hasTwoFields)
      const cut = read(
        cutAt(bytes, [3, 400, 10_001, MAX_RECORD_LENGTH, bytes.length - 2]),
        hasTwoFields,
      )
      const other = read(cutAt(bytes, [MAX_RECORD_LENGTH + 401, bytes.length - 5]), hasTwoFields)

      expect(text.length).toBe(MAX_RECORD_LENGTH + above)
      expect(cut).toEqual(whole)
      expect(other).toEqual(whole)
      expect(whole.records.at(-1)).toEqual(['c', 'd'])
      expect(whole.unreadable[0]).toBe(above > 0 ? 101 : undefined)
    },
  )

  test('is looked for only so often in one file', () => {
    const lines = 700_000
    const bytes = Buffer.from('"a\n'.repeat(lines))

    const told = read([bytes])
    const cut = read(cutAt(bytes, [7, 1_000_000, 1_000_001]))

    // As one text: to compare so many numbers one by one takes longer than to read the file.
    const all = Array.from({ length: lines }, (_, index) => index + 1).join()
    expect([told.unreadable.join() === all, told.records.length]).toEqual([true, 0])
    expect([cut.unreadable.join() === all, cut.records.length]).toEqual([true, 0])
  })
})
