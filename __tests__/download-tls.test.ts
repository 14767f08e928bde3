import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, createCertificate } from './helpers/certificate.js'
import { jobAnswer } from './helpers/export-server.js'
import { runDownload } from './helpers/run-download.js'
import { errorsOf } from './helpers/run-start.js'
import { startWireServer } from './helpers/wire-server.js'

/** What happens to a connection on its way to the server. */
type Mishap = 'none' | 'a flipped bit in the answer' | 'alert 80 in the handshake'

/** A fatal alert, internal_error (RFC 8446, 6). */
const ALERT_80 = Buffer.from([21, 3, 3, 0, 2, 2, 80])

let certificate: Certificate

beforeAll(async () => {
  certificate = await createCertificate('localhost')
})

afterAll(() => certificate.remove())

/** Brings each connection to the server, and does to them as it is said. */
async function startRelay(target: number, mishaps: readonly Mishap[]) {
  const sockets: Socket[] = []
  let count = 0
  const server = createServer((client) => {
    const mishap = mishaps[count++] ?? 'none'
    sockets.push(client)
    client.on('error', () => undefined)
    if (mishap === 'alert 80 in the handshake') {
      client.once('data', () => client.end(ALERT_80))
      return
    }
    const upstream = connect(target, '127.0.0.1')
    sockets.push(upstream)
    upstream.on('error', () => client.destroy())
    upstream.on('close', () => client.end())
    let hasAsked = false
    let records = 0
    client.on('data', (bytes) => {
      records += 1
      // The first flight is the hello, the second ends the handshake and holds the request.
      hasAsked = records >= 2
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (hasAsked && mishap === 'a flipped bit in the answer') {
        // Within the first record: behind the last there may be none that anybody reads.
        bytes[20] = (bytes[20] ?? 0) ^ 1
      }
      client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

async function waitThrough(mishaps: readonly Mishap[]) {
  const looks = [jobAnswer('running'), jobAnswer('running'), jobAnswer('empty')]
  const api = await startWireServer(looks, { tls: certificate })
  const relay = await startRelay(api.port, mishaps)
  const run = await runDownload(`https://localhost:${relay.port}`, {
    inputs: { retries: '2', 'request-timeout': '5s' },
    env: { NODE_EXTRA_CA_CERTS: certificate.file },
  })
  await relay.close()
  await api.close()
  return { ...run, connections: relay.connections(), errors: errorsOf(run) }
}

describe('TLS that breaks', () => {
  test.each(['a flipped bit in the answer', 'alert 80 in the handshake'] as const)(
    'at one look of a wait, by %s, is a lost connection: the wait goes on',
    async (mishap) => {
      const run = await waitThrough(['none', mishap])

      expect(run.errors).toEqual([])
      expect(run.outputs.status).toBe('empty')
      expect(run.stdout).toMatch(/TLS.* Trying again/)
    },
  )

  test('at each of them ends it, when the retries are used up', async () => {
    const alerts = Array<Mishap>(5).fill('alert 80 in the handshake')

    const run = await waitThrough(['none', ...alerts])

    expect(run.exitCode).toBe(1)
    expect(run.errors[0]).toMatch(/broke the TLS connection/)
    // One look that was answered, and one with two repeats.
    expect(run.connections).toBe(4)
  })

  test('before the host was ever reached ends the step at once', async () => {
    const run = await waitThrough(['alert 80 in the handshake'])

    expect(run.exitCode).toBe(1)
    expect(run.errors[0]).toMatch(/could not agree on TLS/)
    expect(run.connections).toBe(1)
  })
})
