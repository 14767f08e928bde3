import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFetchable, isLoopback, mayGetKey } from '../../src/api/link.js'

const API = new URL('https://sms.8x8.com')
const SANDBOX = new URL('http://127.0.0.1:8080')

describe('this machine', () => {
  test.each(['127.0.0.1', '127.1.2.3', '[::1]', 'localhost'])('is %s', (hostname) => {
    expect(isLoopback(hostname)).toBe(true)
  })

  test.each([
    '128.0.0.1',
    '10.0.0.1',
    '0.0.0.0',
    '127.0.0.1.example.com',
    'localhost.example.com',
    '[::2]',
    '[::ffff:127.0.0.1]',
    'sms.8x8.com',
    '127',
    '',
  ])('is not %s', (hostname) => {
    expect(isLoopback(hostname)).toBe(false)
  })
})

describe('a file', () => {
  test.each([
    ['https://sms.8x8.com/download/x', API, true],
    ['https://files.example.com/x', API, true],
    ['https://files.example.com:8443/x', SANDBOX, true],
    ['http://sms.8x8.com/download/x', API, false],
    ['http://127.0.0.1/x', API, false],
    ['http://127.0.0.1:1/x', SANDBOX, true],
    ['http://[::1]:1/x', SANDBOX, true],
    ['http://localhost:1/x', SANDBOX, true],
    ['http://files.example.com/x', SANDBOX, false],
    ['http://169.254.169.254/latest', SANDBOX, false],
    ['ftp://127.0.0.1/x', SANDBOX, false],
    ['file:///etc/passwd', SANDBOX, false],
    ['data:text/csv,umid', SANDBOX, false],
    ['blob:https://sms.8x8.com/x', API, false],
  ])('at %s, of the API at %s, is fetched: %s', (link, api, expected) => {
    expect(isFetchable(new URL(link), api)).toBe(expected)
  })
})

describe('the key', () => {
  test.each([
    ['https://sms.8x8.com/download/x', true],
    ['https://sms.8x8.com:443/x', true],
    ['https://SMS.8x8.com/x', true],
    ['https://sms.8x8.com:8443/x', false],
    ['http://sms.8x8.com/x', false],
    ['http://sms.8x8.com:443/x', false],
    ['https://sms.8x8.com./x', false],
    ['https://files.sms.8x8.com/x', false],
    ['https://8x8.com/x', false],
    ['https://sms.8x8.com.example.com/x', false],
    ['https://sms.8x8.com@example.com/x', false],
  ])('goes to %s: %s', (link, expected) => {
    expect(mayGetKey(new URL(link), API)).toBe(expected)
  })

  test('goes to no other port of the same host', () => {
    const ports = fc.integer({ min: 1, max: 65_535 })
    fc.assert(
      fc.property(ports, ports, (one, other) => {
        const link = new URL(`http://127.0.0.1:${one}/x`)

        expect(mayGetKey(link, new URL(`http://127.0.0.1:${other}`))).toBe(one === other)
      }),
    )
  })
})
