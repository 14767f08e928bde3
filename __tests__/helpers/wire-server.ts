import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

/** What a server does when it has read a whole request. */
export type Reaction = (socket: Socket, request: string) => void

export interface WireServer {
  /** `http://127.0.0.1:PORT`, or `https://` with TLS. */
  readonly url: string
  readonly port: number
  /** Each whole request as it came, head and body. */
  readonly requests: readonly string[]
  /** How often someone connected. */
  readonly connections: () => number
  /** Resolves when someone has connected. */
  connected(): Promise<void>
  /** Resolves when so many requests have come. */
  received(count: number): Promise<void>
  close(): Promise<void>
}

/**
 * A server that speaks in raw bytes, so that it can do what no HTTP library would: it reacts to
 * the first request as the first reaction says, and so on; the last one goes for all that follow.
 * A `greeting` is said to everyone who connects.
 */
export async function startWireServer(
  reactions: Reaction | readonly Reaction[],
  { tls, greeting }: { tls?: TlsOptions; greeting?: string } = {},
): Promise<WireServer> {
  const list = [reactions].flat() as Reaction[]
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const waiting: { count: number; resolve: () => void }[] = []
  let connections = 0
  let someone: () => void = () => undefined
  const connected = new Promise<void>((resolve) => {
    someone = resolve
  })

  const onConnection = (socket: Socket): void => {
    connections += 1
    sockets.add(socket)
    someone()
    if (greeting !== undefined) socket.write(greeting)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      if (!isWhole(text)) return
      requests.push(text)
      for (const { count, resolve } of waiting) if (requests.length >= count) resolve()
      const reaction = list[Math.min(requests.length, list.length) - 1]
      reaction?.(socket, text)
      text = ''
    })
  }
  const server: Server = tls ? createTlsServer(tls, onConnection) : createServer(onConnection)
  // A client that does not trust the server's certificate says so by going away.
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => connections,
    connected: () => connected,
    received: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  const [, length = '0'] = /^content-length: *(\d+)/im.exec(text.slice(0, end)) ?? []
  return text.length >= end + 4 + Number(length)
}

export const JOB_ID = 'F1T6z9C5tW2QV1pdMzO9xpMXrYEmfnvqORGqpePJGpgzjTJ80TSaZEE7aX2wrgix'

/** The bytes of an answer; a content-length is added unless there is one, or chunks. */
export function httpAnswer(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): string {
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  const framing =
    names.includes('content-length') || names.includes('transfer-encoding')
      ? {}
      : { 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries({ ...headers, ...framing }).map(([name, text]) => `${name}: ${text}`)
  return [`HTTP/1.1 ${status} Status`, ...lines, '', body].join('\r\n')
}

/** Answers, and closes. */
export function answer(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): Reaction {
  return (socket) => socket.end(httpAnswer(status, body, headers))
}

/** Answers as the API does when a job has been started. */
export const started: Reaction = answer(202, JSON.stringify({ jobId: JOB_ID }), {
  'content-type': 'application/json',
})

/** An error in the API's own form. */
export function apiError(
  status: number,
  code: number,
  message = 'Said by the API',
  headers: Record<string, string> = {},
): Reaction {
  const errorId = '91b106f0-c0da-4aba-a43a-7af9c5893a80'
  const body = { code, message, errorId, timestamp: '2026-11-24T10:20:30.29Z' }
  return answer(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers })
}

/** Sends these bytes, then nothing more, with the connection open. */
export function stall(bytes: string): Reaction {
  return (socket) => socket.write(bytes)
}

/** Sends these bytes, then closes as if it had said all. */
export function cut(bytes: string): Reaction {
  return (socket) => socket.end(bytes)
}

/** Resets the connection, after the bytes given. */
export function reset(bytes = ''): Reaction {
  return (socket) => {
    if (bytes) socket.write(bytes, () => socket.resetAndDestroy())
    else socket.resetAndDestroy()
  }
}
