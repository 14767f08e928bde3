import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Mistake } from '../../src/errors.js'
import { parseBoolean } from '../../src/inputs/boolean.js'
import { parseChoice } from '../../src/inputs/choice.js'
import { formatDuration, parseDuration } from '../../src/inputs/duration.js'
import { parseJobIds } from '../../src/inputs/job-ids.js'
import { parsePhoneNumber } from '../../src/inputs/phone-number.js'
import { parseApiUrl } from '../../src/inputs/url.js'
import { parseWholeNumber } from '../../src/inputs/whole-number.js'

function mistakeIn(parse: (text: string) => unknown, text: string): string {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof Mistake) return error.message
    throw error
  }
  return 'none'
}

describe('a duration', () => {
  const parse = parseDuration({ minMs: 1_000, maxMs: 3_600_000 })

  test.each([
    ['1s', 1_000],
    ['30s', 30_000],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['3600s', 3_600_000],
    ['010s', 10_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parse(text)).toBe(ms)
  })

  test.each([
    '',
    '30',
    '30 s',
    '10 minutes',
    '1.5m',
    '-1s',
    '1h30m',
    '30S',
    '1d',
    '５s',
    '30s\n',
    '1e3s',
  ])('%j is none', (text) => {
    expect(mistakeIn(parse, text)).toMatch(
      /is not a duration\. Write a whole number with s, m or h, like 90s or 10m\.$/,
    )
  })

  test.each(['0s', '0h', '3601s', '61m', '2h', '99999999999999999999h'])(
    '%s is out of range',
    (text) => {
      expect(mistakeIn(parse, text)).toBe(`"${text}" is out of range. Write 1s to 1h.`)
    },
  )

  test.each([
    [0, '0s'],
    [1_000, '1s'],
    [90_000, '90s'],
    [600_000, '10m'],
    [7_200_000, '2h'],
    [5_400_000, '90m'],
  ])('of %i ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('a whole number', () => {
  const parse = parseWholeNumber(0, 2_147_483_647)

  test.each([
    ['0', 0],
    ['007', 7],
    ['2147483647', 2_147_483_647],
  ])('%s is %i', (text, value) => {
    expect(parse(text)).toBe(value)
  })

  test.each([
    '',
    '-1',
    '+5',
    '1.0',
    '1e3',
    '1,000',
    '1_000',
    '0x10',
    'ten',
    ' 5',
    '5\n',
    '２',
    '2147483648',
    '9'.repeat(400),
  ])('%j is none', (text) => {
    expect(mistakeIn(parse, text)).toMatch(
      /is not a whole number from 0 to 2147483647\. Write digits alone, like 5\.$/,
    )
  })

  test('keeps to its lower bound', () => {
    expect(mistakeIn(parseWholeNumber(1, 9), '0')).toBe(
      '"0" is not a whole number from 1 to 9. Write digits alone, like 5.',
    )
    expect(parseWholeNumber(1, 9)('1')).toBe(1)
    expect(parseWholeNumber(1, 9)('9')).toBe(9)
    expect(mistakeIn(parseWholeNumber(1, 9), '10')).toContain('from 1 to 9')
  })
})

describe('a choice', () => {
  const parse = parseChoice(['asia-pacific', 'europe'] as const)

  test('is one of the words', () => {
    expect(parse('europe')).toBe('europe')
  })

  test.each(['Europe', 'europe ', 'eu', '', 'toString', '__proto__'])(
    '%j is none of them',
    (text) => {
      expect(mistakeIn(parse, text)).toBe(
        `"${text.trim()}" is not known. Write one of asia-pacific, europe.`,
      )
    },
  )
})

describe('a phone number', () => {
  test.each([
    ['6511111111', '6511111111'],
    ['+6511111111', '6511111111'],
    ['+2901234', '2901234'],
    ['+123456789012345', '123456789012345'],
  ])('%s is sent as %s', (text, digits) => {
    expect(parsePhoneNumber(text)).toBe(digits)
  })

  test.each([
    ['+65 1111 1111', 'holds more than digits and a plus sign in front.'],
    ['65-1111-1111', 'holds more than digits and a plus sign in front.'],
    ['tel:+6511111111', 'holds more than digits and a plus sign in front.'],
    ['+６５11111111', 'holds more than digits and a plus sign in front.'],
    ['006511111111', 'begins with 0, which no country code does.'],
    ['+06511111111', 'begins with 0, which no country code does.'],
    ['123456', 'is not a number in E.164 form.'],
    ['1234567890123456', 'is not a number in E.164 form.'],
    ['++6511111111', 'is not a number in E.164 form.'],
    ['65+11111111', 'is not a number in E.164 form.'],
    ['+', 'is not a number in E.164 form.'],
  ])('%s is refused, and not shown', (text, reason) => {
    const mistake = mistakeIn(parsePhoneNumber, text)

    expect(mistake).toBe(
      `${reason} Write the country code and the number, 7 to 15 digits with or without a +.`,
    )
    expect(mistake).not.toContain(text.length > 1 ? text : 'none')
  })
})

describe('an address of an API', () => {
  test.each([
    ['https://gateway.example.com', 'https://gateway.example.com'],
    ['https://gateway.example.com/', 'https://gateway.example.com'],
    ['https://gateway.example.com:8443/sms///', 'https://gateway.example.com:8443/sms'],
    ['HTTPS://Gateway.Example.com/Sms', 'https://gateway.example.com/Sms'],
    ['https://gateway.example.com/a/../b', 'https://gateway.example.com/b'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://127.1.2.3', 'http://127.1.2.3'],
    ['http://localhost:1', 'http://localhost:1'],
    ['http://[::1]:1/x', 'http://[::1]:1/x'],
  ])('%s is %s', (text, url) => {
    expect(parseApiUrl(text)).toBe(url)
  })

  const UNENCRYPTED = 'is not encrypted: the API key would travel in the clear.'
  const PASSWORD = 'holds a user name or a password. Write the address without them.'
  const QUERY = 'holds a query or a fragment. Write the address without "?" and "#".'
  const NONE = 'is not a web address. Write one like https://gateway.example.com/sms.'

  test.each([
    ['http://sms.8x8.com', UNENCRYPTED],
    ['http://localhost.evil.example', UNENCRYPTED],
    ['http://127.0.0.1.evil.example', UNENCRYPTED],
    ['http://128.0.0.1', UNENCRYPTED],
    ['http://[::2]', UNENCRYPTED],
    ['http://0.0.0.0', UNENCRYPTED],
    ['https://user:hunter2@a.example', PASSWORD],
    ['https://hunter2@a.example', PASSWORD],
    ['https://@a.example', PASSWORD],
    ['https://:@a.example', PASSWORD],
    ['https://a.example?hunter2', QUERY],
    ['https://a.example/?', QUERY],
    ['https://a.example/#hunter2', QUERY],
    ['https://a.example#', QUERY],
    ['a.example', NONE],
    ['//a.example', NONE],
    ['https:/a.example', NONE],
    ['https:a.example', NONE],
    ['https:a.example/https://b.example', NONE],
    ['ftp://a.example', NONE],
    ['file:///etc/passwd', NONE],
    ['https://', NONE],
    ['https://a b', NONE],
    ['javascript:alert(1)', NONE],
  ])('%s is refused, and not shown', (text, reason) => {
    const mistake = mistakeIn(parseApiUrl, text)

    expect(mistake).toContain(reason)
    expect(mistake).not.toContain('hunter2')
  })

  test('is https or a mistake, whatever the text', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl({ withFragments: true }))
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const { protocol, username, search, hash } = new URL(parseApiUrl(text))
          expect([protocol, username, search, hash]).toEqual(['https:', '', '', ''])
        } catch (error) {
          expect(error).toBeInstanceOf(Mistake)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('a truth', () => {
  test.each(['true', 'True', 'TRUE'])('is %s', (text) => {
    expect(parseBoolean(text)).toBe(true)
  })

  test.each(['false', 'False', 'FALSE'])('is not so where it is %s', (text) => {
    expect(parseBoolean(text)).toBe(false)
  })

  test.each(['', 'yes', 'on', '1', 'tRUE', 'true ', 'untrue', 'truely', 'unfalse', 'falsehood'])(
    'is neither in %j',
    (text) => {
      expect(mistakeIn(parseBoolean, text)).toBe(
        `"${text.trim()}" is neither true nor false. Write one of these.`,
      )
    },
  )
})

describe('the ids of jobs', () => {
  test.each([
    ['["a"]', ['a']],
    [' ["a", "b-1"] ', ['a', 'b-1']],
  ])('are those in %s', (text, ids) => {
    expect(parseJobIds(text)).toEqual(ids)
  })

  test('are none in [], which says that the start has started no job', () => {
    expect(mistakeIn(parseJobIds, '[]')).toBe('is empty: the start step has started no job.')
  })

  test.each([
    '',
    'a',
    '"a"',
    'null',
    '{"0": "a"}',
    '["a", 1]',
    '["a", ""]',
    '["a", "../b"]',
    '["a"',
    "['a']",
  ])('are not in %s, of which nothing is shown', (text) => {
    expect(mistakeIn(parseJobIds, text)).toBe(
      'is not a JSON array of job ids. Give the output job-ids of the start step.',
    )
  })
})
