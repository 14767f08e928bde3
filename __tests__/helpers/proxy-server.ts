import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface ProxyServer {
  readonly url: string
  readonly port: number
  /** The heads of the CONNECTs that came: target, and the header Proxy-Authorization. */
  readonly connects: readonly { target: string; authorization: string | undefined }[]
  /** All bytes that went through it from the clients, unread as TLS makes them. */
  passed(): string
  close(): Promise<void>
}

/** How a proxy takes a CONNECT: to the port of this machine, with a status, or not at all. */
export type Manner =
  /** `accepted` is the status of its answer, 200 if not given. */
  | { port: number; accepted?: number }
  | { status: number; headers?: string }
  | 'silent'
  | 'silent after CONNECT'

/**
 * An HTTP proxy on loopback that brings every CONNECT to one port, whatever the name. It takes the
 * first CONNECT as the first manner says, and so on; the last goes for all that follow.
 */
export async function startProxyServer(
  manners: Manner | readonly Manner[],
  { tls, host = '127.0.0.1' }: { tls?: { key: string; cert: string }; host?: string } = {},
): Promise<ProxyServer> {
  const list = [manners].flat() as Manner[]
  const connects: { target: string; authorization: string | undefined }[] = []
  const sockets = new Set<Socket>()
  let passed = ''
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  }
  const server = tls ? createTlsServer(tls) : createServer()
  server.on('connection', keep)
  server.on('tlsClientError', () => undefined)
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    connects.push({
      target: request.url ?? '',
      authorization: request.headers['proxy-authorization'],
    })
    const manner = list[Math.min(connects.length, list.length) - 1] ?? 'silent'
    client.on('error', () => undefined)
    client.on('data', (bytes) => {
      passed += bytes.toString('latin1')
    })
    if (manner === 'silent') return
    if (manner === 'silent after CONNECT') {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      return
    }
    if ('status' in manner) {
      const headers = `content-length: 0\r\n${manner.headers ?? ''}`
      client.end(`HTTP/1.1 ${manner.status} No\r\n${headers}\r\n`)
      return
    }
    const upstream = connect(manner.port, '127.0.0.1', () => {
      client.write(`HTTP/1.1 ${manner.accepted ?? 200} Connection established\r\n\r\n`)
      upstream.pipe(client)
      client.pipe(upstream)
    })
    keep(upstream)
    upstream.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    connects,
    passed: () => passed,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
