import { describe, expect, test } from 'vitest'
import { escapeName } from '../../src/summary/markdown.js'

/** What is left for whatever looks for links once entities are read, as GitHub does. */
const withEntitiesRead = (markdown: string): string =>
  markdown.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))

describe('a name on a page', () => {
  test.each(['a@example.com', 'xmpp:a@example.com', 'mailto:a.b@example.com/x', 'by @octocat'])(
    'is no link and no mention where it is %s',
    (name) => {
      const shown = withEntitiesRead(escapeName(name))

      expect(shown).not.toMatch(/@[\p{L}\p{N}]/u)
      expect(shown.replace('\u2060', '')).toBe(name)
    },
  )

  test.each([
    ['\u115fSingtel\u3164', 'Singtel'],
    ['Sing\uffa0tel\u034f\u{e0041}', 'Singtel'],
    ['M1\u2800Ltd', 'M1 Ltd'],
  ])('hides nothing that cannot be seen: %j', (name, shown) => {
    expect(escapeName(name)).toBe(shown)
  })
})
