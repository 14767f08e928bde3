import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecordCopy } from '../../src/archive/records.js'
import { formatCell } from '../helpers/generated-exports.js'

const HEADER = 'a,b,c\n'

/** What is copied of a file with three columns whose bytes come in pieces, without its header. */
function copyOf(
  text: string,
  pieceLengths: readonly number[] = [65_536],
  isLeftOut: (first: string) => boolean = () => false,
): string {
  const bytes = Buffer.from(text)
  const copied: Buffer[] = []
  const copy = new RecordCopy(Buffer.from(HEADER), {
    format: { delimiter: ',', lineEnd: '\n' },
    isLeftOut: (record) => isLeftOut(record.text(0)),
    onBytes: (stays) => copied.push(Buffer.from(stays)),
  })
  let at = 0
  for (let piece = 0; at < bytes.length; piece++) {
    const length = pieceLengths[piece % pieceLengths.length] ?? 1
    copy.push(bytes.subarray(at, at + length))
    at += length
  }
  copy.end()
  return Buffer.concat(copied).toString()
}

const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
const oddText = fc
  .array(fc.constantFrom('"', '""', ',', '\n', '\r\n', 'a', 'é', ' '), { maxLength: 60 })
  .map((parts) => parts.join(''))

describe('any bytes', () => {
  test('come out as they went in, however they are cut', () => {
    fc.assert(
      fc.property(oddText, pieces, (text, lengths) => {
        expect(copyOf(text, lengths)).toBe(text)
      }),
    )
  })
})

describe('records that are left out', () => {
  const cell = fc
    .array(fc.constantFrom('"', ',', '\n', '\r\n', 'a', 'é', ' ', '1'), { maxLength: 6 })
    .map((parts) => parts.join(''))
  const rows = fc.array(fc.tuple(fc.constantFrom('x', 'y', '"x"'), cell, cell), { maxLength: 8 })
  const lineEnds = fc.constantFrom('\n', '\r\n')

  test('are missing as a whole, and every other byte is there', () => {
    fc.assert(
      fc.property(rows, lineEnds, fc.boolean(), pieces, (cells, lineEnd, isEnded, lengths) => {
        const lines = cells.map(([first, ...others]) => ({
          isLeftOut: first !== 'y',
          text: `${first},${others.map((text) => formatCell(text)).join(',')}${lineEnd}`,
        }))
        const last = lines.at(-1)
        if (last && !isEnded) last.text = last.text.slice(0, -lineEnd.length)

        const copied = copyOf(
          lines.map(({ text }) => text).join(''),
          lengths,
          (first) => first === 'x',
        )

        const stays = lines.filter(({ isLeftOut }) => !isLeftOut)
        expect(copied).toBe(stays.map(({ text }) => text).join(''))
      }),
    )
  })

  test('are found behind a quotation mark that is never closed', () => {
    const lines = Array.from({ length: 40_000 }, () => 'y,b,c\n').join('')

    expect(copyOf(`y,"a,b\n${lines}x,b,c\n${lines}`, [65_536], (first) => first === 'x')).toBe(
      `y,"a,b\n${lines}${lines}`,
    )
  })
})

describe('a quotation mark that is never closed', () => {
  test('at each of many lines takes no more than a look ahead', () => {
    const lines = Array.from({ length: 200_000 }, (_, index) => `"${index}\n`)

    expect(copyOf(lines.join(''))).toBe(lines.join(''))
  })
})
