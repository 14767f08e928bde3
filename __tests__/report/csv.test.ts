import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CsvFormat, CsvReader, MAX_RECORD_LENGTH } from '../../src/report/csv.js'

interface Told {
  records: string[][]
  /** Lines that cannot be read. */
  unreadable: number[]
}

/** All that a reader tells of pieces of a file, the header as the first record. */
function read(pieces: readonly Buffer[], format?: CsvFormat): Told {
  const told: Told = { records: [], unreadable: [] }
  const decode = (text: string): string => Buffer.from(text, 'latin1').toString()
  const reader = new CsvReader(
    {
      header(names) {
        told.records.push(names.map(decode))
      },
      record(record) {
        const header = told.records[0] ?? []
        told.records.push(header.map((_, place) => decode(record.text(place))))
        return undefined
      },
      unreadable: (line) => told.unreadable.push(line),
    },
    format,
  )
  for (const piece of pieces) reader.push(piece)
  reader.end()
  return told
}

const readText = (text: string, format?: CsvFormat): Told => read([Buffer.from(text)], format)

const byteByByte = (text: string): Told =>
  read([...Buffer.from(text)].map((byte) => Buffer.of(byte)))

/** The pieces that cuts at these places give. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places, bytes.length].sort((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

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
    const reader = new CsvReader({
      header: (names) => {
        fields.push(...names)
      },
      record: () => undefined,
      unreadable() {},
    })

    reader.push(Buffer.from([0xff, 0x2c, 0xc3, 0x0a]))
    reader.end()

    expect(fields).toEqual(['\xff', '\xc3'])
  })

  const FORMATS: CsvFormat[] = [
    { delimiter: ',', lineEnd: '\n' },
    { delimiter: ';', lineEnd: '\n' },
    { delimiter: '\t', lineEnd: '\n' },
    { delimiter: ',', lineEnd: '\r' },
  ]

  const cell = fc.string({
    unit: fc.constantFrom('"', ',', ';', '\t', '\r\n', '\n', ' ', 'a', 'é', '\0'),
  })

  test('are those of an independent parser, however a valid file is written and cut', () => {
    const rows = fc
      .integer({ min: 2, max: 4 })
      .chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 20 }),
      )
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom(...FORMATS),
        fc.array(fc.nat(500)),
        fc.boolean(),
        fc.boolean(),
        (cells, format, places, always, isLastEnded) => {
          const end = format.lineEnd === '\r' ? '\r' : cells.length % 2 ? '\r\n' : '\n'
          const quote = (text: string): string =>
            always || /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
          const lines = cells.map((row) => row.map(quote).join(format.delimiter))
          const bytes = Buffer.from(lines.join(end) + (isLastEnded ? end : ''))

          const told = read(
            cutAt(
              bytes,
              places.map((place) => place % (bytes.length + 1)),
            ),
            format,
          )

          const parsed = parse(bytes, {
            delimiter: format.delimiter,
            record_delimiter: end,
            skip_empty_lines: true,
          })
          expect(told).toEqual({ records: parsed, unreadable: [] })
        },
      ),
      { numRuns: 500, seed: 1 },
    )
  })

  test('are the same for any bytes, at whatever byte the file is cut', () => {
    const token = fc.constantFrom('"', '""', '"', ',', '\n', '\r\n', '\r', ' ', 'a', '\0', '\uFEFF')
    fc.assert(
      fc.property(fc.array(token, { maxLength: 24, size: 'max' }), (tokens) => {
        const text = `a,b\n${tokens.join('')}`
        const bytes = Buffer.from(text)
        const whole = read([bytes])

        for (let at = 0; at <= bytes.length; at++) {
          expect(read(cutAt(bytes, [at]))).toEqual(whole)
        }
        expect(byteByByte(text)).toEqual(whole)
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

  test('of a header are its own, whatever was given up before it', () => {
    expect(readText('x,"y"z\n1"\na\nb\n')).toEqual({
      records: [['1"'], ['a'], ['b']],
      unreadable: [1],
    })
  })
})

describe('a record with another number of fields than the header', () => {
  test.each([
    ['in the first line after it', 'a,b\nx\na,b\n', [2]],
    ['in the last line, which has no end', 'a,b\nc,d\nx', [3]],
    ['after fields with line breaks', '"a\n\n",b\r\n"c\r\n",d\r\nx\r\n', [6]],
    ['after empty lines', 'a,b\n\n\nx\n', [4]],
    ['more than once', 'a,b\nx\n"a\n",b\ny\nz\nc,d\n', [2, 5, 6]],
    ['with more of them', 'a,b\n1,2,3\n,,\n', [2, 3]],
  ])('is told by the line that it begins in: %s', (_, text, lines) => {
    const told = readText(text)

    expect(told.unreadable).toEqual(lines)
    expect(byteByByte(text)).toEqual(told)
  })

  test('costs its first line alone where it is over several, and the rest is read anew', () => {
    expect(readText('a,b\n"x\ny,z\n1,2\n"\nc,d\n')).toEqual({
      records: [
        ['a', 'b'],
        ['y', 'z'],
        ['1', '2'],
        ['c', 'd'],
      ],
      unreadable: [2, 5],
    })
  })

  test('is told by its line behind any number of others, in any block', () => {
    const good = Array.from({ length: 5_000 }, (_, line) => `"${line}\n",b`)

    const told = readText([...good, 'x', ...good, 'y', ''].join('\r\n'))

    expect(told.unreadable).toEqual([10_001, 20_002])
    expect(told.records).toHaveLength(10_000)
  })
})

describe('what the listener cannot read', () => {
  test('is told once, with its reason, however many lines it has', () => {
    const told: [number, string][] = []
    const reader = new CsvReader({
      header() {},
      record: (record) =>
        record.text(0) === '1' ? undefined : `its price is ${record.text(0).trim()}`,
      unreadable: (line, reason) => told.push([line, reason]),
    })

    reader.push(Buffer.from('a,b\n"x\n","\n"\n1,2\ny,2\n1,2,3\n"1\n'))
    reader.end()

    expect(told.slice(0, 2)).toEqual([
      [2, 'its price is x'],
      [6, 'its price is y'],
    ])
    expect(told[2]).toEqual([7, expect.stringMatching(/3 fields.* 2/)])
    expect(told[3]).toEqual([8, expect.stringContaining('quotation mark')])
  })
})

describe('a stray quotation mark', () => {
  const records = (count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${at},SG,delivered,hello`)

  test('at the beginning of a field of an exporter that quotes nothing costs its record alone', () => {
    const lines = [
      'id,country,status,body',
      ...records(50),
      'x,SG,delivered,"Hello',
      ...records(100),
      'y,SG,delivered,say "hi"',
      ...records(50),
    ]

    const told = readText(`${lines.join('\r\n')}\r\n`)

    expect(told.unreadable).toEqual([52])
    expect(told.records).toHaveLength(202)
    expect(told.records[150]).toEqual(['99', 'SG', 'delivered', 'hello'])
    expect(told.records[151]).toEqual(['y', 'SG', 'delivered', 'say "hi"'])
  })

  test.each([
    ['within a field', 'a"b,c"'],
    ['behind a closing one', '"a"b","c"'],
  ])('%s of one line costs nothing', (_, line) => {
    const told = readText(`h,i\n1,2\n${line}\n3,4\n`)

    expect(told.unreadable).toEqual([])
    expect(told.records).toHaveLength(4)
    expect(told.records.at(-1)).toEqual(['3', '4'])
  })

  test('anywhere in valid data costs no record but its own', () => {
    // Every record is one line with no other quotation mark, as of an exporter that quotes nothing.
    const word = fc.string({ unit: fc.constantFrom('a', ' ', 'é', '.'), maxLength: 6 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(word, word, word), { minLength: 1, maxLength: 30 }),
        fc.nat(),
        fc.nat(),
        fc.array(fc.nat(500)),
        (cells, lineSeed, placeSeed, places) => {
          const lines = cells.map((row, at) => `${at},${row.join(',')}`)
          const hit = lineSeed % lines.length
          const line = lines[hit] as string
          const place = placeSeed % (line.length + 1)
          const damaged = lines.with(hit, `${line.slice(0, place)}"${line.slice(place)}`)
          const bytes = Buffer.from(['id,a,b,c', ...damaged, ''].join('\n'))

          const { records: found } = read(
            cutAt(
              bytes,
              places.map((at) => at % (bytes.length + 1)),
            ),
          )

          const others = lines.filter((_, at) => at !== hit)
          expect(found.slice(1).map((row) => row.join())).toEqual(expect.arrayContaining(others))
          expect(found.length).toBeGreaterThanOrEqual(lines.length)
        },
      ),
      { numRuns: 300, seed: 4 },
    )
  })

  test.each([
    ['that open at each line', '"a\n'],
    ['in pairs', '"a""\n'],
    ['that close and open at each line', 'x","z\n'],
    ['of records that are too short', '"\n"\n'],
    ['behind closing ones', '"a"b\n'],
    ['behind fields that are in none', 'x"y,"z\n'],
    ['and nothing but them', '"""\n'],
  ])('costs no more time than the length of the file: marks %s', (_, line) => {
    const header = `${'h,'.repeat(2_000)}h\n`
    const bytes = Buffer.from(header + line.repeat(2_000_000 / line.length))
    let lines = 0
    const reader = new CsvReader({
      header() {},
      record: () => undefined,
      unreadable: () => {
        lines += 1
      },
    })

    // A reader that looks at each line again and again does not come to an end here.
    reader.push(bytes)
    reader.end()

    expect(lines).toBeGreaterThan(0)
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
      header() {},
      record: () => {
        reader.records += 1
        return undefined
      },
      unreadable: (line) => reader.lines.push(line),
    })
    csv.push(Buffer.from('a,b\n'))
    const piece = Buffer.alloc(1_048_576, 'x')
    const before = process.memoryUsage().heapUsed

    for (let at = 0; at < 200; at++) csv.push(piece)

    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1_048_576)
    csv.push(Buffer.from('\nc,d\n'))
    csv.end()
    expect(reader).toEqual({ records: 1, lines: [2] })
  })

  test.each([-1, 0, 1, 5_000, 30_000, 40_000])(
    'is told by its length and not by the cuts: %i bytes above the most',
    (above) => {
      const before = 'a,b\n'.repeat(100)
      const body = 'y\n'.repeat((MAX_RECORD_LENGTH - 6) / 2)
      const text = `"${body}",${'z'.repeat(above + 2)}\n`
      const bytes = Buffer.from(`${before}${text}c,d\n`)

      const whole = read([bytes])
      const cut = read(cutAt(bytes, [3, 400, 10_001, MAX_RECORD_LENGTH, bytes.length - 2]))
      const other = read(cutAt(bytes, [MAX_RECORD_LENGTH + 401, bytes.length - 5]))

      expect(text.length).toBe(MAX_RECORD_LENGTH + above)
      expect(cut).toEqual(whole)
      expect(other).toEqual(whole)
      expect(whole.records.at(-1)).toEqual(['c', 'd'])
      expect(whole.unreadable[0]).toBe(above > 0 ? 101 : undefined)
    },
  )
})
