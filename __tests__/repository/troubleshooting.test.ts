import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { inCode } from '../helpers/markdown-table.js'
import { HOLE, textsInSources } from '../helpers/source-texts.js'

const DOCUMENTS = ['docs/troubleshooting.md', 'README.md']

/** Shorter than this a piece of text could be from anywhere. */
const MIN_LENGTH = 8

/** The messages that a document quotes: the first cells of its tables of messages. */
function quotedIn(document: string): string[] {
  const lines = readFileSync(document, 'utf8').split('\n')
  const quoted: string[] = []
  let isMessage = false
  for (const line of lines) {
    if (!line.startsWith('|')) isMessage = false
    else if (/^\| message +\|/.test(line)) isMessage = true
    else if (isMessage) quoted.push(...inCode(line.split('|')[1]))
  }
  return quoted
}

/** What a quotation shows as an example of what is put in at run time. */
const SAMPLES = /"[^"]*"|\d+( h\b)?|\bGB\b|Europe\/Berlin|\b(running|failed|a page|ENOSPC)\b/g

/** What a quotation has word for word, parted where a message may be put together of several. */
function piecesOf(quotation: string): string[] {
  return quotation
    .replace(SAMPLES, HOLE)
    .split(/[….,:;?()]/)
    .map((piece) => piece.trim().replace(/^and /, ''))
    .filter((piece) => piece.length > 2)
}

const longest = (pieces: readonly string[]): string =>
  pieces.toSorted((a, b) => b.length - a.length)[0] ?? ''

describe.each(DOCUMENTS)('%s', (document) => {
  const sources = textsInSources()

  test('quotes no message that the actions do not have', () => {
    const strangers = quotedIn(document).flatMap((quotation) =>
      piecesOf(quotation)
        .filter((piece) => !sources.some((text) => text.includes(piece)))
        .map((piece) => `${piece} (of: ${quotation})`),
    )

    expect(strangers).toEqual([])
  })

  test('quotes enough of each message to find it', () => {
    const short = quotedIn(document).filter(
      (quotation) => longest(piecesOf(quotation)).length < MIN_LENGTH,
    )

    expect(short).toEqual([])
  })
})

describe('docs/troubleshooting.md', () => {
  test('has every code of the API that the actions know', () => {
    const hints = readFileSync('src/api/errors.ts', 'utf8')
    const codes = [...hints.matchAll(/^ {2}(\d+): /gm)].map(([, code]) => String(code))
    const section = readFileSync('docs/troubleshooting.md', 'utf8').split('## Errors of the API')[1]

    expect(codes.length).toBeGreaterThan(20)
    expect(codes.filter((code) => !section?.includes(code))).toEqual([])
  })
})
