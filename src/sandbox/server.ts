import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../clock.js'
import { HttpError } from './http-error.js'
import { type SandboxConfig, SandboxJobs, type SizeOf } from './jobs.js'
import { route, sendJson } from './routes.js'

export interface SandboxServerOptions extends SandboxConfig {
  readonly apiKey: string
  readonly clock: Clock
  /** Exports that differ by their windows; all are as configured where it is left out. */
  readonly sizeOf?: SizeOf
  /** The port to listen at; one that is free where it is left out. */
  readonly port?: number
  /** Hears of each request as it comes in. */
  readonly onRequest?: (request: IncomingMessage) => void
}

export interface SandboxServer {
  /** What the API's paths are added to. */
  readonly url: string
  /** Resolves when the server has ended, by `close` or by a request with the key. */
  readonly closed: Promise<void>
  /** Ends it, and every connection to it. */
  close(): Promise<void>
}

/** Serves a stand-in for the API on 127.0.0.1. */
export async function startSandboxServer(options: SandboxServerOptions): Promise<SandboxServer> {
  const { apiKey, clock, port = 0, onRequest, sizeOf } = options
  const jobs = new SandboxJobs(options, clock, sizeOf)
  let baseUrl = ''
  const stopAfter = (response: ServerResponse): void => {
    server.close()
    response.once('close', close)
  }
  const server = createServer((request, response) => {
    onRequest?.(request)
    const context = { jobs, clock, apiKey, baseUrl, stopAfter }
    route(request, response, context).catch((error: unknown) => refuse(error, response, clock))
  })
  const closed = new Promise<void>((resolve) => server.once('close', resolve))
  const close = (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    return closed
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: baseUrl, closed, close }
}

function refuse(error: unknown, response: ServerResponse, clock: Clock): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { httpStatus, code, message, headers } =
    error instanceof HttpError ? error : new HttpError(500, 2000, 'Internal server error')
  const timestamp = new Date(clock.now()).toISOString()
  sendJson(response, httpStatus, { code, message, errorId: randomUUID(), timestamp }, headers)
}
