import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quote, redact, sanitize, sanitizeAnswer } from '../src/sanitize.js'

describe('text from outside', () => {
  test.each([
    ['line breaks', 'a\r\nb\nc\u2028d\u2029e\u0085f', 'a b c d e f'],
    ['tabs and blanks', '  a\t\tb   c ', 'a b c'],
    ['control characters', 'a\u0000b\u0007c\u007fd\u009be', 'a b c d e'],
    ['terminal colours', '\u001b[31;1mred\u001b[0m', 'red'],
    ['a terminal title', '\u001b]0;title\u0007text', 'text'],
    ['marks of direction', 'a\u202eb\u2066c\u200fd', 'abcd'],
    ['characters of no width', 'a\u200bb\ufeffc\u00add', 'abcd'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['an old command', 'x ##[error]y', 'x ## [error]y'],
    ['an old command in pieces', 'x ##\u200b[error]y', 'x ## [error]y'],
    ['a command at its start', '::error::x', ': :error::x'],
    ['a command after a blank', '\n ::error::x', ': :error::x'],
    ['other alphabets', '日本 émile 🎉', '日本 émile 🎉'],
  ])('with %s is shown plain', (_, text, shown) => {
    expect(sanitize(text)).toBe(shown)
  })

  test('is cut where it is long, by characters and not in the middle of one', () => {
    expect(sanitize('🎉'.repeat(201))).toBe(`${'🎉'.repeat(199)}…`)
    expect(sanitize('🎉'.repeat(200))).toBe('🎉'.repeat(200))
    expect(sanitize('abcdef', { maxLength: 4 })).toBe('abc…')
    expect(quote('x'.repeat(100))).toBe(`"${'x'.repeat(79)}…"`)
  })

  test('shows no secret, also where characters of no width part it', () => {
    expect(sanitize('key s3\u200bcret!', { secrets: ['s3cret'] })).toBe('key ***!')
    expect(sanitizeAnswer('key s3cret!', { secrets: ['s3cret'] })).toBe('key ***!')
    expect(quote('s3cret', { secrets: ['s3cret'] })).toBe('"***"')
  })

  test('shows no half of a secret where it is cut', () => {
    expect(sanitize('12345678s3cret', { secrets: ['s3cret'], maxLength: 11 })).toBe('12345678***')
    expect(sanitize('12345678s3cret', { secrets: ['s3cret'], maxLength: 10 })).toBe('12345678*…')
  })

  test('is one harmless line, whatever it was', () => {
    const secrets = fc
      .string({ minLength: 4, maxLength: 12 })
      .filter((text) => /^[\x21-\x7e]+$/.test(text))
    const parts = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('##[', '::', '\n', '\u200b', '#')),
    )
    fc.assert(
      fc.property(parts, secrets, fc.boolean(), (texts, secret, isAnswer) => {
        const text = texts.join(texts.length % 2 ? secret : '')
        const shown = (isAnswer ? sanitizeAnswer : sanitize)(text, { secrets: [secret] })

        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        expect(shown).not.toContain('##[')
        expect(shown).not.toMatch(/^\s*::/)
        expect([...shown].length).toBeLessThanOrEqual(200)
        if (!secret.includes('*') && !secret.includes('(')) expect(shown).not.toContain(secret)
        expect(shown.isWellFormed()).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('text of a server', () => {
  test.each([
    ['an address', 'see https://sms.8x8.com/download/t0ken?x=1 now', 'see (address) now'],
    ['an address of another kind', 'FTP://a.b/c', '(address)'],
    ['a number', 'bad 6598765432', 'bad (number)'],
    ['a number with a plus', 'bad +6598765432.', 'bad (number).'],
    ['a number in groups', 'bad +65 9876-5432', 'bad (number)'],
    ['a number with long dashes', 'bad 65–9876—5432', 'bad (number)'],
    ['a number with brackets', 'bad +1 (212) 555-0100', 'bad (number)'],
    ['seven digits', 'no 1234567', 'no (number)'],
    ['a number that begins like a date', 'bad 6591-23-4567', 'bad (number)'],
    ['a number that is longer than a date', 'bad 6591-11-234', 'bad (number)'],
  ])('is shown without %s', (_, text, shown) => {
    expect(sanitizeAnswer(text)).toBe(shown)
  })

  test.each([
    'limit 123456 is too high',
    'since 2026-11-24T10:20:30Z',
    'from 2026-11-24 to 2026-12-24',
    'errorId 91b106f0-c0da-4aba-a43a-7af9c5893a80',
    'id 12345678-1234-1234-1234-123456789012',
    'at 12:30:45',
  ])('is shown as it is: %s', (text) => {
    expect(sanitizeAnswer(text)).toBe(text)
  })
})

describe('a secret', () => {
  const key = 'kEy+0/of="the\\tests<8'
  const shownWith = (text: string): string => sanitize(text, { secrets: [key, '+6598765432'] })

  test.each([
    ['percent-encoded', encodeURIComponent(key)],
    [
      'percent-encoded in small letters',
      encodeURIComponent(key).toLowerCase().replace('key', 'kEy'),
    ],
    ['escaped as in JSON', JSON.stringify(key).slice(1, -1)],
    ['escaped as in JSON, in numbers', key.replace('<', '\\u003C').replace('+', '\\u002b')],
    ['broken into two lines', `${key.slice(0, 5)}\r\n${key.slice(5)}`],
    ['with slashes escaped', key.replace('/', '\\/').replace('\\tests', '\\\\tests')],
  ])('is not seen where it is %s', (_, written) => {
    expect(shownWith(`key ${written}!`)).toBe('key ***!')
  })

  test.each(['', 'a', 'ab', 'abc', 'Bearer '])(
    'is not seen in the base64 of "%s" and it',
    (before) => {
      const encoded = Buffer.from(`${before}${key} and more`).toString('base64')
      const urlSafe = Buffer.from(`${before}${key} and more`).toString('base64url')

      for (const text of [encoded, urlSafe]) {
        const shown = shownWith(text)
        expect(shown).toContain('***')
        // At most the characters that share bits with the bytes beside it are left.
        expect(Buffer.from(shown.split('***')[0] ?? '', 'base64').toString()).toBe(
          before.slice(0, before.length),
        )
      }
    },
  )

  test.each([
    '65.9876.5432',
    '65/9876/5432',
    '65–9876–5432',
    '(65) 9876 - 5432',
    'id6598765432',
    '6 5 9 8 7 6 5 4 3 2',
    '%2B6598765432',
    '+65\n98765432',
  ])('that is a phone number is not seen in %j', (text) => {
    expect(shownWith(text)).not.toMatch(/9876|5432/)
  })

  test('that is a phone number without its plus is not seen in groups either', () => {
    expect(redact('65-9876.5432 and 6598765432', ['6598765432'])).toBe('*** and ***')
    expect(redact('123 4567', ['1234567'])).toBe('***')
  })

  test('that is short is looked for in base64 only from six bytes on', () => {
    const encoded = Buffer.from('secret').toString('base64')

    expect(redact(encoded, ['secret'])).toBe('***')
    expect(redact('c2VjcmU', ['secre'])).toBe('c2VjcmU')
  })

  test('of few digits is no phone number', () => {
    expect(redact('1, 2, 3, 4 and 1234', ['1234'])).toBe('1, 2, 3, 4 and ***')
  })

  test('that holds another is hidden whole', () => {
    expect(redact('abcdef abc', ['abc', 'abcdef'])).toBe('*** ***')
  })

  test('that is empty hides nothing', () => {
    expect(redact('abc', [''])).toBe('abc')
  })
})
