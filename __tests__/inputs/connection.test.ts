import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Mistake } from '../../src/errors.js'
import { parseApiUrl, parseJobIds, parsePhoneNumber } from '../../src/inputs/connection.js'
import { mistakeOf } from '../helpers/mistakes.js'

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
    ['+65 1111 1111', 'plus sign'],
    ['65-1111-1111', 'plus sign'],
    ['tel:+6511111111', 'plus sign'],
    ['+６５11111111', 'plus sign'],
    ['006511111111', 'with 0'],
    ['+06511111111', 'with 0'],
    ['123456', 'E.164'],
    ['1234567890123456', 'E.164'],
    ['++6511111111', 'E.164'],
    ['65+11111111', 'E.164'],
    ['+', 'E.164'],
  ])('%s is refused, and not shown', (text, reason) => {
    const mistake = mistakeOf(parsePhoneNumber, text)

    expect(mistake).toContain(reason)
    expect(mistake).toContain('7 to 15 digits')
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

  const UNENCRYPTED = 'localhost'
  const PASSWORD = 'password'
  const QUERY = '"?"'
  const NONE = 'like https://'

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
    const mistake = mistakeOf(parseApiUrl, text)

    expect(mistake).toContain(reason)
    expect(mistake).not.toContain('hunter2')
  })

  test('is https or a loopback address, or else a mistake', () => {
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

describe('the ids of jobs', () => {
  test.each([
    ['["a"]', ['a']],
    [' ["a", "b-1"] ', ['a', 'b-1']],
  ])('are those in %s', (text, ids) => {
    expect(parseJobIds(text)).toEqual(ids)
  })

  test('are none in [], which says that the start has started no job', () => {
    expect(mistakeOf(parseJobIds, '[]')).toContain('empty')
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
    '[{"job-id": "F1T6z9C5"}]',
  ])('are not in %s, of which nothing is shown', (text) => {
    expect(mistakeOf(parseJobIds, text)).toMatch(/JSON.*job-ids/)
  })
})
