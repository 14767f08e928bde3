import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DayFile } from '../../src/archive/day-file.js'
import { PartChangedError } from '../../src/archive/day-part.js'
import { figuresOfDay } from '../../src/archive/day-reports.js'
import type { Compression } from '../../src/archive/manifest.js'
import { StepError } from '../../src/errors.js'
import { FileReading } from '../../src/report/file-reading.js'

const HEADER = 'umid,createdat,body\r\n'
const DAY = '2026-11-24'

/** The parts of an export as one file, as it lies there. */
async function makeDay(
  parts: readonly (string | readonly (string | 'restart')[])[],
  compression: Compression = 'none',
) {
  const written: Buffer[] = []
  const file = await DayFile.create({
    day: DAY,
    compression,
    output: { write: (chunk) => void written.push(Buffer.from(chunk)) },
  })
  for (const [index, part] of parts.entries()) {
    const sink = file.nextPart(`part ${index + 1}`)
    for (const piece of [part].flat()) {
      if (piece === 'restart') await sink.restart()
      else await sink.write(Buffer.from(piece))
    }
    await sink.end()
  }
  const content = await file.end()
  const bytes = Buffer.concat(written)
  const text = (compression === 'gzip' ? gunzipSync(bytes) : bytes).toString()
  const reading = new FileReading()
  reading.push(Buffer.from(text))
  expect(content.figures).toEqual(figuresOfDay(reading))
  expect(content.file.bytes).toBe(bytes.length)
  expect(content.file.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
  return { text, bytes, content }
}

const at = (time: string, umid = '1') => `${umid},${time},hi\r\n`

describe('a file that cannot be taken byte for byte fails its day by what it is', () => {
  const text = HEADER + '1,2026-11-24T01:00:00Z,hi\r\n'.repeat(3)
  const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le')

  test.each([
    ['UTF-16LE', utf16],
    ['UTF-16BE', Buffer.from(utf16).swap16()],
    ['CR', Buffer.from(text.replaceAll('\n', ''))],
    ['CR', Buffer.from((HEADER + '1,2026-11-24T01:00:00Z,hi\r'.repeat(5_000)).replace('\n', ''))],
    ['plain text', Buffer.from('<html><body>Sign in</body></html>')],
    ['other columns', Buffer.from('a,b\n1,2\n')],
    ['createdat', Buffer.from('umid,body\r\n1,hi\r\n')],
  ])('%s', async (what, bytes) => {
    const file = await DayFile.create({
      day: DAY,
      compression: 'none',
      output: { write: () => undefined },
    })
    const sink = file.nextPart('2026-11-24, part 1')
    const taking = async () => {
      await sink.write(bytes)
      await sink.end()
    }

    const failure = await taking().catch((error: unknown) => error)

    expect(failure).toBeInstanceOf(StepError)
    expect(String(failure)).toContain('part 1')
    expect(String(failure)).toContain(what)
  })
})

describe('the file of a day', () => {
  test('has the records of all parts under one header', async () => {
    const { text, content } = await makeDay([
      `${HEADER}${at('2026-11-24T01:00:00Z', '1')}`,
      `${HEADER}${at('2026-11-24T00:00:00Z', '2')}`,
    ])

    expect(text).toBe(HEADER + at('2026-11-24T01:00:00Z', '1') + at('2026-11-24T00:00:00Z', '2'))
    expect(content.file).toMatchObject({
      columns: ['umid', 'createdat', 'body'],
      delimiter: ',',
    })
    expect(content.ofOtherDays).toBe(0)
  })

  test.each([
    ['2026-11-23T23:59:57.999Z', true, 1],
    ['2026-11-23T23:59:58.000Z', true, 1],
    ['2026-11-23T23:59:58.001Z', false, 0],
    ['2026-11-23T23:59:59.9999999Z', false, 0],
    ['2026-11-24T00:00:00.0000000Z', true, 0],
    ['2026-11-24T23:59:59.9999999Z', true, 0],
    ['2026-11-25T00:00:00.0000000Z', false, 0],
    ['2026-11-25T00:00:01.999Z', false, 0],
    ['2026-11-25T00:00:02.000Z', true, 1],
    ['2026-11-24T01:00:00+00:00', true, 0],
    ['2026-11-24T00:00:00+01:00', true, 1],
    ['2026-11-24T23:59:59-01:00', true, 1],
    ['2026-11-25T00:30:00+01:00', true, 0],
    ['2026-11-24', true, 0],
    ['no time', true, 0],
    ['', true, 0],
  ])('of a record of %s: taken %s, %i too far outside', async (time, isTaken, strangers) => {
    const { text, content } = await makeDay([HEADER + at(time)])

    expect(text).toBe(isTaken ? HEADER + at(time) : HEADER)
    expect(content.ofOtherDays).toBe(strangers)
  })

  test('keeps each byte of a record, even if it cannot be read', async () => {
    const records = [
      '1,"2026-11-24T01:00:00Z","say ""hi"",\r\nthere"\r\n',
      '2,2026-11-24T01:00:00Z,"never closed\r\n',
      '3,2026-11-24T01:00:00Z,a stray " mark\n',
      '2026-11-23T23:59:59Z\r\n',
      '\r\n',
      '4,2026-11-23T23:59:59Z,one,more\r\n',
      '5,2026-11-24T01:00:00Z,no end',
    ]
    const { text } = await makeDay([HEADER + records.join('')])

    expect(text).toBe(HEADER + records.join(''))
  })

  test('ends a header that has no end where a part with records follows', async () => {
    const record = at('2026-11-24T01:00:00Z')

    const { text } = await makeDay([HEADER.trimEnd(), HEADER + record])

    expect(text).toBe(HEADER + record)
  })

  test('ends a last line that has no end only where another follows', async () => {
    const { text } = await makeDay([
      `${HEADER}${at('2026-11-24T01:00:00Z').trimEnd()}`,
      `\uFEFF${HEADER}${at('2026-11-24T02:00:00Z').trimEnd()}`,
    ])

    expect(text).toBe(HEADER + at('2026-11-24T01:00:00Z') + at('2026-11-24T02:00:00Z').trimEnd())
  })

  test.each([
    ['semicolons', 'umid;CreatedAt;body\n', '1;2026-11-23T23:59:59Z;"a;b"\n'],
    ['tabs', 'umid\tcreatedat\tbody\n', '1\t2026-11-23T23:59:59Z\ta\n'],
    ['the time last', 'umid,body,createdat\n', '1,a,2026-11-23T23:59:59Z\n'],
  ])('knows the seam with %s', async (_, header, record) => {
    const inside = record.replace('23T23', '24T23')
    const { text } = await makeDay([header + record + inside])

    expect(text).toBe(header + inside)
  })

  test('fails where a part has another header', async () => {
    const parts = [HEADER + at('2026-11-24T01:00:00Z'), 'umid,body,createdat\r\n']

    await expect(makeDay(parts)).rejects.toThrow(/part 2.*header/)
  })

  test.each([['umid,body\r\n1,2\r\n'], ['<html>'], ['x'.repeat(100_000)]])(
    'fails without the column of times',
    async (text) => {
      await expect(makeDay([text])).rejects.toThrow(/part 1.*createdat/)
    },
  )
})

describe('any export', () => {
  const record = fc
    .record({
      second: fc.integer({ min: -3, max: 86_403 }),
      body: fc.constantFrom('hi', '"a ""b"""', '"two\r\nlines"', '"open', 'x'.repeat(2_000)),
    })
    .map(({ second, body }) => {
      const time = new Date(Date.parse(`${DAY}T00:00:00Z`) + second * 1_000).toISOString()
      return `1,${time},${body}\r\n`
    })
  const exports = fc.record({
    parts: fc.array(fc.array(record, { maxLength: 30 }), { minLength: 1, maxLength: 3 }),
    lengths: fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 4 }),
    compression: fc.constantFrom('gzip' as const, 'none' as const),
    restartAt: fc.integer({ min: 0, max: 6 }),
  })

  const cut = (text: string, lengths: readonly number[]): string[] => {
    const pieces: string[] = []
    for (let at = 0, piece = 0; at < text.length; piece++) {
      const length = lengths[piece % lengths.length] ?? 1
      pieces.push(text.slice(at, at + length))
      at += length
    }
    return pieces
  }

  test('gives the same bytes however the network cuts them, and where a transfer begins again', async () => {
    await fc.assert(
      fc.asyncProperty(exports, async ({ parts, lengths, compression, restartAt }) => {
        const texts = parts.map((records) => HEADER + records.join(''))
        const pieces = texts.map((text) => {
          const all = cut(text, lengths)
          return [...all.slice(0, restartAt), 'restart', ...cut(text, lengths.toReversed())]
        })

        const inOne = await makeDay(texts, compression)
        const inPieces = await makeDay(pieces, compression)

        expect(inPieces.bytes.equals(inOne.bytes)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})

describe('a transfer that begins again', () => {
  const text = HEADER + at('2026-11-24T01:00:00Z')

  test('with other bytes fails', async () => {
    const part = [text.slice(0, 40), 'restart', text.replace('umid', 'UMID')]

    await expect(makeDay([part])).rejects.toBeInstanceOf(PartChangedError)
  })

  test('with fewer bytes fails', async () => {
    await expect(makeDay([[text, 'restart', text.slice(0, 40)]])).rejects.toBeInstanceOf(
      PartChangedError,
    )
  })
})

describe('a packed file', () => {
  test('tells nothing of when and where it was packed', async () => {
    const { bytes } = await makeDay([HEADER + at('2026-11-24T01:00:00Z')], 'gzip')

    expect([...bytes.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
  })
})

describe('an output that fails', () => {
  test('ends the file, and whoever writes to it', async () => {
    const file = await DayFile.create({
      day: DAY,
      compression: 'none',
      output: { write: () => Promise.reject(new Error('the disk is full')) },
    })
    const part = file.nextPart('part 1')
    const write = async () => {
      await part.write(Buffer.from(HEADER))
      for (let round = 0; round < 50; round++) {
        await part.write(Buffer.from(at('2026-11-24T01:00:00Z').repeat(10_000)))
      }
      await part.end()
      await file.end()
    }

    await expect(write()).rejects.toThrow('the disk is full')
  })
})
