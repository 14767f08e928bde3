import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { ActionRun } from './helpers/run-action.js'
import {
  API_KEY,
  commandsOf,
  errorsOf,
  launchStart,
  PHONE_NUMBER,
  runStart,
} from './helpers/run-start.js'
import {
  answer,
  apiError,
  cut,
  httpAnswer,
  JOB_ID,
  type Reaction,
  reset,
  stall,
  started,
  startWireServer,
} from './helpers/wire-server.js'

const JSON_TYPE = { 'content-type': 'application/json' }
const STARTED_BODY = JSON.stringify({ jobId: JOB_ID })
/** For a server that says nothing; a busy machine still has its request read by then. */
const SOON = { 'request-timeout': '2s' }
const MAY_BE_RUNNING = 'A job may be running'

/** Control characters but the line feed, and marks of direction. */
const NOT_FOR_A_LOG = /(?!\n)[\p{Cc}\p{Cf}]/u

interface Faced extends ActionRun {
  requests: readonly string[]
  connections: number
  errors: string[]
}

/** A start at a server that does as the reactions say. */
async function face(
  reactions: Reaction | readonly Reaction[],
  inputs: Record<string, string> = {},
): Promise<Faced> {
  const server = await startWireServer(reactions)
  const run = await runStart(server.url, { inputs })
  await server.close()
  const { requests } = server
  return { ...run, requests, connections: server.connections(), errors: errorsOf(run) }
}

function expectFailure(run: Faced, requests: number): void {
  expect(run.exitCode).toBe(1)
  expect(run.errors).toHaveLength(1)
  expect(run.outputs).not.toHaveProperty('job-id')
  expect(run.requests).toHaveLength(requests)
  expect(run.stderr).toBe('')
}

const asHttps = (url: string): string => url.replace('http:', 'https:')

/** The answer's own bytes with a length that promises more. */
const longer = (extra: number): string =>
  httpAnswer(202, STARTED_BODY, { 'content-length': String(STARTED_BODY.length + extra) })

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`
const chunkedHead = httpAnswer(202, '', { 'transfer-encoding': 'chunked', ...JSON_TYPE })

describe.concurrent('an answer that does not come whole', () => {
  const cases: [string, Reaction][] = [
    ['cut before its Content-Length', cut(longer(1))],
    ['cut in the middle of its JSON', cut(longer(1).slice(0, -20))],
    ['cut before its last chunk', cut(chunkedHead + chunk(STARTED_BODY))],
    ['cut in its headers', cut('HTTP/1.1 202 Accepted\r\ncontent-type: appl')],
    ['cut before its first byte', cut('')],
    ['reset after the request was read', reset()],
    ['reset in the middle of its body', reset(longer(1))],
    ['that is no HTTP', cut('SSH-2.0-OpenSSH_9.6\r\n')],
  ]
  const silent: [string, Reaction][] = [
    ['with a body that stops coming', stall(longer(1))],
    ['with chunks that stop coming', stall(chunkedHead + chunk(STARTED_BODY))],
    ['with headers that stop coming', stall('HTTP/1.1 202 Accepted\r\ncontent-type: appl')],
    ['that never begins', stall('')],
  ]

  test.each([
    ...cases.map(([title, reaction]) => [title, reaction, {}] as const),
    ...silent.map(([title, reaction]) => [title, reaction, SOON] as const),
  ])('%s fails, is sent once, and names a possible job', async (_, reaction, inputs) => {
    const run = await face(reaction, { retries: '3', ...inputs })

    expectFailure(run, 1)
    expect(run.errors[0]).toContain(MAY_BE_RUNNING)
    expect(run.errors[0]).toMatch(/export started in acme_sg at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/)
  })

  test('says how long it was waited for', async () => {
    const run = await face(stall(''), SOON)

    expect(run.errors[0]).toMatch(/^http:\S+ sent nothing for 2 s \(request-timeout\)\. A job may/)
  })
})

describe.concurrent('an answer that comes slowly', () => {
  /** Sends piece by piece, each well within 2 s, all of it past that. */
  const drip =
    (pieces: string[]): Reaction =>
    (socket) => {
      const timer = setInterval(() => {
        const piece = pieces.shift()
        if (piece === undefined) clearInterval(timer)
        else socket.write(piece)
      }, 500)
      socket.on('close', () => clearInterval(timer))
    }

  test('is waited for while its headers come', async () => {
    const text = httpAnswer(202, STARTED_BODY)
    const pieces = [
      text.slice(0, 5),
      text.slice(5, 9),
      text.slice(9, 14),
      text.slice(14, 18),
      text.slice(18),
    ]

    const run = await face(drip(pieces), SOON)

    expect(run.exitCode).toBe(0)
    expect(run.outputs['job-id']).toBe(JOB_ID)
  })

  test('is waited for while its body comes', async () => {
    const text = httpAnswer(202, STARTED_BODY)
    const cuts = [-60, -45, -30, -15]
    const pieces = [text.slice(0, -60), ...cuts.map((from, at) => text.slice(from, cuts[at + 1]))]

    const run = await face(drip(pieces), SOON)

    expect(run.exitCode).toBe(0)
    expect(run.outputs['job-id']).toBe(JOB_ID)
  })
})

describe.concurrent('an answer in an unusual form of HTTP', () => {
  const text = httpAnswer(202, STARTED_BODY, JSON_TYPE)
  const early = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'
  const trailer = `${chunkedHead}${chunk(STARTED_BODY)}0\r\nx-trailer: y\r\n\r\n`

  test.each([
    ['of HTTP/1.0 that ends with the connection', cut(`HTTP/1.0 202 OK\r\n\r\n${STARTED_BODY}`)],
    ['after others that say to wait', cut(`HTTP/1.1 100 Continue\r\n\r\n${early}${early}${text}`)],
    ['with a trailer', cut(trailer)],
    ['that keeps the connection open', stall(text)],
    ['with another answer behind it', cut(`${text}${httpAnswer(500, 'x')}`)],
    ['with the offer of another protocol', answer(202, STARTED_BODY, { upgrade: 'h2c' })],
  ])('%s is a start', async (_, reaction) => {
    const run = await face(reaction)

    expect(run.exitCode).toBe(0)
    expect(run.outputs['job-id']).toBe(JOB_ID)
    expect(run.requests).toHaveLength(1)
  })

  const twoLengths = ['5', '76'].map((length) => `content-length: ${length}\r\n`).join('')

  test.each([
    ['with two lengths', cut(`HTTP/1.1 202 OK\r\n${twoLengths}\r\n${STARTED_BODY}`)],
    ['of HTTP/1.0 that is cut', cut(`HTTP/1.0 202 OK\r\n\r\n${STARTED_BODY.slice(0, -3)}`)],
    ['that begins to speak another protocol', cut('HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n')],
    ['without a status line', cut(STARTED_BODY)],
    [
      'packed, which was not asked for',
      answer(202, '\u001f\u008b\u0008', { 'content-encoding': 'gzip' }),
    ],
  ])('%s is none, is sent once, and tells of a job', async (_, reaction) => {
    const run = await face(reaction, { retries: '3' })

    expectFailure(run, 1)
    expect(run.errors[0]).toContain(MAY_BE_RUNNING)
  })

  test('of 426 with the protocol that is wanted says what to do', async () => {
    const upgrade = { upgrade: 'TLS/1.3', connection: 'Upgrade, close' }

    const run = await face(apiError(426, 1014, 'Use TLS 1.3', upgrade))

    expectFailure(run, 1)
    expect(run.errors[0]).toContain('TLS 1.3')
  })
})

describe.concurrent('a success that names no job', () => {
  const cases: [string, string, string][] = [
    ['HTML', '<html>Welcome</html>', 'JSON object'],
    ['nothing', '', 'JSON object'],
    ['half of an object', '{"jobId": "abc', 'JSON object'],
    ['no jobId', '{"id": "abc"}', 'its jobId is missing'],
    ['a number as jobId', '{"jobId": 42}', 'its jobId is a number'],
    ['a line break in the jobId', '{"jobId": "abc\\njob-id=evil"}', 'other characters'],
    ['a path in the jobId', '{"jobId": "../../admin"}', 'other characters'],
    ['a workflow command as jobId', '{"jobId": "::add-mask::abc"}', 'other characters'],
    [
      'a command with a name in the jobId',
      '{"jobId": "x::set-output name=a::b"}',
      'other characters',
    ],
    ['an old command in the jobId', '{"jobId": "##[error]abc"}', 'other characters'],
    ['the key as jobId', `{"jobId": "${API_KEY}"}`, 'secret'],
    ['the number in the jobId', `{"jobId": "job-${PHONE_NUMBER.slice(1)}"}`, 'secret'],
    ['a jobId of 257 characters', `{"jobId": "${'a'.repeat(257)}"}`, 'other characters'],
  ]

  test.each(cases)('%s fails and outputs no id', async (_, body, reason) => {
    const run = await face(answer(202, body, JSON_TYPE), { retries: '3' })

    expectFailure(run, 1)
    expect(run.errors[0]).toContain(`The API answered 202`)
    expect(run.errors[0]).toContain(reason)
    expect(run.errors[0]).toContain(MAY_BE_RUNNING)
    expect(
      commandsOf(run).filter((name) => !['add-mask', 'debug', 'error'].includes(name)),
    ).toEqual([])
    expect(run.stdout.match(/add-mask/g)).toHaveLength(3)
  })

  test.each(['200', '201', '202'])('%s with a jobId is a start', async (status) => {
    const run = await face(answer(Number(status), STARTED_BODY))

    expect(run.exitCode).toBe(0)
    expect(run.outputs['job-id']).toBe(JOB_ID)
  })

  test('204 is none', async () => {
    const run = await face(cut('HTTP/1.1 204 No Content\r\n\r\n'))

    expectFailure(run, 1)
    expect(run.errors[0]).toContain(MAY_BE_RUNNING)
  })
})

describe.concurrent('an answer without an end', () => {
  const flood =
    (head: string, piece: string): Reaction =>
    (socket) => {
      socket.write(head)
      const pour = (): void => {
        while (socket.writable && socket.write(piece)) {
          // until the client stops reading
        }
      }
      socket.on('drain', pour)
      pour()
    }

  test('is given up after 1 MiB', async () => {
    const run = await face(flood(chunkedHead, chunk('{"a":'.repeat(10_000))), { retries: '3' })

    expectFailure(run, 1)
    expect(run.errors[0]).toContain('has sent more than 1048576 bytes')
    expect(run.errors[0]).toContain(MAY_BE_RUNNING)
  })

  test('is given up where it is 50 MB of JSON with a job in it', async () => {
    const body = `{"jobId":"${JOB_ID}","padding":"${'x'.repeat(50_000_000)}"}`

    const run = await face(answer(202, body, JSON_TYPE), { retries: '3' })

    expectFailure(run, 1)
    expect(run.errors[0]).toContain('has sent more than 1048576 bytes')
  })

  test('is given up where its headers have no end', async () => {
    const run = await face(flood('HTTP/1.1 202 Accepted\r\n', 'x-more: and more\r\n'))

    expectFailure(run, 1)
    expect(run.errors[0]).toContain(MAY_BE_RUNNING)
  })

  test('of an error still says its status', async () => {
    const head = httpAnswer(503, '', { 'transfer-encoding': 'chunked' })

    const run = await face(flood(head, chunk('<p>'.repeat(10_000))), { retries: '0' })

    expectFailure(run, 1)
    expect(run.errors[0]).toContain('The API answered 503.')
  })
})

describe.concurrent('a redirect', () => {
  test.each([302, 308])('%i is not followed, and the key is not sent on', async (status) => {
    const elsewhere = await startWireServer(started)

    const run = await face(answer(status, '', { location: `${elsewhere.url}/api` }), {
      retries: '3',
    })
    await elsewhere.close()

    expectFailure(run, 1)
    expect(run.errors[0]).toContain(` ${status}, a redirect`)
    expect(elsewhere.connections()).toBe(0)
  })

  test.each(['/here', 'https://sms.8x8.com/api', ':::'])(
    'to %s is not followed',
    async (location) => {
      const run = await face(answer(307, STARTED_BODY, { location }))

      expectFailure(run, 1)
      expect(run.errors[0]).toContain('a redirect')
    },
  )
})

describe.concurrent('a server that cannot be reached', () => {
  test('is tried again where it refuses the connection, as no job can have started', async () => {
    const server = await startWireServer(started)
    await server.close()

    const run = await runStart(server.url, { inputs: { retries: '1' } })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([
      expect.stringMatching(`^${server.url} refused .*ECONNREFUSED.*api-url`),
    ])
    expect(run.stdout).toContain('Trying again in 1 s (repeat 1 of 1).')
    expect(run.stdout).not.toContain(MAY_BE_RUNNING)
  })

  test('is named where its name has no address', async () => {
    const run = await runStart('https://api.test.invalid', { inputs: { retries: '0' } })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)[0]).toMatch(/^https:\/\/api\.test\.invalid has no address/)
    expect(run.stdout).not.toContain(MAY_BE_RUNNING)
  })

  test('is tried again where it resets the connection before TLS is agreed on', async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined))
      socket.once('data', () => socket.resetAndDestroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo

    const run = await runStart(`https://127.0.0.1:${port}`, { inputs: { retries: '1' } })
    await new Promise((resolve) => server.close(resolve))

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([
      expect.stringMatching(`^https://127\\.0\\.0\\.1:${port} .*\\(ECONNRESET\\)\\.`),
    ])
    expect(sockets).toHaveLength(2)
  })

  test('is not tried again where it speaks no TLS', async () => {
    const server = await startWireServer(started, { greeting: 'HTTP/1.1 400 Bad Request\r\n\r\n' })

    const run = await runStart(asHttps(server.url), { inputs: { retries: '3' } })
    await server.close()

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)[0]).toMatch(/^https:\S+ .*TLS \(EPROTO\)/)
    expect(server.connections()).toBe(1)
  })

  test('is given up where it takes the connection and says nothing of TLS', async () => {
    const silent = await startWireServer(stall(''))

    const run = await runStart(asHttps(silent.url), { inputs: { retries: '0', ...SOON } })
    await silent.close()

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([
      expect.stringContaining(`${asHttps(silent.url)} took no connection within 2 s`),
    ])
  })
})

describe.concurrent('a server that is busy', () => {
  const busy = (status: number, retryAfter?: string): Reaction =>
    apiError(status, 9999, 'Busy', retryAfter === undefined ? {} : { 'retry-after': retryAfter })

  test.each([
    [429, '0', 1],
    [503, '2', 2],
    [503, 'Sun, 06 Nov 1994 08:49:37 GMT', 1],
  ])('%i is tried again after Retry-After: %s', async (status, retryAfter, seconds) => {
    const run = await face([busy(status, retryAfter), started])

    expect(run.exitCode).toBe(0)
    expect(run.outputs['job-id']).toBe(JOB_ID)
    expect(run.requests).toHaveLength(2)
    expect(run.stdout).toContain(`Trying again in ${seconds} s (repeat 1 of 1).`)
  })

  test.each([undefined, 'soon'])(
    'is tried again after a second where Retry-After is %s',
    async (retryAfter) => {
      const run = await face([busy(429, retryAfter), started])

      expect(run.exitCode).toBe(0)
      expect(run.requests).toHaveLength(2)
      expect(run.stdout).toContain('Trying again in 1 s (repeat 1 of 1).')
    },
  )

  test.each(['301', new Date(Date.now() + 3_600_000).toUTCString()])(
    'is not waited for where Retry-After is %s',
    async (retryAfter) => {
      const run = await face([busy(429, retryAfter), started], { retries: '3' })

      expectFailure(run, 1)
      expect(run.errors[0]).toMatch(/ \d+ s \(Retry-After\).* 300 s/)
    },
  )

  test('is tried as often as retries says', async () => {
    const run = await face(busy(503, '0'), { retries: '3' })

    expectFailure(run, 4)
    expect(run.errors[0]).toContain('The API answered 503, code 9999, "Busy"')
    expect(run.errors[0]).not.toContain(MAY_BE_RUNNING)
  })

  test.each([500, 504])('%i is not tried again, and tells of a job', async (status) => {
    const run = await face([busy(status, '0'), started], { retries: '3' })

    expectFailure(run, 1)
    expect(run.errors[0]).toContain(MAY_BE_RUNNING)
  })

  test.each([400, 404, 408])('%i is not tried again', async (status) => {
    const run = await face([busy(status, '0'), started], { retries: '3' })

    expectFailure(run, 1)
    expect(run.errors[0]).not.toContain(MAY_BE_RUNNING)
  })
})

describe.concurrent('what a server says in an error', () => {
  const hostile: [string, string][] = [
    ['line breaks and a command', 'no\n::set-output name=job-id::evil\r\n::error::x'],
    ['a mask', '::add-mask::Trying'],
    ['an old command', 'see ##[set-env name=PATH]/evil'],
    ['escapes', '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u009b1m'],
    ['marks of direction', 'a\u202e\u2066b\u200f'],
    ['the key', `your key ${API_KEY} is wrong`],
    ['the key with a mark in it', `key ${API_KEY.slice(0, 6)}\u200b${API_KEY.slice(6)}`],
    ['the number', `bad number ${PHONE_NUMBER}, ${PHONE_NUMBER.slice(1)}`],
    ['the key in base64', Buffer.from(`Bearer ${API_KEY}`).toString('base64')],
    ['the key in two lines', `${API_KEY.slice(0, 9)}\r\n${API_KEY.slice(9)}`],
    ['the number in groups', 'no 65 9876-5432, 65.9876.5432 or (65)9876/5432'],
    ['commands that a percent sign hides', '%0A::set-output name=job-id::evil%0D%0A::error::x'],
    ['a link', 'see https://sms.8x8.com/download/t0ken-1234'],
    ['a very long text', 'long '.repeat(100_000)],
  ]

  test.each(hostile)('is harmless if it contains %s', async (_, message) => {
    const run = await face(apiError(400, 1000, message))

    expectFailure(run, 1)
    expect(run.errors[0]).toMatch(/^The API answered 400, code 1000, "[^\n]*", errorId/)
    expect(commandsOf(run).filter((name) => name !== 'debug')).toEqual([
      'add-mask',
      'add-mask',
      'add-mask',
      'error',
    ])
    expect(run.stdout).not.toMatch(NOT_FOR_A_LOG)
    expect(run.stdout).not.toMatch(/t0ken|9876.5432/)
    expect(run.stdout).not.toContain(Buffer.from(API_KEY).toString('base64').slice(0, -4))
    expect(run.errors[0]).not.toContain(API_KEY.slice(9))
    expect(run.errors[0]?.length).toBeLessThan(600)
  })

  test.each([
    ['HTML', '<html><body>Bad gateway</body></html>'],
    ['nothing', ''],
    ['other JSON', '{"code": "1", "message": 7, "errorId": "::error::x"}'],
  ])('is left out where it is %s, and the status is said', async (_, body) => {
    const run = await face(answer(403, body))

    expectFailure(run, 1)
    expect(run.errors).toEqual([
      expect.stringMatching(/^[\w ]+ 403\. .*api-key, subaccount-id and region/),
    ])
  })

  test('is left out where it is cut, and the status is said', async () => {
    const run = await face(cut(httpAnswer(401, '{"code": 1200', { 'content-length': '200' })))

    expectFailure(run, 1)
    expect(run.errors[0]).toMatch(/^[\w ]+ 401\. .* api-key/)
  })
})

/** Windows knows no signals: there a runner ends the process, and nothing can be said any more. */
const SIGNALS = process.platform === 'win32' ? [] : (['SIGINT', 'SIGTERM'] as const)

describe.concurrent.each(SIGNALS)('%s', (signal) => {
  test('while an answer is awaited ends the step, which tells of a job', async () => {
    const server = await startWireServer(stall(''))
    const { child, ended } = launchStart(server.url, { inputs: { 'request-timeout': '40s' } })
    await server.received(1)

    child.kill(signal)
    const run = await ended
    await server.close()

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)[0]).toContain(`Interrupted by ${signal}. ${MAY_BE_RUNNING}`)
  })

  test('while an answer comes ends the step, which tells of a job', async () => {
    const server = await startWireServer((socket) => {
      socket.write(longer(1), () => child.kill(signal))
    })
    const { child, ended } = launchStart(server.url, { inputs: { 'request-timeout': '40s' } })
    const run = await ended
    await server.close()

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)[0]).toContain(`Interrupted by ${signal}. ${MAY_BE_RUNNING}`)
  })

  test('while a repeat is awaited ends the step, which knows of no job', async () => {
    const server = await startWireServer(apiError(429, 9999, 'Busy', { 'retry-after': '60' }))
    const { child, ended, logged } = launchStart(server.url)
    await logged('Trying again in 60 s')

    child.kill(signal)
    const run = await ended
    await server.close()

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([`Interrupted by ${signal}. No job was started.`])
  })

  test('while the connection is made ends the step, which knows of no job', async () => {
    const server = await startWireServer(stall(''))
    const { child, ended } = launchStart(asHttps(server.url), {
      inputs: { 'request-timeout': '40s' },
    })
    await server.connected()

    child.kill(signal)
    const run = await ended
    await server.close()

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([`Interrupted by ${signal}. No job was started.`])
  })
})
