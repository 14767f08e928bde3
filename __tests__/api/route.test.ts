import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ConnectionError } from '../../src/api/errors.js'
import { proxyFor, resolveHost, tunnelThrough } from '../../src/api/route.js'
import { systemClock } from '../../src/clock.js'

const API = new URL('https://sms.8x8.com/api/v1')

afterEach(() => {
  vi.unstubAllEnvs()
})

function withProxy(setting: string, noProxy = ''): void {
  vi.stubEnv('https_proxy', setting)
  vi.stubEnv('HTTPS_PROXY', '')
  vi.stubEnv('no_proxy', noProxy)
  vi.stubEnv('NO_PROXY', noProxy)
}

describe('the proxy of the runner', () => {
  test.each([
    ['http://proxy.example.com:3128', 'http:', 'proxy.example.com', undefined],
    ['https://proxy.example.com', 'https:', 'proxy.example.com', undefined],
    ['http://me:p%25w@proxy.example.com', 'http:', 'proxy.example.com', 'me:p%w'],
    ['http://[::1]:3128', 'http:', '[::1]', undefined],
    ['proxy', 'http:', 'proxy', undefined],
  ])('is read from %s', (setting, protocol, hostname, credentials) => {
    withProxy(setting)

    const proxy = proxyFor(API)

    expect([proxy?.url.protocol, proxy?.url.hostname]).toEqual([protocol, hostname])
    expect(proxy?.credentials).toBe(credentials)
  })

  test.each([
    'proxy.example.com:3128',
    'http://',
    'socks5://proxy.example.com',
    'ftp://proxy.example.com',
    'http://user:100%@proxy.example.com:3128',
    'http://user%ZZ@proxy.example.com',
    'http://127.0.0.1:99999',
    'http:// proxy',
    '[::1',
  ])('is an error where it is %s, and never a direct connection', (setting) => {
    withProxy(setting)

    expect(() => proxyFor(API)).toThrow(ConnectionError)
    expect(() => proxyFor(API)).toThrow('https_proxy')
    expect(() => proxyFor(API)).not.toThrow('100%@')
  })

  test.each([
    'sms.8x8.com',
    '*',
    '8x8.com',
    '.com',
    'sms.8x8.com:443',
    'SMS.8X8.COM',
    'other.example , sms.8x8.com',
  ])('is none where no_proxy is %s', (noProxy) => {
    withProxy('http://proxy.example.com:3128', noProxy)

    expect(proxyFor(API)).toBeUndefined()
  })

  test.each(['sms.8x8.com:8443', 's.8x8.com', 'com.example', 'sms.8x8.com.'])(
    'is used where no_proxy is %s, which is another',
    (noProxy) => {
      withProxy('http://proxy.example.com:3128', noProxy)

      expect(proxyFor(API)?.url.hostname).toBe('proxy.example.com')
    },
  )

  test('is none where it is not set, and for plain http', () => {
    withProxy('')
    expect(proxyFor(API)).toBeUndefined()
    withProxy('http://proxy.example.com:3128')
    expect(proxyFor(new URL('http://127.0.0.1:80/'))).toBeUndefined()
  })
})

describe('a tunnel', () => {
  /** What the agent says of a proxy that answers so. */
  async function refusalOf(status: number, user = ''): Promise<{ message: string }> {
    const sockets = new Set<Socket>()
    const proxy = http.createServer().on('connect', (_, socket) => {
      socket.end(`HTTP/1.1 ${status} No\r\nretry-after: 2\r\n\r\n`)
    })
    proxy.on('connection', (socket) => sockets.add(socket))
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    withProxy(`http://${user}127.0.0.1:${(proxy.address() as AddressInfo).port}`)
    const found = proxyFor(API)
    if (!found) throw new Error('no proxy')
    const { signal } = new AbortController()
    const tunnel = tunnelThrough(found, 'sms.8x8.com:443', {
      requestTimeoutMs: 5_000,
      signal,
      clock: systemClock,
    })
    const fault = await new Promise<{ message: string }>((resolve) => {
      tunnel.createConnection({}, (error) => resolve(error as Error))
    })
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => proxy.close(resolve))
    return fault
  }

  test.each([
    [407, '', { permanent: true }, 'user and a password'],
    [407, 'me:secret@', { permanent: true }, 'refused'],
    [401, 'me:secret@', { permanent: true }, 'refused'],
    [401, '', { permanent: true }, 'no_proxy'],
    [403, '', { permanent: true }, 'no_proxy'],
    [404, '', { permanent: true }, '404'],
    [408, '', { permanent: false }, '408'],
    [503, '', { permanent: false, retryAfterMs: 2_000 }, '503'],
  ])('that a proxy refuses with %i, with the user %j, says what to do', async (...row) => {
    const [status, user, facts, says] = row

    const fault = await refusalOf(status, user)

    expect(fault).toMatchObject({ traits: facts })
    expect(fault.message).toContain(says)
    expect(fault.message).not.toContain('secret')
  })
})

test('an address has the whole time to connect, and a name shares it', async () => {
  expect(await resolveHost('[::1]', 900)).toEqual({ host: '::1' })
  const { autoSelectFamilyAttemptTimeout: shareMs } = (await resolveHost('localhost', 900)) as {
    autoSelectFamilyAttemptTimeout?: number
  }
  expect(shareMs).toBeGreaterThanOrEqual(1)
  expect(shareMs).toBeLessThanOrEqual(900)
})
