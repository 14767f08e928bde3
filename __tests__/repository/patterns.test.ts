import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import vm from 'node:vm'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/** Patterns that are not linear, and see nothing but numbers of our own, or texts of 12 characters. */
const OF_SHORT_TEXTS = [
  String.raw`sandbox/rows.ts: /\.?0+$/`,
  String.raw`summary/charts.ts: /\.?0+$/`,
  String.raw`summary/format.ts: /\B(?=(\d{3})+$)/g`,
  String.raw`report/record.ts: /^\s*(?:--?|#?n\/a|\(?null\)?|\\n|nil|none)?\s*$/i`,
]

/** Pieces of which a text can be made that keeps a careless pattern busy. */
const PIECES = [...' \n\taA0.-/:",', '1 ', '%41', 'a.', '\u200b', '\\']

/** So long that one quadratic search takes a minute. */
const LENGTH = 300_000

interface Pattern {
  readonly place: string
  readonly source: string
  readonly flags: string
}

/** Every pattern that the sources write out; those put together at run time have tests of their own. */
function patternsInSources(): Pattern[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.split(path.sep).join('/'))
    .flatMap((file) => {
      const patterns: Pattern[] = []
      const visit = (node: ts.Node): void => {
        if (ts.isRegularExpressionLiteral(node)) {
          const end = node.text.lastIndexOf('/')
          const source = node.text.slice(1, end)
          patterns.push({ place: `${file}: ${node.text}`, source, flags: node.text.slice(end + 1) })
        }
        ts.forEachChild(node, visit)
      }
      visit(
        ts.createSourceFile(
          file,
          readFileSync(path.join('src', file), 'utf8'),
          ts.ScriptTarget.Latest,
          true,
        ),
      )
      return patterns
    })
}

/** Texts of which a part fits the pattern over and over, with an end that does not. */
function textsFor(source: string): string[] {
  const marks = source
    .replace(/\\[dDwWsSbBpP](?:\{[^}]*\})?/g, '')
    .match(/[A-Za-z0-9 .:/,;@#"'<>=&%+-]/g)
  return [...new Set([...PIECES, ...(marks ?? [])])].map(textOf)
}

const texts = new Map<string, string>()

/** Made once for all patterns: making a long text costs far more than searching it. */
function textOf(piece: string): string {
  const text = texts.get(piece) ?? `${piece.repeat(LENGTH / piece.length)}\u0001`
  texts.set(piece, text)
  return text
}

const context = vm.createContext({})

/** Whether the pattern is through with all texts in a time that one quadratic search exceeds by far. */
function isLinear({ source, flags }: Pattern): boolean {
  Object.assign(context, {
    pattern: new RegExp(source, flags.replace('g', '')),
    texts: textsFor(source),
  })
  try {
    vm.runInContext('for (const text of texts) pattern.test(text)', context, { timeout: 30_000 })
    return true
  } catch {
    return false
  }
}

describe('the patterns of the sources', () => {
  const patterns = patternsInSources()

  test('are there', () => {
    expect(patterns.length).toBeGreaterThan(60)
    expect(patterns.map(({ place }) => place)).toEqual(expect.arrayContaining(OF_SHORT_TEXTS))
  })

  const others = patterns.filter(({ place }) => !OF_SHORT_TEXTS.includes(place))

  test.each(others.map((pattern) => [pattern.place, pattern] as const))(
    '%s needs time in proportion to the text, up to 300 kB',
    (_, pattern) => {
      expect(isLinear(pattern)).toBe(true)
    },
    60_000,
  )
})
