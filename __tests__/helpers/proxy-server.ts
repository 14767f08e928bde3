import { createServer, type IncomingMessage } from 'node:http'
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
export type Manner = { port: number } | { status: number } | 'silent' | 'silent after CONNECT'

/** An HTTP proxy on loopback that brings every CONNECT to one port, whatever the name. */
export async function startProxyServer(manner: Manner): Promise<ProxyServer> {
  const connects: { target: string; authorization: string | undefined }[] = []
  const sockets = new Set<Socket>()
  let passed = ''
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer()
  server.on('connection', keep)
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    connects.push({
      target: request.url ?? '',
      authorization: request.headers['proxy-authorization'],
    })
    client.on('data', (bytes) => {
      passed += bytes.toString('latin1')
    })
    if (manner === 'silent') return
    if (manner === 'silent after CONNECT') {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      return
    }
    if ('status' in manner) {
      client.end(`HTTP/1.1 ${manner.status} No\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    const upstream = connect(manner.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(client)
      client.pipe(upstream)
    })
    keep(upstream)
    upstream.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
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
