import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  mayHoldPhoneNumber,
  quote,
  redact,
  sanitize,
  sanitizeAnswer,
  stripInvisible,
} from '../src/sanitize.js'

describe('text from outside', () => {
  test.each([
    ['line breaks', 'a\r\nb\nc\u2028d\u2029e\u0085f', 'a b c d e f'],
    ['tabs and blanks', '  a\t\tb   c ', 'a b c'],
    ['control characters', 'a\u0000b\u0007c\u007fd\u009be', 'a b c d e'],
    ['terminal colours', '\u001b[31;1mred\u001b[0m', 'red'],
    ['a terminal title', '\u001b]0;title\u0007text', 'text'],
    ['marks of direction', 'a\u202eb\u2066c\u200fd', 'abcd'],
    ['characters of no width', 'a\u200bb\ufeffc\u00add', 'abcd'],
    ['fillers', 'a\u115fb\u3164c\uffa0d\u034fe\ufe0ff', 'abcdef'],
    ['blanks of other kinds', 'a\u00a0b\u3000c\u2800d', 'a b c d'],
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

  test('has what nobody can see named where a message quotes it', () => {
    expect(quote('S\u200bG\u202c')).toBe('"SU+200BGU+202C"')
    expect(quote('a\u0007b\u3164')).toBe('"aU+0007bU+3164"')
    expect(quote('a\nb\tc d')).toBe('"a b c d"')
  })

  test('loses what nobody can see, and its blanks become plain', () => {
    expect(stripInvisible('\u202a+65\u00a09876\u200b\ufeff\u202c')).toBe('+65 9876')
  })

  test('becomes one harmless line, whatever it was', () => {
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
    ['a number beside letters', 'id6598765432x', 'id(number)x'],
    ['a number in dots', 'bad 65.9876.5432', 'bad (number)'],
    ['a number in slashes', 'bad 65/9876/5432', 'bad (number)'],
    ['a number in other digits', 'bad ٦٥٩٨٧٦٥٤٣٢ ６５９８７６５', 'bad (number)'],
    ['a masked number', 'bad +63922110xxxx', 'bad (number)xxxx'],
    ['a number after a time', '2026-11-24T10:20:30Z 6598765432', '2026-11-24T10:20:30Z (number)'],
    ['an address without its scheme', 'see //sms.8x8.com/t0ken', 'see (address)'],
    ['an address as JSON may write it', 'see https:\\/\\/a.b\\/t0ken', 'see (address)'],
    ['an address with a long scheme', `${'x'.repeat(40)}://t0ken`, `${'x'.repeat(19)}(address)`],
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
    'at 2026-11-24T10:20:30.6030893Z',
    'codes 1001, 1002, 1009, 3018',
    'address 203.0.113.10 is not allowed, 127.0.0.1:18080',
  ])('is shown as it is: %s', (text) => {
    expect(sanitizeAnswer(text)).toBe(text)
  })
})

describe('text of a server in escapes', () => {
  test.each([
    'https%3A%2F%2Fsms.8x8.com%2Ft0ken',
    '&#54;&#53;&#57;&#56;&#55;&#54;&#53;',
    '\\u0036\\u0035\\u0039\\u0038\\u0037\\u0036\\u0035',
  ])('is not shown where it holds an address or a number: %s', (text) => {
    expect(sanitizeAnswer(`bad ${text}.`)).toMatch(/^\(not shown/)
  })
})

describe('a name that may hold a phone number', () => {
  test.each([
    '6598765',
    'id65.98.76.5',
    '65,98,76,5',
    '٦٥٩٨٧٦٥',
    '+6392\u200b2110xxxx',
    'a/65|98|7654321',
  ])('is %j', (text) => {
    expect(mayHoldPhoneNumber(text)).toBe(true)
  })

  test.each(['Singtel', '123456', '2026-11-24', '525-01', 'a1b2c3d4e5f6'])('is not %j', (text) => {
    expect(mayHoldPhoneNumber(text)).toBe(false)
  })
})

describe('the cost of a text', () => {
  const MEGABYTE = 1_000_000
  const units = [
    'a.',
    'a',
    '1',
    '1 ',
    '12-',
    '%2',
    '%41',
    '&#',
    '&#1',
    '\\',
    '\\u00',
    '/',
    ':',
    'a:',
    '//',
    '\u001b[',
    '\u001b]0;',
    '\u001b[1;',
    '\u200b',
    ' ',
    '\n',
    '#',
    '##[',
    '9876-',
    '1.',
    '25.',
    '2026-',
    '91b106f0-c0da-',
    'k',
    'kEy-',
    '\ud800',
    'U+',
    '65 9',
    '+',
  ]

  test.each(units)(
    'is bounded for 1 MB of %j',
    (unit) => {
      const text = unit.repeat(MEGABYTE / unit.length)
      const secrets = ['kEy-0123456789', '+6598765432', 'k'.repeat(40)]
      const before = process.cpuUsage()

      for (const show of [sanitize, sanitizeAnswer, quote]) show(text, { secrets })
      redact(text, secrets)
      mayHoldPhoneNumber(text)
      stripInvisible(text)

      const { user, system } = process.cpuUsage(before)
      expect((user + system) / 1_000).toBeLessThan(10_000)
    },
    60_000,
  )

  test('is that of its beginning, however long it is', () => {
    expect(sanitizeAnswer(`see https://a.b/t0ken ${'x '.repeat(MEGABYTE)}`)).toMatch(
      /^see \(address\) x x .*…$/,
    )
    expect(sanitize(' '.repeat(MEGABYTE))).toBe('…')
  })

  test.each([0, 1, 5, 100, 150, 199, 260, 300, 500, 799, 860, 863, 870])(
    'shows no piece of a secret that begins after %i characters of a long text',
    (before) => {
      const secret = 'kEy-0123456789'
      const text = `${'x'.repeat(before)}${secret}${'y'.repeat(10_000)}`

      expect(sanitize(text, { secrets: [secret], maxLength: 5_000 })).not.toContain('kEy')
      expect(sanitize(text, { secrets: [secret] })).not.toContain('kEy')
    },
  )
})

describe('a secret', () => {
  const key = 'kEy+0/of="the\\tests<8'
  const shownWith = (text: string): string => sanitize(text, { secrets: [key, '+6598765432'] })

  test('is replaced where it is written as it is', () => {
    expect(shownWith(`key ${key}!`)).toBe('key ***!')
  })

  test.each([
    ['percent-encoded', encodeURIComponent(key)],
    ['percent-encoded in small letters', key.replace('+', '%2b').replace('/', '%2f')],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(key))],
    ['escaped as in JSON', JSON.stringify(key).slice(1, -1)],
    ['escaped as in JSON, in numbers', key.replace('<', '\\u003C').replace('+', '\\u002b')],
    ['escaped as in JavaScript', key.replace('k', '\\x6b')],
    ['escaped as in HTML', key.replace('<', '&lt;').replace('+', '&#43;').replace('=', '&#x3D;')],
    ['broken into two lines', `${key.slice(0, 5)}\r\n${key.slice(5)}`],
    ['with slashes escaped', key.replace('/', '\\/').replace('\\tests', '\\\\tests')],
    ['broken by a mark that a message names', `${key.slice(0, 5)}U+200B${key.slice(5)}`],
  ])('takes the whole text with it where it is %s', (_, written) => {
    const shown = shownWith(`key ${written}!`)

    expect(shown).toMatch(/^\(not shown/)
    expect(redact(`key ${written}!`, [key])).toBe(shown)
  })

  test('of 5,050 characters is replaced like any other', () => {
    const long = 'kEy+0/='.repeat(722)

    expect(sanitize(`key ${long}!`, { secrets: [long] })).toBe('key ***!')
    expect(sanitize(`key ${encodeURIComponent(long)}!`, { secrets: [long] })).not.toContain('kEy')
  })

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
