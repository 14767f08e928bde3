import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, createCertificate, createCertificateFor } from './helpers/certificate.js'
import { type Manner, type ProxyServer, startProxyServer } from './helpers/proxy-server.js'
import { API_KEY, errorsOf, runStart } from './helpers/run-start.js'
import { JOB_ID, started, startWireServer, type WireServer } from './helpers/wire-server.js'

const NAME = 'api.test.invalid'

let certificate: Certificate
let api: WireServer

beforeAll(async () => {
  certificate = await createCertificate(NAME, 'localhost')
  api = await startWireServer(started, { tls: certificate })
})

afterAll(async () => {
  await api.close()
  certificate.remove()
})

async function withProxy<T>(manner: Manner, work: (proxy: ProxyServer) => Promise<T>): Promise<T> {
  const proxy = await startProxyServer(manner)
  try {
    return await work(proxy)
  } finally {
    await proxy.close()
  }
}

describe('a proxy', () => {
  test.each(['https_proxy', 'HTTPS_PROXY'])('in %s is used, and sees no key', async (variable) => {
    await withProxy({ port: api.port }, async (proxy) => {
      const run = await runStart(`https://${NAME}`, {
        env: { [variable]: proxy.url, NODE_EXTRA_CA_CERTS: certificate.file },
      })

      expect(run.exitCode).toBe(0)
      expect(run.outputs['job-id']).toBe(JOB_ID)
      expect(proxy.connects).toEqual([{ target: `${NAME}:443`, authorization: undefined }])
      expect(proxy.passed()).not.toContain(API_KEY)
      expect(api.requests.at(-1)).toContain(`authorization: Bearer ${API_KEY}`)
    })
  })

  test('gets the user and the password that stand in its address', async () => {
    await withProxy({ port: api.port }, async (proxy) => {
      const address = proxy.url.replace('http://', 'http://user:pr0xy-word@')

      const run = await runStart(`https://${NAME}`, {
        env: { https_proxy: address, NODE_EXTRA_CA_CERTS: certificate.file },
      })

      expect(run.exitCode).toBe(0)
      const basic = Buffer.from('user:pr0xy-word').toString('base64')
      expect(proxy.connects[0]?.authorization).toBe(`Basic ${basic}`)
      expect(run.stdout).not.toMatch(/pr0xy-word/)
      expect(run.stderr).toBe('')
    })
  })

  test.each([NAME, '*'])('is not used where no_proxy is %s', async (noProxy) => {
    await withProxy({ port: api.port }, async (proxy) => {
      const run = await runStart(`https://${NAME}`, {
        inputs: { retries: '0' },
        env: { https_proxy: proxy.url, no_proxy: noProxy },
      })

      expect(run.exitCode).toBe(1)
      expect(errorsOf(run)[0]).toMatch(/^https:\/\/api\.test\.invalid has no address/)
      expect(proxy.connects).toEqual([])
    })
  })

  test.each([`${NAME}:8443`])('is used where no_proxy is %s, which is another', async (noProxy) => {
    await withProxy({ port: api.port }, async (proxy) => {
      const run = await runStart(`https://${NAME}`, {
        env: {
          https_proxy: proxy.url,
          no_proxy: noProxy,
          NODE_EXTRA_CA_CERTS: certificate.file,
        },
      })

      expect(run.exitCode).toBe(0)
      expect(proxy.connects).toHaveLength(1)
    })
  })

  test('is not used for a loopback address', async () => {
    const loopback = await startWireServer(started)
    await withProxy({ status: 500 }, async (proxy) => {
      const run = await runStart(loopback.url, {
        env: { http_proxy: proxy.url, https_proxy: proxy.url },
      })

      expect(run.exitCode).toBe(0)
      expect(proxy.connects).toEqual([])
    })
    await loopback.close()
  })

  test.each([403, 407, 502])(
    'that answers %i ends the step: no job can have started',
    async (status) => {
      await withProxy({ status }, async (proxy) => {
        const run = await runStart(`https://${NAME}`, {
          inputs: { retries: '0' },
          env: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: certificate.file },
        })

        expect(run.exitCode).toBe(1)
        expect(errorsOf(run)).toHaveLength(1)
        expect(errorsOf(run)[0]).toContain(
          `https://${NAME} could not be reached: this runner's proxy (https_proxy)`,
        )
        expect(errorsOf(run)[0]).toContain(String(status))
        expect(run.stdout).not.toContain('A job may be running')
      })
    },
  )

  test.each(['silent', 'silent after CONNECT'] as const)(
    'that is %s ends the step after request-timeout, and holds no process',
    async (manner) => {
      await withProxy(manner, async (proxy) => {
        const run = await runStart(`https://${NAME}`, {
          inputs: { retries: '0', 'request-timeout': '2s' },
          env: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: certificate.file },
        })

        expect(run.exitCode).toBe(1)
        expect(run.killedBy).toBeNull()
        expect(errorsOf(run)).toEqual([
          expect.stringMatching(`^https://${NAME} .* 2 s \\(request-timeout\\)`),
        ])
        expect(proxy.connects).toHaveLength(1)
      })
    },
  )

  test('that is not there is said to be the one that is missing', async () => {
    const proxy = await startProxyServer('silent')
    await proxy.close()

    const run = await runStart(`https://${NAME}`, {
      inputs: { retries: '0' },
      env: { https_proxy: proxy.url },
    })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([
      expect.stringMatching(`^https://${NAME} .*proxy \\(https_proxy\\) .*\\(ECONNREFUSED\\)`),
    ])
  })

  test.each([':::', 'proxy.example.com:3128', 'localhost:3128'])(
    'that is no address (%s) is a mistake of the runner, said once',
    async (address) => {
      const run = await runStart(`https://${NAME}`, {
        inputs: { retries: '3' },
        env: { https_proxy: address },
      })

      expect(run.exitCode).toBe(1)
      expect(errorsOf(run)).toEqual([
        expect.stringMatching(/https_proxy.*like http:\/\/proxy\.example\.com:3128/),
      ])
      expect(run.stdout).not.toContain('Trying again')
    },
  )

  test.each(['http://user:100%@127.0.0.1:PORT', 'socks5://127.0.0.1:PORT', '[::1'])(
    'that cannot be used (%s) is an error, and never a direct connection',
    async (setting) => {
      const before = api.requests.length
      await withProxy({ port: api.port }, async (proxy) => {
        const run = await runStart(`https://localhost:${api.port}`, {
          inputs: { retries: '3' },
          env: {
            https_proxy: setting.replace('PORT', String(proxy.port)),
            // localhost goes past a proxy, and so would the name: only the name of the test does not.
            NODE_EXTRA_CA_CERTS: certificate.file,
          },
        })
        const away = await runStart(`https://${NAME}`, {
          inputs: { retries: '3' },
          env: { https_proxy: setting.replace('PORT', String(proxy.port)) },
        })

        // What needs no proxy is not held up by a setting that is wrong.
        expect(run.exitCode).toBe(0)
        expect(away.exitCode).toBe(1)
        expect(errorsOf(away)).toEqual([expect.stringMatching(/https_proxy/)])
        expect(away.stdout).not.toMatch(/Trying again|100%|user%/)
        expect(proxy.connects).toEqual([])
      })
      expect(api.requests).toHaveLength(before + 1)
    },
  )

  test('of https is spoken to under its own name, and the API under the API’s', async () => {
    const own = await createCertificate('localhost')
    const both = path.join(path.dirname(own.file), 'both.pem')
    writeFileSync(both, `${own.cert}\n${certificate.cert}`)
    const proxy = await startProxyServer({ port: api.port }, { tls: own })
    const settings = { https_proxy: proxy.url.replace('127.0.0.1', 'localhost') }

    const run = await runStart(`https://${NAME}`, {
      env: { ...settings, NODE_EXTRA_CA_CERTS: both },
    })
    const untrusted = await runStart(`https://${NAME}`, {
      env: { ...settings, NODE_EXTRA_CA_CERTS: certificate.file },
    })
    const misnamed = await runStart(`https://${NAME}`, {
      env: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: both },
    })
    await proxy.close()
    own.remove()

    expect(run.exitCode).toBe(0)
    expect(proxy.connects).toEqual([{ target: `${NAME}:443`, authorization: undefined }])
    expect(proxy.passed()).not.toContain(API_KEY)
    expect(errorsOf(untrusted)[0]).toMatch(/proxy \(https_proxy\) .*not trusted/)
    expect(errorsOf(misnamed)[0]).toMatch(/proxy \(https_proxy\) .*another name/)
  })

  test('at an IPv6 address is reached, and asked for an API at one', async () => {
    const proxy = await startProxyServer({ port: api.port }, { host: '::1' })

    const named = await runStart(`https://${NAME}`, {
      env: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: certificate.file },
    })
    const numbered = await runStart('https://[fd00::1]:8443', {
      env: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: certificate.file },
    })
    await proxy.close()

    expect(named.exitCode).toBe(0)
    expect(proxy.connects.map(({ target }) => target)).toEqual([`${NAME}:443`, '[fd00::1]:8443'])
    // The way is there; the certificate is for names.
    expect(errorsOf(numbered)[0]).toMatch(/^https:\/\/\[fd00::1\]:8443 .*another name/)
  })

  test.each([201, 204, 299])('may take a CONNECT with %i', async (accepted) => {
    await withProxy({ port: api.port, accepted }, async (proxy) => {
      const run = await runStart(`https://${NAME}`, {
        env: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: certificate.file },
      })

      expect(run.exitCode).toBe(0)
    })
  })

  test('that is busy is asked again after the time that it asks for', async () => {
    const busy = { status: 503, headers: 'retry-after: 2\r\n' }
    const proxy = await startProxyServer([busy, { port: api.port }])

    const run = await runStart(`https://${NAME}`, {
      env: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: certificate.file },
    })
    await proxy.close()

    expect(run.exitCode).toBe(0)
    expect(run.stdout).toMatch(/503.* Trying again in 2 s/)
    expect(proxy.connects).toHaveLength(2)
  })

  test.each([
    [403, /no_proxy/],
    [401, /no_proxy/],
    [404, /404/],
    [407, /user and a password/],
  ])('that answers %i is asked once, and what to do is said', async (status, advice) => {
    await withProxy({ status }, async (proxy) => {
      const run = await runStart(`https://${NAME}`, {
        inputs: { retries: '3' },
        env: { https_proxy: proxy.url },
      })

      expect(run.exitCode).toBe(1)
      expect(errorsOf(run)[0]).toMatch(advice)
      expect(proxy.connects).toHaveLength(1)
    })
  })

  test.each([407, 401])(
    'that refuses the password it got by %i says so, and not what it is',
    async (status) => {
      await withProxy({ status }, async (proxy) => {
        const run = await runStart(`https://${NAME}`, {
          env: { https_proxy: proxy.url.replace('http://', 'http://user:pr0xy%40word@') },
        })

        expect(errorsOf(run)[0]).toMatch(/ the password/)
        expect(errorsOf(run)[0]).toContain(`(${status})`)
        expect(run.stdout).not.toMatch(/pr0xy/)
        const basic = Buffer.from('user:pr0xy@word').toString('base64')
        expect(proxy.connects[0]?.authorization).toBe(`Basic ${basic}`)
      })
    },
  )
})

describe('a host with several addresses', () => {
  const preload = path.resolve('__tests__/helpers/dual-stack.cjs')

  test.each([
    ['far first', 1_000, '4s'],
    ['far last', 1_000, '4s'],
    ['silent first', 0, '3s'],
  ])(
    'is reached (%s), each getting its share of request-timeout',
    async (addresses, ms, timeout) => {
      const server = await startWireServer(started)

      const run = await runStart(`http://localhost:${server.port}`, {
        inputs: { 'request-timeout': timeout, retries: '0' },
        env: {
          NODE_OPTIONS: `--require=${preload}`,
          TEST_ADDRESSES: addresses,
          TEST_HANDSHAKE_MS: String(ms),
        },
      })
      await server.close()

      expect(errorsOf(run)).toEqual([])
      expect(run.outputs['job-id']).toBe(JOB_ID)
    },
  )
})

describe('a TLS certificate', () => {
  test('that is not trusted ends the step at once, and the message says what to do', async () => {
    const before = api.requests.length

    const run = await runStart(`https://127.0.0.1:${api.port}`, { inputs: { retries: '3' } })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)[0]).toMatch(
      /^https:\S+ has a TLS certificate that is not trusted here \([A-Z_]+\)\. Behind a proxy with its own certificate authority, set NODE_EXTRA_CA_CERTS/,
    )
    expect(run.stdout).not.toMatch(/Trying again|may be running/)
    expect(api.requests).toHaveLength(before)
  })

  test('for another name ends the step at once', async () => {
    const before = api.requests.length

    const run = await runStart(`https://127.0.0.1:${api.port}`, {
      inputs: { retries: '3' },
      env: { NODE_EXTRA_CA_CERTS: certificate.file },
    })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)[0]).toMatch(/another name \(ERR_TLS_CERT_ALTNAME_INVALID\)/)
    expect(api.requests).toHaveLength(before)
  })

  test('of an authority that the runner knows is trusted', async () => {
    const run = await runStart(`https://localhost:${api.port}`, {
      env: { NODE_EXTRA_CA_CERTS: certificate.file },
    })

    expect(run.exitCode).toBe(0)
    expect(run.outputs['job-id']).toBe(JOB_ID)
  })

  test.each([
    ['has expired', { fromDays: -3, days: 1 }, /has expired/],
    ['is not valid yet', { fromDays: 2, days: 1 }, /not valid yet/],
  ])('that %s ends the step at once, and it says so', async (_, span, facts) => {
    const odd = await createCertificateFor(['localhost'], span)
    const server = await startWireServer(started, { tls: odd })

    const run = await runStart(`https://localhost:${server.port}`, {
      inputs: { retries: '3' },
      env: { NODE_EXTRA_CA_CERTS: odd.file },
    })
    await server.close()
    odd.remove()

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([expect.stringMatching(facts)])
    expect(run.stdout).not.toContain('Trying again')
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of the client that a server wants (%s) ends the step at once: no job can have started',
    async (minVersion) => {
      const tls = { ...certificate, minVersion, maxVersion: minVersion, requestCert: true }
      const server = await startWireServer(started, { tls: { ...tls, rejectUnauthorized: true } })

      const run = await runStart(`https://localhost:${server.port}`, {
        inputs: { retries: '3' },
        env: { NODE_EXTRA_CA_CERTS: certificate.file },
      })
      await server.close()

      expect(run.exitCode).toBe(1)
      // With 1.3 the refusal comes when the request has been sent, and it was read by nobody.
      expect(errorsOf(run)).toEqual([
        expect.stringMatching(minVersion === 'TLSv1.3' ? /certificate of its client/ : /TLS/),
      ])
      expect(run.stdout).not.toMatch(/Trying again|job may be running/)
      expect(server.requests).toEqual([])
    },
  )

  test('that Node.js itself prints in its debug lines is masked, and warned of', async () => {
    await withProxy({ port: api.port }, async (proxy) => {
      const { host } = new URL(proxy.url)
      const run = await runStart(`https://${NAME}`, {
        env: {
          https_proxy: `http://me:pass@${host}`,
          NODE_DEBUG: 'http,net',
          NODE_EXTRA_CA_CERTS: certificate.file,
        },
      })

      expect(run.exitCode).toBe(0)
      expect(run.stdout).toMatch(/^::warning::NODE_DEBUG/m)
      const secret = Buffer.from('me:pass').toString('base64')
      expect(run.stdout).toContain(`::add-mask::${secret}`)
      expect(run.stderr).toContain(secret)
    })
  })

  test('that nobody checks gets a warning in our words', async () => {
    const run = await runStart(`https://127.0.0.1:${api.port}`, {
      env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    })

    expect(run.exitCode).toBe(0)
    expect(run.stdout).toMatch(/^::warning::NODE_TLS_REJECT_UNAUTHORIZED/m)
  })
})
