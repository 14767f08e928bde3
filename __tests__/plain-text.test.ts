import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainAnswer, plainText, quote, redact } from '../src/plain-text.js'

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
    expect(plainText(text)).toBe(shown)
  })

  test('is cut where it is long, by characters and not in the middle of one', () => {
    expect(plainText('🎉'.repeat(201))).toBe(`${'🎉'.repeat(199)}…`)
    expect(plainText('🎉'.repeat(200))).toBe('🎉'.repeat(200))
    expect(plainText('abcdef', { maxLength: 4 })).toBe('abc…')
    expect(quote('x'.repeat(100))).toBe(`"${'x'.repeat(79)}…"`)
  })

  test('shows no secret, also where characters of no width part it', () => {
    expect(plainText('key s3\u200bcret!', { secrets: ['s3cret'] })).toBe('key ***!')
    expect(plainAnswer('key s3cret!', { secrets: ['s3cret'] })).toBe('key ***!')
    expect(quote('s3cret', { secrets: ['s3cret'] })).toBe('"***"')
  })

  test('shows no half of a secret where it is cut', () => {
    expect(plainText('12345678s3cret', { secrets: ['s3cret'], maxLength: 11 })).toBe('12345678***')
    expect(plainText('12345678s3cret', { secrets: ['s3cret'], maxLength: 10 })).toBe('12345678*…')
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
        const shown = (isAnswer ? plainAnswer : plainText)(text, { secrets: [secret] })

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
    ['a number with brackets', 'bad +1 (212) 555-0100', 'bad (number)'],
    ['seven digits', 'no 1234567', 'no (number)'],
  ])('is shown without %s', (_, text, shown) => {
    expect(plainAnswer(text)).toBe(shown)
  })

  test.each([
    'limit 123456 is too high',
    'since 2026-11-24T10:20:30Z',
    'from 2026-11-24 to 2026-12-24',
    'errorId 91b106f0-c0da-4aba-a43a-7af9c5893a80',
    'id 12345678-1234-1234-1234-123456789012',
    'at 12:30:45',
  ])('is shown as it is: %s', (text) => {
    expect(plainAnswer(text)).toBe(text)
  })
})

describe('a secret', () => {
  test('that holds another is hidden whole', () => {
    expect(redact('abcdef abc', ['abc', 'abcdef'])).toBe('*** ***')
  })

  test('that is empty hides nothing', () => {
    expect(redact('abc', [''])).toBe('abc')
  })
})
