import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ConnectionError } from '../../src/api/errors.js'
import { Http, type HttpAnswer } from '../../src/api/http.js'
import { systemClock } from '../../src/clock.js'
import { InterruptedError } from '../../src/errors.js'
import { createCertificate } from '../helpers/certificate.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { type Manner, startProxyServer } from '../helpers/proxy-server.js'
import {
  answer,
  cut,
  httpAnswer,
  type Reaction,
  reset,
  stall,
  startWireServer,
  type WireServer,
} from '../helpers/wire-server.js'

const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function serve(
  ...[reactions, options]: Parameters<typeof startWireServer>
): Promise<WireServer> {
  const server = await startWireServer(reactions, options)
  open.push(server)
  return server
}

interface SendOptions {
  method?: 'GET' | 'POST' | 'DELETE'
  body?: string
  clock?: ManualClock | typeof systemClock
  requestTimeoutMs?: number
  signal?: AbortSignal
}

function send(url: string, options: SendOptions = {}): Promise<HttpAnswer> {
  const { method = 'GET', body, clock = systemClock, requestTimeoutMs = 20_000 } = options
  const { signal = new AbortController().signal } = options
  const wire = new Http({ requestTimeoutMs, clock })
  const request = { method, url: new URL(url), headers: { accept: 'application/json' } }
  return wire.send(body === undefined ? request : { ...request, body }, signal)
}

async function failureOf(work: Promise<unknown>): Promise<ConnectionError> {
  const failure = await work.then(() => undefined).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ConnectionError)
  return failure as ConnectionError
}

describe('a whole answer', () => {
  test('comes with its status, its headers and its body', async () => {
    const server = await serve(answer(202, 'größe', { 'x-one': 'two' }))

    const { httpStatus, headers, body } = await send(`${server.url}/a?b=c`)

    expect([httpStatus, headers['x-one'], body]).toEqual([202, 'two', 'größe'])
    expect(server.requests[0]).toMatch(/^GET \/a\?b=c HTTP\/1\.1\r\naccept: application\/json\r\n/)
    expect(server.requests[0]).not.toMatch(/content-length/i)
  })

  test('may begin with a byte order mark', async () => {
    const server = await serve(answer(200, '\ufeff{}'))

    expect((await send(server.url)).body).toBe('{}')
  })

  test('may be exactly 1 MiB, and no longer', async () => {
    const exact = await serve(answer(200, 'x'.repeat(1_048_576)))
    const longer = await serve(answer(200, 'x'.repeat(1_048_577)))

    expect((await send(exact.url)).body).toHaveLength(1_048_576)
    expect(await failureOf(send(longer.url))).toMatchObject({
      message: expect.stringContaining(' 1048576 bytes'),
      permanent: true,
      sent: 'maybe',
    })
  })

  test('is got with the body that a request has', async () => {
    const server = await serve(answer(200, ''))

    await send(server.url, { method: 'POST', body: '{"ä":1}' })

    expect(server.requests[0]).toMatch(/Content-Length: 8\r\n/)
  })

  test('that came while this process was busy came in time', async () => {
    const server = await serve((socket, request) => {
      answer(200, 'here')(socket, request)
      // The answer is on the wire; for longer than request-timeout nobody can read it.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    })

    const { body } = await send(server.url, { requestTimeoutMs: 100 })

    expect(body).toBe('here')
  })

  test('is waited for by our own clock alone: the library would name the path, which may be a secret', async () => {
    const server = await serve((socket, request) => {
      setTimeout(() => answer(200, 'here')(socket, request), 100)
    })

    // On this clock no time passes.
    const { body } = await send(server.url, { requestTimeoutMs: 1, clock: new ManualClock() })

    expect(body).toBe('here')
  })

  test('of an IPv6 address has the right host', async () => {
    const failure = await failureOf(send('http://[::1]:1/'))

    expect(failure.message).toMatch(/^http:\/\/\[::1\]:1 (refused the connection|could not be)/)
    expect(failure.sent).toBe('no')
  })
})

describe('an answer that was packed, though nobody asked for that', () => {
  const body = JSON.stringify({ jobId: 'job-1' })
  const packed = (encoding: string, bytes: Buffer): Reaction => {
    const head = httpAnswer(202, '', {
      'content-encoding': encoding,
      'content-length': String(bytes.length),
    })
    return (socket) => socket.end(Buffer.concat([Buffer.from(head), bytes]))
  }

  test.each([
    ['gzip', gzipSync(body)],
    ['x-gzip', gzipSync(body)],
    ['GZIP, aws-chunked', gzipSync(body)],
    ['deflate', deflateSync(body)],
    ['br', brotliCompressSync(body)],
    ['gzip, br', brotliCompressSync(gzipSync(body))],
    ['identity', Buffer.from(body)],
    ['utf-8', Buffer.from(body)],
    ['gzip', Buffer.alloc(0)],
  ])('as %s is read', async (encoding, bytes) => {
    const server = await serve(packed(encoding, bytes))

    expect((await send(server.url)).body).toBe(bytes.length === 0 ? '' : body)
  })

  test('has the same bound when it is unpacked', async () => {
    const server = await serve(packed('gzip', gzipSync(Buffer.alloc(100_000_000))))

    expect(await failureOf(send(server.url))).toMatchObject({
      message: expect.stringContaining('more than 1048576 bytes'),
      permanent: true,
    })
  })

  test('and cannot be unpacked may come whole the next time', async () => {
    const server = await serve(packed('gzip', Buffer.from('no gzip')))

    expect(await failureOf(send(server.url))).toMatchObject({
      message: expect.stringMatching(/unpacked \(Z_DATA_ERROR\)/),
      permanent: false,
    })
  })
})

describe('an answer that is not whole', () => {
  const head = httpAnswer(200, '', { 'content-length': '10' })
  const SILENT = ' 0.5 s (request-timeout)'
  const faults: [string, Reaction, string][] = [
    ['cut', cut(`${head}12345`), '(ECONNRESET)'],
    ['reset', reset(`${head}12345`), '(ECONNRESET)'],
    ['nothing', cut(''), '(ECONNRESET)'],
    ['no HTTP', cut('hello\r\n\r\n'), '(HPE_INVALID_CONSTANT)'],
    ['stalled in its body', stall(`${head}12345`), SILENT],
    ['stalled in its head', stall('HTTP/1.1 200'), SILENT],
    ['never begun', stall(''), SILENT],
  ]

  test.each(faults)(
    'as it is %s is a lost connection that may have been seen',
    async (_, reaction, fact) => {
      const server = await serve(reaction)

      const requestTimeoutMs = fact === SILENT ? 500 : 20_000
      const failure = await failureOf(send(server.url, { requestTimeoutMs }))

      expect(failure).toMatchObject({ sent: 'maybe', permanent: false })
      expect((failure as Error).message).toContain(`${server.url} `)
      expect((failure as Error).message).toContain(fact)
    },
  )

  test.each([
    ['cut', cut(httpAnswer(500, '12345', { 'content-length': '10' }))],
    ['stalled', stall(httpAnswer(503, '12345', { 'content-length': '10' }))],
    ['too long', answer(404, 'x'.repeat(2_000_000))],
  ])('of an error that is %s still says its status', async (_, reaction) => {
    const server = await serve(reaction)

    const { httpStatus, body } = await send(server.url, { requestTimeoutMs: 500 })

    expect(httpStatus).toBeGreaterThanOrEqual(404)
    expect(body).toBe('')
  })

  test('of a server that says nothing is waited for as long as was said, and no longer', async () => {
    const clock = new ManualClock()
    const server = await serve(stall(''))
    let isOver = false
    const work = failureOf(send(server.url, { clock, requestTimeoutMs: 30_000 })).finally(() => {
      isOver = true
    })
    await server.received(1)

    await clock.advance(29_999)
    expect(isOver).toBe(false)
    await clock.advance(1)

    const { message } = await work
    expect(message).toContain(`${server.url} sent nothing for 30 s (request-timeout).`)
    expect(message).toContain('raise request-timeout')
    expect(clock.pending).toBe(0)
  })

  test('is waited for while its head comes bit by bit', async () => {
    const text = httpAnswer(200, 'whole')
    const pieces = [text.slice(0, 4), ...[4, 8, 12, 16, 20].map((at) => text.slice(at, at + 4))]
    const server = await serve((socket) => {
      const timer = setInterval(() => {
        const piece = pieces.shift()
        if (piece !== undefined) socket.write(piece)
        else socket.end(text.slice(24))
      }, 250)
      socket.on('close', () => clearInterval(timer))
    })

    expect((await send(server.url, { requestTimeoutMs: 1_500 })).body).toBe('whole')
  })

  test.each([
    ['body', httpAnswer(200, '', { 'transfer-encoding': 'chunked' }), '1\r\nx\r\n'],
    ['head', 'HTTP/1.1 200 OK\r\n', 'x'],
    ['first lines of 103', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('with a %s that drips on and on ends after ten minutes', async (_, begin, piece) => {
    const clock = new ManualClock()
    const server = await serve((socket) => {
      socket.write(begin)
      const timer = setInterval(() => socket.write(piece), 5)
      socket.on('close', () => clearInterval(timer))
    })
    const work = failureOf(send(server.url, { clock, requestTimeoutMs: 300_000 }))
    await server.received(1)
    const passing = setInterval(() => void clock.advance(7_000), 10)

    const failure = await work
    clearInterval(passing)

    expect(failure.message).toContain('600 s')
    expect(clock.pending).toBe(0)
  })
})

describe('a server that is not reached', () => {
  test('has not seen the request', async () => {
    const server = await startWireServer(answer(200, ''))
    await server.close()

    expect(await failureOf(send(server.url))).toMatchObject({
      message: expect.stringContaining(`${server.url} refused the connection (ECONNREFUSED).`),
      sent: 'no',
      permanent: false,
    })
  })

  test('has not seen it where TLS was never agreed on', async () => {
    const silent = await serve(stall(''))
    const plain = await serve(stall(''), { greeting: 'HTTP/1.1 400 Bad Request\r\n\r\n' })

    expect(
      await failureOf(send(silent.url.replace('http:', 'https:'), { requestTimeoutMs: 500 })),
    ).toMatchObject({
      message: expect.stringMatching(/took no connection within 0\.5 s \(request-timeout\)\./),
      sent: 'no',
      permanent: false,
    })
    expect(await failureOf(send(plain.url.replace('http:', 'https:')))).toMatchObject({
      message: expect.stringMatching(/TLS \(EPROTO\)/),
      sent: 'no',
      permanent: true,
    })
  })

  test('has not seen it where its certificate is not trusted', async () => {
    const certificate = await createCertificate('localhost')
    const server = await serve(answer(200, ''), { tls: certificate })
    certificate.remove()

    expect(await failureOf(send(server.url))).toMatchObject({ sent: 'no', permanent: true })
    expect(server.requests).toEqual([])
  })
})

describe('a request that is interrupted', () => {
  const interrupted = new InterruptedError('SIGTERM')

  test('before it began sends nothing', async () => {
    const server = await serve(answer(200, ''))

    const failure = await failureOf(send(server.url, { signal: AbortSignal.abort(interrupted) }))

    expect(failure).toMatchObject({
      message: 'Interrupted by SIGTERM.',
      sent: 'no',
      permanent: true,
    })
    expect(server.connections()).toBe(0)
  })

  test('while it waits may have been seen', async () => {
    const controller = new AbortController()
    const server = await serve(stall(''))
    const work = failureOf(
      send(server.url, { signal: controller.signal, requestTimeoutMs: 60_000 }),
    )
    await server.received(1)

    controller.abort(interrupted)

    expect(await work).toMatchObject({
      message: 'Interrupted by SIGTERM.',
      sent: 'maybe',
      permanent: true,
    })
  })

  test('while an error’s body comes is interrupted all the same', async () => {
    const controller = new AbortController()
    const server = await serve((socket) => {
      socket.write(httpAnswer(500, '1', { 'content-length': '10' }), () => {
        setImmediate(() => controller.abort(interrupted))
      })
    })

    const failure = await failureOf(
      send(server.url, { signal: controller.signal, requestTimeoutMs: 60_000 }),
    )

    expect(failure.message).toBe('Interrupted by SIGTERM.')
  })
})

describe('a proxy', () => {
  const withProxy = async <T>(
    manner: Manner | ':::' | 'proxy.example.com:3128',
    work: () => Promise<T>,
  ): Promise<T> => {
    const isAddress = typeof manner === 'string' && manner.includes(':')
    const proxy = isAddress ? undefined : await startProxyServer(manner as Manner)
    const before = process.env.https_proxy
    process.env.https_proxy = proxy?.url ?? String(manner)
    try {
      return await work()
    } finally {
      if (before === undefined) delete process.env.https_proxy
      else process.env.https_proxy = before
      await proxy?.close()
    }
  }

  test.each(['silent', 'silent after CONNECT'] as const)(
    'that is %s ends the request',
    async (manner) => {
      const failure = await withProxy(manner, () =>
        failureOf(send('https://api.test.invalid/', { requestTimeoutMs: 500 })),
      )

      expect(failure).toMatchObject({
        message: expect.stringMatching(/ took no connection within 0\.5 s .*api-url/),
        sent: 'no',
      })
    },
  )

  test('that refuses ends the request, which nobody has seen', async () => {
    const failure = await withProxy({ status: 403 }, () =>
      failureOf(send('https://api.test.invalid/')),
    )

    expect(failure).toMatchObject({ sent: 'no', permanent: true })
    expect(failure.message).toMatch(/proxy.*403.*no_proxy/)
  })

  test.each([':::', 'proxy.example.com:3128'] as const)(
    'that is no address (%s) is a mistake of the runner',
    async (address) => {
      const failure = await withProxy(address, () => failureOf(send('https://api.test.invalid/')))

      expect(failure).toMatchObject({
        message: expect.stringMatching(/https_proxy.*like http:\/\/proxy\.example\.com:3128/),
        sent: 'no',
        permanent: true,
      })
    },
  )

  test.each(['localhost', '127.0.0.1', 'user:word@localhost'])(
    'that speaks TLS, as %s, and is not trusted hears nothing of the request',
    async (host) => {
      const certificate = await createCertificate('localhost')
      certificate.remove()
      const proxy = await serve(answer(200, ''), { tls: certificate })
      vi.stubEnv('https_proxy', `https://${host}:${proxy.port}`)
      onTestFinished(() => void vi.unstubAllEnvs())

      const failure = await failureOf(
        send('https://api.test.invalid/', { requestTimeoutMs: 5_000 }),
      )

      expect(failure).toMatchObject({ sent: 'no', permanent: true })
      expect(failure.message).toMatch(/proxy .*certificate.* not trusted/)
      expect(proxy.requests).toEqual([])
    },
  )

  test.each(['http://proxy.test.invalid', 'https://proxy.test.invalid'])(
    'without a port, and without an address (%s), is named',
    async (address) => {
      vi.stubEnv('https_proxy', address)
      onTestFinished(() => void vi.unstubAllEnvs())

      const failure = await failureOf(
        send('https://api.test.invalid/', { requestTimeoutMs: 20_000 }),
      )

      expect(failure).toMatchObject({ sent: 'no', permanent: false })
      expect(failure.message).toMatch(/proxy .*no address/)
    },
  )
})
