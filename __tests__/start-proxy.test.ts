import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, createCertificate } from './helpers/certificate.js'
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

  test.each([
    NAME,
    '*',
    'test.invalid',
    '.invalid',
    `${NAME}:443`,
    NAME.toUpperCase(),
    `other.example , ${NAME}`,
  ])('is not used where no_proxy is %s', async (noProxy) => {
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

  test.each([`${NAME}:8443`, 'i.test.invalid', 'invalid.example', `${NAME}.`])(
    'is used where no_proxy is %s, which is another',
    async (noProxy) => {
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
    },
  )

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
          inputs: { retries: '0' },
          env: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: certificate.file },
        })

        expect(run.exitCode).toBe(1)
        expect(run.killedBy).toBeNull()
        expect(errorsOf(run)).toEqual([
          `https://${NAME} took no connection within 1 s (request-timeout).`,
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
      `https://${NAME} could not be reached: this runner's proxy (https_proxy) refused the connection (ECONNREFUSED).`,
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
})

describe('a TLS certificate', () => {
  test('that is not trusted ends the step at once, with what to do', async () => {
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
})
