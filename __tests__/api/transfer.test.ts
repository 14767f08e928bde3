import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { ExportClient } from '../../src/api/client.js'
import { ApiError, ConnectionError, LinkExpiredError, ResponseError } from '../../src/api/errors.js'
import type { FileSink } from '../../src/api/transfer.js'
import { type Clock, systemClock } from '../../src/clock.js'
import { InterruptedError, StepError } from '../../src/errors.js'
import {
  csvOf,
  fileAnswer,
  message,
  RANGE_MANNERS,
  sendBytes,
  sendFile,
  type WireFault,
} from '../helpers/file-answers.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import {
  answer,
  apiError,
  cut,
  httpAnswer,
  type Reaction,
  startWireServer,
  type WireServer,
} from '../helpers/wire-server.js'

const API_KEY = 'kEy-0123456789-of-the-tests'
const TOKEN = 't0ken-0123456789abcdef'
const PATH = `/api/v1/subaccounts/acme_sg/messages/download/${TOKEN}`

/** Time as it is, but that nobody waits before a repeat. */
const impatientClock: Clock = {
  ...systemClock,
  sleep: async (_, signal) => signal.throwIfAborted(),
}

const servers: WireServer[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function serve(reactions: Reaction | readonly Reaction[]): Promise<WireServer> {
  const server = await startWireServer(reactions)
  servers.push(server)
  return server
}

/** A file in memory. */
class MemoryFile implements FileSink {
  readonly name = 'job-1.csv'
  chunks: Buffer[] = []
  restarts = 0

  get position(): number {
    return this.chunks.reduce((sum, { length }) => sum + length, 0)
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks)
  }

  write(chunk: Buffer): Promise<void> | undefined {
    this.chunks.push(Buffer.from(chunk))
    return undefined
  }

  async restart(): Promise<void> {
    this.chunks = []
    this.restarts += 1
  }
}

interface Fetched {
  file: MemoryFile
  failure: unknown
  /** The failure's words, empty where there is none. */
  words: string
  step: RecordedStep
  progress: (readonly [bytes: number, total: number | undefined])[]
}

interface FetchSettings {
  file?: MemoryFile
  /** Where the API is, if the link is elsewhere. */
  apiUrl?: string
  retries?: number
  requestTimeoutMs?: number
  step?: RecordedStep
  clock?: Clock
  onProgress?: () => void
}

async function fetchLink(link: string, settings: FetchSettings = {}): Promise<Fetched> {
  const { file = new MemoryFile(), apiUrl = new URL(link).origin, retries = 3 } = settings
  const { requestTimeoutMs = 20_000, step = new RecordedStep() } = settings
  const connection = {
    apiKey: API_KEY,
    subaccountId: 'acme_sg',
    baseUrl: apiUrl,
    requestTimeoutMs,
    retries,
  }
  const clock = settings.clock ?? impatientClock
  const client = new ExportClient(connection, { clock, step, random: () => 0 })
  const progress: (readonly [number, number | undefined])[] = []
  let failure: unknown
  try {
    await client.fetch(link, file, {
      signal: step.signal,
      onProgress: (bytes, total) => {
        progress.push([bytes, total])
        settings.onProgress?.()
      },
    })
  } catch (error) {
    failure = error
  }
  const words = failure instanceof Error ? failure.message : ''
  // No message shows the link, wherever it comes from, or the key.
  for (const secret of [TOKEN, API_KEY]) {
    expect([words, ...step.events].filter((text) => text.includes(secret))).toEqual([])
  }
  return { file, failure, words, step, progress }
}

/** A file from a server that does as the reactions say. */
async function fetchFrom(
  reactions: Reaction | readonly Reaction[],
  settings: FetchSettings = {},
): Promise<Fetched & { requests: readonly string[] }> {
  const server = await serve(reactions)
  const fetched = await fetchLink(`${server.url}${PATH}`, settings)
  return { ...fetched, requests: server.requests }
}

const headerOf = (request: string | undefined, name: string): string | undefined =>
  new RegExp(`^${name}: *(.*)\r$`, 'im').exec(request ?? '')?.[1]

const SOURCE = csvOf(100_000)
const file = { bytes: SOURCE, etag: '"v1"' }
const half: WireFault = { at: 0.5, how: 'cut' }

describe('a file', () => {
  test('comes whole, with one request that asks for a CSV', async () => {
    const { file: got, failure, requests, progress } = await fetchFrom(sendFile(file))

    expect(failure).toBeUndefined()
    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatch(new RegExp(`^GET ${PATH} HTTP/1.1\r\n`))
    expect(headerOf(requests[0], 'accept')).toBe('text/csv, */*;q=0.5')
    expect(headerOf(requests[0], 'range')).toBeUndefined()
    expect(progress.at(-1)).toEqual([SOURCE.length, SOURCE.length])
  })

  test.each(['chunked', 'Chunked'])('comes whole in chunks (%s)', async (coding) => {
    const bytes = message(200, {}, SOURCE, 'chunked')
    const reaction: Reaction = (socket) =>
      socket.end(bytes.toString('latin1').replace(': chunked', `: ${coding}`), 'latin1')

    const { file: got, failure } = await fetchFrom(reaction)

    expect(failure).toBeUndefined()
    expect(got.bytes.equals(SOURCE)).toBe(true)
  })

  test.each(['gzip', 'x-gzip', 'GZIP', 'gzip, aws-chunked', 'aws-chunked,gzip'])(
    'that was packed as %s is unpacked',
    async (encoding) => {
      const packed = message(200, { 'content-encoding': encoding }, gzipSync(SOURCE))

      const { file: got, failure } = await fetchFrom((socket) => sendBytes(socket, packed))

      expect(failure).toBeUndefined()
      expect(got.bytes.equals(SOURCE)).toBe(true)
    },
  )

  test('that was packed in several parts is unpacked to its end', async () => {
    const parts = [SOURCE.subarray(0, 40_000), SOURCE.subarray(40_000)].map((part) =>
      gzipSync(part),
    )
    const bytes = message(200, { 'content-encoding': 'gzip' }, Buffer.concat(parts))

    const { file: got, failure } = await fetchFrom((socket) => sendBytes(socket, bytes))

    expect(failure).toBeUndefined()
    expect(got.bytes.equals(SOURCE)).toBe(true)
  })

  test.each(['identity', 'Identity', '', 'none', 'utf-8', 'aws-chunked', 'identity, aws-chunked'])(
    'comes as it is with the encoding %j',
    async (encoding) => {
      const bytes = message(200, { 'content-encoding': encoding }, SOURCE)

      const { file: got, failure } = await fetchFrom((socket) => sendBytes(socket, bytes))

      expect(failure).toBeUndefined()
      expect(got.bytes.equals(SOURCE)).toBe(true)
    },
  )

  test('keeps the query of its link', async () => {
    const server = await serve(sendFile(file))

    await fetchLink(`${server.url}${PATH}?signature=a%2Fb&c=d`)

    expect(server.requests[0]).toMatch(/^GET \S+\?signature=a%2Fb&c=d HTTP/)
  })

  test('may begin with a byte order mark, which is kept', async () => {
    const bytes = Buffer.concat([Buffer.from('\ufeff'), SOURCE])

    const { file: got, failure } = await fetchFrom(sendFile({ bytes }))

    expect(failure).toBeUndefined()
    expect(got.bytes.equals(bytes)).toBe(true)
  })

  test('of bytes that are no text is not touched', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7 + 128) % 256))

    const { file: got } = await fetchFrom(sendFile({ bytes }))

    expect(got.bytes.equals(bytes)).toBe(true)
  })
})

describe('a transfer that is cut', () => {
  test.each(['cut', 'reset', 'stall'] as const)(
    'goes on where it stopped after a %s, with the version that it had',
    async (how) => {
      const {
        file: got,
        failure,
        requests,
      } = await fetchFrom(
        [
          sendFile(file, {}, { at: 0.5, how: how === 'reset' ? 'cut' : how }),
          ...(how === 'reset' ? [sendFile(file, {}, { at: 0, how })] : []),
          sendFile(file),
        ],
        how === 'stall' ? { requestTimeoutMs: 500 } : {},
      )

      expect(failure).toBeUndefined()
      expect(got.bytes.equals(SOURCE)).toBe(true)
      expect(got.restarts).toBe(0)
      expect(headerOf(requests[1], 'range')).toMatch(/^bytes=[1-9]\d+-$/)
      expect(headerOf(requests[1], 'if-range')).toBe('"v1"')
    },
  )

  test('goes on as often as retries lets it', async () => {
    const parts = [0.2, 0.3, 0.4].map((at) => sendFile(file, {}, { at, how: 'cut' }))

    const enough = await fetchFrom([...parts, sendFile(file)], { retries: 3 })
    const tooFew = await fetchFrom([...parts, sendFile(file)], { retries: 2 })

    expect(enough.file.bytes.equals(SOURCE)).toBe(true)
    expect(tooFew.failure).toBeInstanceOf(ConnectionError)
    expect(tooFew.requests).toHaveLength(3)
  })

  test('in chunks goes on where it stopped as well', async () => {
    const { file: got, requests } = await fetchFrom([
      sendFile(file, { framing: 'chunked' }, half),
      sendFile(file, { framing: 'chunked' }),
    ])

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(headerOf(requests[1], 'range')).toMatch(/^bytes=[1-9]/)
  })

  test.each([
    ['no ETag', undefined],
    ['a weak ETag', 'W/"v1"'],
    ['an ETag without quotes', 'v1'],
  ])('begins again where there is %s', async (_, etag) => {
    const weak = { bytes: SOURCE, etag }

    const {
      file: got,
      failure,
      requests,
    } = await fetchFrom([sendFile(weak, {}, half), sendFile(weak)])

    expect(failure).toBeUndefined()
    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(got.restarts).toBe(1)
    expect(requests.map((request) => headerOf(request, 'range'))).toEqual([undefined, undefined])
    expect(requests.map((request) => headerOf(request, 'if-range'))).toEqual([undefined, undefined])
  })

  test('begins again where the file was packed: ranges count what is on the wire', async () => {
    const {
      file: got,
      failure,
      requests,
    } = await fetchFrom([
      sendFile(file, { isPacked: true }, { at: 0.9, how: 'cut' }),
      sendFile(file, { isPacked: true }),
    ])

    expect(failure).toBeUndefined()
    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(headerOf(requests[1], 'range')).toBeUndefined()
  })

  test('begins again with a 200 in place of the part', async () => {
    const { file: got, requests } = await fetchFrom([
      sendFile(file, {}, half),
      sendFile(file, { ranges: 'ignored' }),
    ])

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(got.restarts).toBe(1)
    expect(requests).toHaveLength(2)
  })

  test('begins again after 416', async () => {
    const {
      file: got,
      failure,
      requests,
    } = await fetchFrom([sendFile(file, {}, half), sendFile(file, { ranges: 'refused with 416' })])

    expect(failure).toBeUndefined()
    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(headerOf(requests[2], 'range')).toBeUndefined()
  })

  const other = { bytes: csvOf(SOURCE.length, 'b'), etag: '"v2"' }

  test.each(RANGE_MANNERS)('never mixes two versions, with ranges %s', async (ranges) => {
    const { file: got, failure } = await fetchFrom([
      sendFile(file, { ranges }, half),
      sendFile(other, { ranges }),
    ])

    expect(failure).toBeUndefined()
    expect(got.bytes.equals(other.bytes)).toBe(true)
  })

  test.each(
    RANGE_MANNERS.flatMap((ranges) => [[ranges, 'length'] as const, [ranges, 'chunked'] as const]),
  )('comes to the same file, with ranges %s and %s', async (ranges, framing) => {
    const manner = { ranges, framing }

    const { file: got, failure } = await fetchFrom(
      [sendFile(file, manner, half), sendFile(file, manner)],
      { retries: 20 },
    )

    expect(failure).toBeUndefined()
    expect(got.bytes.equals(SOURCE)).toBe(true)
  })

  test('takes no part of a file whose length nobody has said', async () => {
    const part: Reaction = (socket, request) => {
      const from = Number(headerOf(request, 'range')?.replace(/\D/g, ''))
      const headers = { etag: '"v1"', 'content-range': `bytes ${from}-${from + 99}/*` }
      sendBytes(socket, message(206, headers, SOURCE.subarray(from, from + 100)))
    }

    const { file: got, failure } = await fetchFrom([
      sendFile(file, { framing: 'chunked' }, half),
      part,
      sendFile(file),
    ])

    expect(failure).toBeUndefined()
    expect(got.bytes.equals(SOURCE)).toBe(true)
  })

  test('goes on with a part whose unit is written large', async () => {
    const part: Reaction = (socket, request) => {
      const bytes = fileAnswer(request, file).toString('latin1')
      socket.end(bytes.replace('content-range: bytes', 'content-range: Bytes'), 'latin1')
    }

    const { file: got, requests } = await fetchFrom([sendFile(file, {}, half), part])

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(requests).toHaveLength(2)
  })

  test('gives up a part that brings more than it said, and begins again', async () => {
    const endless: Reaction = (socket, request) => {
      const from = Number(headerOf(request, 'range')?.replace(/\D/g, ''))
      const range = `bytes ${from}-${SOURCE.length - 1}/${SOURCE.length}`
      const headers = { etag: '"v1"', 'content-range': range }
      const begin = message(206, headers, SOURCE, 'chunked')
      // The chunk that says the end is held back, for ever.
      socket.write(begin.subarray(0, -5))
    }

    const {
      file: got,
      failure,
      step,
      requests,
    } = await fetchFrom([sendFile(file, {}, half), endless, sendFile(file)], {
      requestTimeoutMs: 40_000,
    })

    expect(failure).toBeUndefined()
    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(step.events[1]).toContain(` ${SOURCE.length} bytes `)
    expect(headerOf(requests[2], 'range')).toBeUndefined()
  })

  test('by silence is given up request-timeout after the last byte', async () => {
    const clock = new ManualClock()

    const { failure, words } = await fetchFrom(sendFile(file, {}, { at: 0.5, how: 'stall' }), {
      clock,
      retries: 0,
      requestTimeoutMs: 30_000,
      onProgress: () => void clock.advance(30_000),
    })

    expect(failure).toBeInstanceOf(ConnectionError)
    expect(words).toMatch(/ sent nothing for 30 s \(request-timeout\)\./)
  })

  test('takes no part that was packed', async () => {
    const packed: Reaction = (socket) => {
      const rest = gzipSync(SOURCE.subarray(50_000))
      const headers = { etag: '"v1"', 'content-encoding': 'gzip' }
      const range = `bytes 50000-${SOURCE.length - 1}/${SOURCE.length}`
      sendBytes(socket, message(206, { ...headers, 'content-range': range }, rest))
    }
    const exactHalf: Reaction = (socket, request) => {
      const bytes = fileAnswer(request, file)
      socket.end(bytes.subarray(0, bytes.length - 50_000))
    }

    const { file: got, requests } = await fetchFrom([exactHalf, packed, sendFile(file)])

    expect(headerOf(requests[1], 'range')).toBe('bytes=50000-')
    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(got.restarts).toBe(1)
  })

  test('that was whole but for its last byte asks for that byte', async () => {
    const butOne: Reaction = (socket, request) =>
      socket.end(fileAnswer(request, file).subarray(0, -1))

    const { file: got, requests } = await fetchFrom([butOne, sendFile(file)])

    expect(headerOf(requests[1], 'range')).toBe(`bytes=${SOURCE.length - 1}-`)
    expect(got.bytes.equals(SOURCE)).toBe(true)
  })
})

describe('the packing of a file', () => {
  test('is asked for as gzip, and as none where a packed transfer was cut', async () => {
    const { file: got, requests } = await fetchFrom([
      sendFile(file, { isPacked: true }, half),
      sendFile(file, {}, half),
      sendFile(file),
    ])

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(requests.map((request) => headerOf(request, 'accept-encoding'))).toEqual([
      'gzip',
      'identity',
      'identity',
    ])
    expect(requests.map((request) => headerOf(request, 'range') !== undefined)).toEqual([
      false,
      false,
      true,
    ])
  })

  test.each(['identity', 'none', 'aws-chunked'])(
    'that is none (%s) lets a part go on',
    async (encoding) => {
      const part: Reaction = (socket, request) => {
        const bytes = fileAnswer(request, file).toString('latin1')
        const named = `content-encoding: ${encoding}\r\ncontent-range`
        socket.end(bytes.replace('content-range', named), 'latin1')
      }

      const { file: got, requests } = await fetchFrom([sendFile(file, {}, half), part])

      expect(got.bytes.equals(SOURCE)).toBe(true)
      expect([got.restarts, requests.length]).toEqual([0, 2])
    },
  )
})

describe('a file without an end', () => {
  /** Sends a byte whenever one has come, for ever: time passes with each. */
  const drip =
    (head: Buffer | string, piece: Buffer | string): Reaction =>
    (socket) => {
      socket.write(head)
      const timer = setInterval(() => socket.write(piece), 1)
      socket.on('close', () => clearInterval(timer))
    }
  const chunked = httpAnswer(200, '', {
    'transfer-encoding': 'chunked',
    'content-type': 'text/csv',
  })

  test.each([
    ['in chunks', drip(chunked, '1\r\nx\r\n')],
    ['of a length that is far', drip(httpAnswer(200, 'u', { 'content-length': '999999999' }), 'x')],
  ])('that drips %s is given up after ten minutes, and tried again', async (_, reaction) => {
    const clock = new ManualClock()

    const { failure, words, requests } = await fetchFrom(reaction, {
      clock,
      retries: 0,
      requestTimeoutMs: 30_000,
      onProgress: () => void clock.advance(20_000),
    })

    expect(failure).toBeInstanceOf(ConnectionError)
    expect(words).toMatch(/600 s/)
    expect((failure as ConnectionError).permanent).toBe(false)
    expect(requests).toHaveLength(1)
  })

  test('that comes fast enough is given up after 24 h', async () => {
    const clock = new ManualClock()
    const large = `10000\r\n${'x'.repeat(65_536)}\r\n`

    const { failure, words, requests } = await fetchFrom(drip(chunked, large), {
      clock,
      retries: 3,
      requestTimeoutMs: 3_600_000,
      onProgress: () => void clock.advance(600_000),
    })

    expect(failure).toBeInstanceOf(StepError)
    expect(words).toMatch(/job-1\.csv .*24 h/)
    expect(requests).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  test('in an error’s words still says its status', async () => {
    const clock = new ManualClock()
    const head = httpAnswer(405, '', { 'transfer-encoding': 'chunked' })
    const server = await serve(drip(head, '1\r\nx\r\n'))
    const step = new RecordedStep()
    const work = fetchLink(`${server.url}${PATH}`, {
      clock,
      retries: 0,
      requestTimeoutMs: 300_000,
      step,
    })
    await server.received(1)
    const passing = setInterval(() => void clock.advance(20_000), 20)

    const { words } = await work
    clearInterval(passing)

    expect(words).toMatch(/answered 405/)
  })
})

describe('a part that nobody has asked for', () => {
  test.each([
    ['with its ETag', '"v1"'],
    ['without ETag', undefined],
  ])('%s is not taken for the file', async (_, etag) => {
    const range = `bytes 0-49999/${SOURCE.length}`
    const part = message(206, { etag, 'content-range': range }, SOURCE.subarray(0, 50_000))

    const { file: got, failure } = await fetchFrom((socket) => sendBytes(socket, part), {
      retries: 1,
    })

    expect(failure).toBeInstanceOf(StepError)
    expect(got.position).toBe(0)
  })
})

describe('whatever happens on the wire', () => {
  test('the bytes are those of one version, or the fetch fails', async () => {
    const fault = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      how: fc.constantFrom<WireFault['how'][]>('cut', 'cut', 'reset', 'reset', 'stall'),
    })
    const scene = fc.record({
      bytes: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 300_000 })),
      ranges: fc.constantFrom(...RANGE_MANNERS),
      framing: fc.constantFrom('length', 'chunked'),
      isPacked: fc.boolean(),
      tag: fc.constantFrom(
        (text: string): string | undefined => `"${text}"`,
        () => undefined,
      ),
      /** For each try: what happens to it, and whether the file is another one from then on. */
      tries: fc.array(fc.tuple(fault, fc.boolean()), { maxLength: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(scene, async ({ bytes, tag, tries, ...manner }) => {
        let version = 0
        let count = 0
        const versionNow = () => ({ bytes: csvOf(bytes, `v${version}`), etag: tag(`v${version}`) })
        const server = await startWireServer((socket, request) => {
          const [wireFault, isNew] = tries[count++] ?? []
          if (isNew) version += 1
          sendBytes(socket, fileAnswer(request, versionNow(), manner), wireFault)
        })

        const { file: got, failure } = await fetchLink(`${server.url}${PATH}`, {
          // Each broken part costs a try of its own, and so does a busy machine's pause.
          retries: 2 * tries.length + 30,
          requestTimeoutMs: 100,
        })
        await server.close()

        const isHalving = manner.ranges === 'in halves'
        if (failure === undefined) expect(got.bytes.equals(versionNow().bytes)).toBe(true)
        else expect([failure instanceof ConnectionError, isHalving]).toEqual([true, true])
      }),
      { numRuns: 120 },
    )
  })
})

describe('what is not a whole CSV', () => {
  test.each([
    ['text/html', 'a page'],
    ['text/html; charset=utf-8', 'a page'],
    ['TEXT/HTML', 'a page'],
    ['application/xhtml+xml', 'a page'],
    ['application/json', 'JSON'],
    ['application/problem+json', 'JSON'],
  ])('is refused by its type %s', async (type, what) => {
    const {
      file: got,
      failure,
      words,
      requests,
    } = await fetchFrom(answer(200, 'umid,body\r\n', { 'content-type': type }))

    expect(failure).toBeInstanceOf(ResponseError)
    expect(words).toMatch(new RegExp(` job-1\\.csv .* 200 .*${what} `))
    expect(got.position).toBe(0)
    expect(requests).toHaveLength(1)
  })

  const beginnings: [string, string, string][] = [
    ['a page', '<!DOCTYPE html>', 'a page'],
    ['XML', '<?xml version="1.0"?><Error/>', 'a page'],
    ['a page after blank lines', '\r\n\r\n  <html>', 'a page'],
    ['a page after a byte order mark', '\ufeff<html>', 'a page'],
    ['a page after very many blank lines', `${'\r\n'.repeat(300)}<html>`, 'a page'],
    ['an object', '{"code":1300}', 'JSON'],
    ['a list', '[]', 'JSON'],
  ]

  test.each(beginnings)('is refused by its beginning: %s', async (_, body, what) => {
    const { failure, words } = await fetchFrom(answer(200, body, { 'content-type': 'text/csv' }))

    expect(failure).toBeInstanceOf(ResponseError)
    expect(words).toMatch(new RegExp(` 200 .*${what} `))
  })

  test.each([
    ['PK\x03\x04\x14\0', 'an archive'],
    ['7z\xbc\xaf\x27\x1c\0', 'an archive'],
    ['Rar!\x1a\x07', 'an archive'],
    ['\x1f\x8b\x08\0', 'packed bytes'],
    ['BZh91AY', 'packed bytes'],
    ['\xfd7zXZ\0', 'packed bytes'],
    ['\x28\xb5\x2f\xfd', 'packed bytes'],
    ['%PDF-1.7', 'a PDF document'],
  ])('is refused by its signature: %j', async (bytes, what) => {
    const { failure, words } = await fetchFrom((socket) =>
      sendBytes(socket, message(200, { 'content-type': 'text/csv' }, Buffer.from(bytes, 'latin1'))),
    )

    expect(failure).toBeInstanceOf(ResponseError)
    expect(words).toContain(`answered 200 with ${what} in place of a CSV file.`)
  })

  test.each(beginnings.filter(([name]) => name.includes('after')))(
    'is refused by its beginning, though that comes in two parts: %s',
    async (_, body, what) => {
      const bytes = message(200, {}, Buffer.from(body))
      const at = bytes.length - Buffer.byteLength(body) + 2
      let sendRest: () => void = () => undefined
      const reaction: Reaction = (socket) => {
        socket.write(bytes.subarray(0, at))
        sendRest = () => socket.end(bytes.subarray(at))
      }

      const { failure, words } = await fetchFrom(reaction, { onProgress: () => sendRest() })

      expect(failure).toBeInstanceOf(ResponseError)
      expect(words).toMatch(new RegExp(` 200 .*${what} `))
    },
  )

  test('is refused by its beginning where it was packed', async () => {
    const packed = message(200, { 'content-encoding': 'gzip' }, gzipSync('<html>'))

    const { failure } = await fetchFrom((socket) => sendBytes(socket, packed))

    expect(failure).toBeInstanceOf(ResponseError)
  })

  test('is refused where nobody says how long it is', async () => {
    const endless = message(200, {}, SOURCE, 'none')

    const {
      file: got,
      failure,
      words,
      requests,
    } = await fetchFrom((socket) => sendBytes(socket, endless))

    expect(failure).toBeInstanceOf(ResponseError)
    expect(words).toContain('length')
    expect(got.position).toBe(0)
    expect(requests).toHaveLength(1)
  })

  test.each(['length', 'chunked'] as const)(
    'is refused where it is empty (%s)',
    async (framing) => {
      const { failure, words } = await fetchFrom(sendFile({ bytes: Buffer.alloc(0) }, { framing }))

      expect(failure).toBeInstanceOf(ResponseError)
      expect(words).toMatch(/job-1\.csv .*empty/)
    },
  )

  test.each([204, 205, 203])('is refused where the answer is %i', async (status) => {
    const body = status === 203 ? 'umid\r\n' : ''

    const { failure } = await fetchFrom(answer(status, body, { 'content-type': 'text/csv' }))

    expect(failure).toBeInstanceOf(ResponseError)
  })

  test.each(['br', 'deflate', 'zstd', 'gzip, gzip'])(
    'is refused where it was packed as %s',
    async (encoding) => {
      const { failure, words } = await fetchFrom(
        answer(200, 'umid\r\n', { 'content-encoding': encoding }),
      )

      expect(failure).toBeInstanceOf(ResponseError)
      expect(words).toMatch(/job-1\.csv .*packed/)
    },
  )

  const packed = gzipSync(SOURCE)
  const gzipHead = { 'content-encoding': 'gzip' }
  test.each([
    ['ends too early, in the middle', packed.subarray(0, packed.length / 2)],
    ['ends too early, before its checksum', packed.subarray(0, -8)],
    ['ends too early, by a byte', packed.subarray(0, -1)],
    ['has another checksum', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8, 1)])],
    ['is none', SOURCE],
  ])('is refused where a gzip %s', async (_, body) => {
    const bytes = message(200, gzipHead, body)

    const { failure, words, requests } = await fetchFrom((socket) => sendBytes(socket, bytes), {
      retries: 1,
    })

    expect(failure).toBeInstanceOf(ConnectionError)
    expect(words).toMatch(/\(Z_[A-Z_]+\)\.$/)
    expect(requests).toHaveLength(2)
  })

  const afterIts = (end: Buffer) => Buffer.concat([packed, end])
  const trailing: [string, Buffer][] = [
    ['zeros', afterIts(Buffer.alloc(1_000))],
    ['a part after a zero', afterIts(Buffer.concat([Buffer.alloc(1), packed]))],
    ['very much after a zero', afterIts(Buffer.alloc(3_000_000).fill('x', 1))],
    ['a byte', afterIts(Buffer.from('x'))],
    ['text', afterIts(Buffer.from('garbage'))],
    ['a part with a wrong head', afterIts(Buffer.concat([Buffer.from([31, 0]), packed]))],
    ['a part that ends too early', afterIts(packed.subarray(0, -1))],
  ]
  test.each(
    trailing.flatMap(([name, body]) => [
      [name, 'length', body] as const,
      [name, 'chunked', body] as const,
    ]),
  )('is refused where a gzip is followed by %s (%s)', async (_, framing, body) => {
    const bytes = message(200, gzipHead, body, framing)

    const { failure, words } = await fetchFrom((socket) => sendBytes(socket, bytes), {
      retries: 0,
    })

    expect(failure).toBeInstanceOf(ConnectionError)
    expect(words).toMatch(
      /has (packed its answer in a way that cannot be unpacked|sent something after the end of the packed bytes|cut its answer short)/,
    )
  })

  test.each([
    ['a length that is not reached', message(200, { 'content-length': '100001' }, SOURCE, 'none')],
    ['chunks without the last', message(200, {}, SOURCE, 'chunked').subarray(0, -5)],
    ['chunks, cut within one', message(200, {}, SOURCE, 'chunked').subarray(0, -900)],
    [
      'a gzip and a length that is not reached',
      message(200, { ...gzipHead, 'content-length': `${packed.length + 1}` }, packed, 'none'),
    ],
    [
      'a gzip in chunks without the last',
      message(200, gzipHead, packed, 'chunked').subarray(0, -5),
    ],
  ])('is refused where it has %s', async (_, bytes) => {
    const { failure, words } = await fetchFrom((socket) => sendBytes(socket, bytes), { retries: 0 })

    expect(failure).toBeInstanceOf(ConnectionError)
    expect(words).toMatch(
      /has cut its answer short|closed the connection before its answer was whole/,
    )
  })

  test('is refused where it is no HTTP', async () => {
    const { failure, words } = await fetchFrom(cut('umid,body\r\n\r\n'), { retries: 0 })

    expect(failure).toBeInstanceOf(ConnectionError)
    expect(words).toContain('HTTP')
  })
})

describe('a link', () => {
  test.each([400, 401, 403, 404, 410])('that answers %i does not work any more', async (status) => {
    const { failure, words, requests } = await fetchFrom(apiError(status, 1300, 'Gone'))

    expect(failure).toBeInstanceOf(LinkExpiredError)
    expect(words).toMatch(/The link of job-1\.csv .*does not work any more/)
    // No input of the step is to blame for it.
    expect(words).not.toMatch(/api-key|subaccount-id|The API/)
    expect(words).toContain(`${status}, code 1300, "Gone"`)
    expect(requests).toHaveLength(1)
  })

  test('that stops working in the middle of a file says so', async () => {
    const { failure } = await fetchFrom([sendFile(file, {}, half), answer(410, '')])

    expect(failure).toBeInstanceOf(LinkExpiredError)
  })

  test.each([405, 418])('that answers %i is an error, and tried once', async (status) => {
    const { failure, requests } = await fetchFrom(apiError(status, 1300))

    expect(failure).toBeInstanceOf(ApiError)
    expect(failure).not.toBeInstanceOf(LinkExpiredError)
    expect(requests).toHaveLength(1)
  })

  test.each([408, 429, 500, 502, 503, 504])('that answers %i is tried again', async (status) => {
    const { file: got, requests } = await fetchFrom([apiError(status, 2000), sendFile(file)])

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(requests).toHaveLength(2)
  })

  test('that asks for more than 5 minutes is not waited for', async () => {
    const { words, requests } = await fetchFrom(
      apiError(503, 2000, 'Busy', { 'retry-after': '301' }),
    )

    expect(words).toContain('It asks to wait 301 s (Retry-After)')
    expect(requests).toHaveLength(1)
  })

  test.each([
    '',
    'not an address',
    '/api/v1/relative',
    'ftp://127.0.0.1/x',
    'file:///etc/passwd',
    'data:text/csv,umid',
    `http://sms.8x8.com/${TOKEN}`,
    `http://me:${TOKEN}@127.0.0.1:1/x`,
  ])('that is %j is not fetched', async (link) => {
    const { failure, words } = await fetchLink(link, { apiUrl: 'http://127.0.0.1:1' })

    expect(failure).toBeInstanceOf(ResponseError)
    expect(words).toMatch(/job-1\.csv .*only https/)
  })

  test('to this machine is not fetched where the API is elsewhere', async () => {
    const server = await serve(sendFile(file))

    const { failure } = await fetchLink(`${server.url}${PATH}`, { apiUrl: 'https://sms.8x8.com' })

    expect(failure).toBeInstanceOf(ResponseError)
    expect(server.connections()).toBe(0)
  })

  test.each([
    ['all of it', (link: string) => link],
    ['its path', () => PATH],
    ['its last segment', () => TOKEN],
  ])('is not shown where an error repeats %s', async (_, partOf) => {
    const server = await serve((socket, request) => {
      const link = `${server.url}${PATH}`
      apiError(401, 1200, `No ${partOf(link)}, with Bearer ${API_KEY}`)(socket, request)
    })

    const { words } = await fetchLink(`${server.url}${PATH}`)

    expect(words).toMatch(/401, code 1200, "No (\*\*\*|\(address\)),? with Bearer \*\*\*"/)
  })
})

describe('a part of a link', () => {
  const SIGNATURE = 'fB%2BhQ8v%2F1Zk9w%3D%3D'

  test.each([
    ['a token that is not its end', TOKEN],
    ['the signature in its query', SIGNATURE],
    ['the signature, unescaped', decodeURIComponent(SIGNATURE)],
  ])('is not shown if an error repeats it: %s', async (_, secret) => {
    const server = await serve(apiError(401, 1200, `wrong: ${secret}, sorry`))

    const { words } = await fetchLink(`${server.url}/files/${TOKEN}/logs.csv?sig=${SIGNATURE}`)

    expect(words).toContain('"wrong: ***, sorry"')
  })
})

describe('the token of a hop', () => {
  test.each(['the link', 'the first redirect'])(
    'is not shown if an error repeats that of %s',
    async (which) => {
      const hop = 'h0p-t0ken-0123456789'
      const repeated = which === 'the link' ? TOKEN : hop
      const { words } = await fetchFrom([
        answer(302, '', { location: `/one/${hop}` }),
        answer(302, '', { location: '/two' }),
        apiError(405, 1300, `No ${repeated} here`),
      ])

      expect(words).toContain('"No *** here"')
      expect(words).not.toContain(hop)
    },
  )
})

describe('the key', () => {
  const keyIn = (request: string | undefined) => headerOf(request, 'authorization')

  test('goes along with a link of the API’s own origin', async () => {
    const { requests } = await fetchFrom(sendFile(file))

    expect(keyIn(requests[0])).toBe(`Bearer ${API_KEY}`)
  })

  test('goes with each repeat there', async () => {
    const { requests } = await fetchFrom([sendFile(file, {}, half), sendFile(file)])

    expect(requests.map(keyIn)).toEqual([`Bearer ${API_KEY}`, `Bearer ${API_KEY}`])
  })

  test('goes with a link there where api-url has a path', async () => {
    const server = await serve(sendFile(file))

    await fetchLink(`${server.url}${PATH}`, { apiUrl: `${server.url}/gateway` })

    expect(keyIn(server.requests[0])).toBe(`Bearer ${API_KEY}`)
  })

  test('does not go to another port', async () => {
    const [api, elsewhere] = [await serve(sendFile(file)), await serve(sendFile(file))]

    const { file: got } = await fetchLink(`${elsewhere.url}${PATH}`, { apiUrl: api.url })

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(elsewhere.requests).toHaveLength(1)
    expect(elsewhere.requests[0]).not.toContain(API_KEY)
  })

  test('does not go to another name of the same machine', async () => {
    const server = await serve(sendFile(file))

    const { file: got } = await fetchLink(`http://localhost:${server.port}${PATH}`, {
      apiUrl: server.url,
    })

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(server.requests[0]).not.toContain(API_KEY)
  })

  test('does not follow a redirect to another origin, but is sent again at its own', async () => {
    const api: WireServer = await serve([
      (socket, request) => answer(302, '', { location: `${elsewhere.url}/there` })(socket, request),
      sendFile(file),
    ])
    const elsewhere = await serve(answer(307, '', { location: `${api.url}/back` }))

    const { file: got } = await fetchLink(`${api.url}${PATH}`)

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(elsewhere.requests).toHaveLength(1)
    expect(elsewhere.requests[0]).not.toContain(API_KEY)
    expect(api.requests.map(keyIn)).toEqual([`Bearer ${API_KEY}`, `Bearer ${API_KEY}`])
  })
})

describe('a redirect', () => {
  const redirect = (location: string, status = 302): Reaction => answer(status, '', { location })

  test.each([301, 302, 303, 307, 308])('%i is followed', async (status) => {
    const { file: got, requests } = await fetchFrom([
      redirect('/elsewhere?a=b', status),
      sendFile(file),
    ])

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(requests[1]).toMatch(/^GET \/elsewhere\?a=b HTTP/)
  })

  test('is followed 5 times', async () => {
    const five = Array.from({ length: 5 }, (_, index) => redirect(`/${index}`))

    const { file: got, requests } = await fetchFrom([...five, sendFile(file)])

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(requests).toHaveLength(6)
  })

  test('is not followed a sixth time', async () => {
    const { failure, words, requests } = await fetchFrom(redirect('/again'))

    expect(failure).toBeInstanceOf(ResponseError)
    expect(words).toBe('The file job-1.csv was redirected more than 5 times.')
    expect(requests).toHaveLength(6)
  })

  test.each([
    `http://sms.8x8.com/${TOKEN}`,
    `http://169.254.169.254/${TOKEN}`,
    `ftp://127.0.0.1/${TOKEN}`,
    `file:///etc/${TOKEN}`,
    `http://me:secret@127.0.0.1:1/${TOKEN}`,
    'http://',
  ])('to %s is not followed', async (location) => {
    const { failure, words, requests } = await fetchFrom(redirect(location))

    expect(failure).toBeInstanceOf(ResponseError)
    expect(words).toMatch(/job-1\.csv .*redirect.*only https/)
    expect(requests).toHaveLength(1)
  })

  test.each([300, 302, 304])('%i to nowhere is an error', async (status) => {
    const { failure, words } = await fetchFrom(answer(status, ''))

    expect(failure).toBeInstanceOf(ResponseError)
    expect(words).toContain(`The link of job-1.csv answered ${status} with no file`)
  })

  test.each([
    ['/größe x', '/gr%C3%B6%C3%9Fe%20x'],
    ['/a%2Fb%zz?q=é#f', '/a%2Fb%zz?q=%C3%A9'],
    ['there', PATH.replace(TOKEN, 'there')],
    ['?q', `${PATH}?q`],
  ])('to %j is followed byte for byte', async (location, path) => {
    const { file: got, requests } = await fetchFrom([
      (socket) => socket.end(httpAnswer(302, '', { location })),
      sendFile(file),
    ])

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(requests[1]?.split(' ')[1]).toBe(path)
  })

  test.each(['//sms.8x8.com/x', '/\\sms.8x8.com/x', '\\\\sms.8x8.com\\x'])(
    'to %j leads to another host, and is not followed over http',
    async (location) => {
      const { failure, requests } = await fetchFrom(redirect(location))

      expect(failure).toBeInstanceOf(ResponseError)
      expect(requests).toHaveLength(1)
    },
  )

  test('is asked for again from the link on when the transfer goes on', async () => {
    const { file: got, requests } = await fetchFrom([
      redirect('/there'),
      sendFile(file, {}, half),
      redirect('/there'),
      sendFile(file),
    ])

    expect(got.bytes.equals(SOURCE)).toBe(true)
    expect(requests.map((request) => request.split(' ')[1])).toEqual([
      PATH,
      '/there',
      PATH,
      '/there',
    ])
    expect(headerOf(requests[3], 'range')).toMatch(/^bytes=[1-9]/)
  })
})

describe('a fetch', () => {
  test('ends when the runner wants the step to end, and is not repeated', async () => {
    const step = new RecordedStep()
    const reaction: Reaction = (socket, request) => {
      sendFile(file, {}, { at: 0.5, how: 'stall' })(socket, request)
      step.interrupt(new InterruptedError('SIGTERM'))
    }

    const { failure, words, requests } = await fetchFrom(reaction, {
      step,
      requestTimeoutMs: 40_000,
    })

    expect(failure).toBeInstanceOf(StepError)
    expect(words).toBe('Interrupted by SIGTERM.')
    expect(requests).toHaveLength(1)
  })

  test('waits for the disk before it takes more, and the wire is not blamed for that', async () => {
    class SlowFile extends MemoryFile {
      writing = 0
      most = 0
      override async write(chunk: Buffer): Promise<void> {
        this.writing += 1
        this.most = Math.max(this.most, this.writing)
        // Longer than request-timeout.
        await systemClock.sleep(this.chunks.length === 0 ? 150 : 0, new AbortController().signal)
        await super.write(chunk)
        this.writing -= 1
      }
    }
    const slow = new SlowFile()

    const { failure } = await fetchFrom(sendFile(file), {
      file: slow,
      requestTimeoutMs: 100,
      retries: 0,
    })

    expect(failure).toBeUndefined()
    expect(slow.most).toBe(1)
    expect(slow.bytes.equals(SOURCE)).toBe(true)
  })

  test('fails with what the disk says, and is not repeated', async () => {
    const failing = new MemoryFile()
    const full = new StepError('The file job-1.csv cannot be saved: the disk is full (ENOSPC).')
    failing.write = () => Promise.reject(full)

    const { failure, requests } = await fetchFrom(sendFile(file), { file: failing })

    expect(failure).toBe(full)
    expect(requests).toHaveLength(1)
  })

  test('ends with a bug of our own as it is: nobody’s connection is blamed, nothing is repeated', async () => {
    const bug = new TypeError('undefined is not a function')
    const buggy = new MemoryFile()
    buggy.write = () => {
      throw bug
    }
    const onProgress = (): never => {
      throw bug
    }

    const inSink = await fetchFrom(sendFile(file), { file: buggy })
    const inProgress = await fetchFrom(sendFile(file), { onProgress })

    expect([inSink.failure, inProgress.failure]).toEqual([bug, bug])
    expect([inSink.requests.length, inProgress.requests.length]).toEqual([1, 1])
  })

  test('says in the log that it goes on, by the file’s name', async () => {
    const { step } = await fetchFrom([
      cut(httpAnswer(200, 'u', { 'content-length': '9' })),
      sendFile(file),
    ])

    expect(step.events).toEqual([
      expect.stringMatching(
        /^info: http:\/\/127\.0\.0\.1:\d+ closed the connection before its answer was whole \(ECONNRESET\)\. .*Trying again in 1 s \(repeat 1 of 3\)\.$/,
      ),
    ])
  })
})
