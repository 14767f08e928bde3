import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { systemClock } from '../../src/clock.js'
import type { SandboxConfig } from '../../src/sandbox/inputs.js'
import { startSandboxServer } from '../../src/sandbox/server.js'
import { createCertificate } from './certificate.js'
import { startProxyServer } from './proxy-server.js'

/** The API's own hosts, as a workflow reaches them: by a proxy that brings them to a sandbox. */
export interface ApiHosts {
  /** What a step needs in its environment to reach them. */
  readonly env: Readonly<Record<string, string>>
  /** The host of each request that came. */
  readonly hosts: readonly string[]
  close(): Promise<void>
}

export interface ApiSettings {
  readonly apiKey: string
  readonly durationMs?: number
  /** How far its clock is ahead of this machine's. */
  readonly aheadMs?: number
  /** Messages a day, on average. */
  readonly records?: number
  readonly scenario?: SandboxConfig['scenario']
  /** Further starts are refused. */
  readonly maxStarts?: number
}

export async function startApiHosts(
  names: readonly string[],
  { apiKey, maxStarts = Infinity, aheadMs = 0, ...settings }: ApiSettings,
): Promise<ApiHosts> {
  const hosts: string[] = []
  let starts = 0
  const sandbox = await startSandboxServer({
    ...{ records: 40, files: 1, scenario: 'succeeded', durationMs: 0, seed: 1, ...settings },
    apiKey,
    clock: { now: () => systemClock.now() + aheadMs },
  })
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = '', headers, url } = request
    const { host = '' } = headers
    hosts.push(host)
    if (method === 'POST' && ++starts > maxStarts) {
      const refusal = { code: 1201, message: 'Access denied', errorId: 'an-error-id' }
      response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify(refusal))
      return
    }
    const onward = http.request(`${sandbox.url}${url}`, { method, headers }, async (inner) => {
      const isJson = inner.headers['content-type']?.includes('json') ?? false
      if (!isJson) {
        response.writeHead(inner.statusCode ?? 0, inner.headers)
        inner.pipe(response)
        return
      }
      // Its links go to itself, and are to go by the same way as all else.
      const body = (await text(inner)).replaceAll(sandbox.url, `https://${host}`)
      const { 'content-length': _, ...others } = inner.headers
      response.writeHead(inner.statusCode ?? 0, others).end(body)
    })
    request.pipe(onward)
  }
  const certificate = await createCertificate(...names)
  const server = https.createServer(certificate, answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy = await startProxyServer({ port: (server.address() as AddressInfo).port })
  return {
    hosts,
    env: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: certificate.file },
    async close() {
      await proxy.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await sandbox.close()
      certificate.remove()
    },
  }
}
