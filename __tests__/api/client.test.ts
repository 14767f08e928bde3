import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ExportClient } from '../../src/api/client.js'
import { ConnectionError, ResponseError, StartLostError } from '../../src/api/errors.js'
import type { Http, HttpRequest } from '../../src/api/http.js'
import { createPacer } from '../../src/api/wait.js'
import { systemClock, unlessAborted } from '../../src/clock.js'
import { InterruptedError, StepError } from '../../src/errors.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import {
  httpAnswer,
  JOB_ID,
  type Reaction,
  started,
  startWireServer,
  type WireServer,
} from '../helpers/wire-server.js'

type Transport = Http['send']

/** A network that answers so. */
const wired = (send: Transport): Pick<Http, 'send' | 'call'> => ({
  send,
  call: () => {
    throw new TypeError('no file is asked for here')
  },
})

let server: WireServer
let reaction: Reaction = started

beforeAll(async () => {
  server = await startWireServer((socket, request) => reaction(socket, request))
})

afterAll(() => server.close())

function apiFor(subaccountId = 'acme_sg', step = new RecordedStep()): ExportClient {
  const connection = {
    apiKey: 'kEy-0123456789',
    subaccountId,
    baseUrl: server.url,
    requestTimeoutMs: 5_000,
    retries: 0,
  }
  return new ExportClient(connection, { clock: systemClock, step, random: () => 1 })
}

describe('an answer', () => {
  const whole = httpAnswer(202, JSON.stringify({ jobId: JOB_ID }), {
    'content-type': 'application/json',
  })
  const chunked = [
    httpAnswer(202, '', { 'transfer-encoding': 'chunked' }),
    `8\r\n{"jobId"\r\n`,
    `${(JOB_ID.length + 4).toString(16)}\r\n:"${JOB_ID}"}\r\n`,
    '0\r\n\r\n',
  ].join('')

  test.each([
    ['a length', whole],
    [
      'chunks',
      chunked.replace(
        `${(JOB_ID.length + 4).toString(16)}\r\n`,
        `${(JOB_ID.length + 4).toString(16)}\r\n`,
      ),
    ],
  ])('with %s that is cut anywhere gives no id, and a whole one gives it', async (_, text) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: text.length }),
        fc.boolean(),
        async (at, isReset) => {
          reaction = (socket) => {
            if (isReset && at < text.length)
              socket.write(text.slice(0, at), () => socket.resetAndDestroy())
            else socket.end(text.slice(0, at))
          }
          const outcome = await apiFor()
            .start({ limit: 0 })
            .catch((error: unknown) => error)

          if (outcome === JOB_ID) expect(at).toBe(text.length)
          else expect(outcome).toBeInstanceOf(StepError)
        },
      ),
      {
        numRuns: 60,
        examples: [
          [text.length, false],
          [text.length - 1, false],
          [0, true],
        ],
      },
    )
    reaction = started
  })

  test('of any bytes gives a valid id or a StepError, and ends', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array).toString('latin1')),
      fc.string({ maxLength: 100 }).map((body) => httpAnswer(202, body)),
      fc.json().map((body) => httpAnswer(200, body)),
    )
    await fc.assert(
      fc.asyncProperty(bytes, async (text) => {
        reaction = (socket) => socket.end(Buffer.from(text, 'latin1'))
        const outcome = await apiFor()
          .start({ limit: 0 })
          .catch((error: unknown) => error)

        expect(outcome).toBeInstanceOf(StepError)
      }),
      { numRuns: 60 },
    )
    reaction = started
  })
})

describe('a runner that gives secrets away by itself', () => {
  test.each([
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, ['NODE_TLS_REJECT_UNAUTHORIZED']],
    [{ NODE_DEBUG: 'http,net' }, ['NODE_DEBUG']],
    [{ NODE_DEBUG: 'fs', NODE_TLS_REJECT_UNAUTHORIZED: '1' }, []],
  ])('with %j is warned of', (env, names) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    onTestFinished(() => void vi.unstubAllEnvs())
    const step = new RecordedStep()

    apiFor('acme_sg', step)

    expect(step.events.filter((event) => event.startsWith('warning'))).toEqual(
      names.map((name) => expect.stringContaining(name)),
    )
  })

  test.each([{ NODE_DEBUG: 'http' }, { no_proxy: 'sms.8x8.com' }, { no_proxy: '*' }])(
    'has the password of its proxy masked, in the form in which it is sent, with %j',
    (env) => {
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
      vi.stubEnv('https_proxy', 'http://user:pr0xy-word@127.0.0.1:3128')
      onTestFinished(() => void vi.unstubAllEnvs())
      const step = new RecordedStep()
      const connection = {
        ...{ apiKey: 'kEy-0123456789', subaccountId: 'acme_sg', requestTimeoutMs: 1_000 },
        ...{ baseUrl: 'https://sms.8x8.com', retries: 0 },
      }

      new ExportClient(connection, { clock: systemClock, step, random: () => 1 })

      expect(step.events.filter((event) => event.startsWith('mask'))).toEqual([
        expect.stringContaining(Buffer.from('user:pr0xy-word').toString('base64')),
      ])
    },
  )
})

describe('a subaccount', () => {
  test('arrives as it was written, in one segment of the path', async () => {
    const ids = fc.stringMatching(/^[A-Za-z0-9\-._&]{3,50}$/)
    await fc.assert(
      fc.asyncProperty(ids, async (id) => {
        await expect(apiFor(id).start({ limit: 0 })).resolves.toBe(JOB_ID)

        const [, path = ''] = /^POST (\S+) HTTP/.exec(server.requests.at(-1) ?? '') ?? []
        const segments = path.split('/').map(decodeURIComponent)
        expect(segments).toEqual(['', 'api', 'v1', 'subaccounts', id, 'messages', 'exports'])
      }),
      { numRuns: 50 },
    )
  })
})

describe('a step that was interrupted before', () => {
  test('sends nothing', async () => {
    const step = new RecordedStep()
    const before = server.connections()
    step.interrupt(new StepError('Enough.'))

    await expect(apiFor('acme_sg', step).start({ limit: 0 })).rejects.toBeInstanceOf(StepError)

    expect(server.connections()).toBe(before)
  })
})

describe('a start that fails', () => {
  const MAY_BE_RUNNING = 'the export started in acme_sg at 2026-11-24T10:20:30Z'

  /** A start whose only try goes as the transport says. */
  async function startWith(
    transport: Transport,
    step = new RecordedStep(),
    retries = 0,
  ): Promise<unknown> {
    const connection = {
      apiKey: 'kEy-0123456789',
      subaccountId: 'acme_sg',
      baseUrl: 'https://sms.8x8.com',
      requestTimeoutMs: 1_000,
      retries,
    }
    const clock = new ManualClock()
    const http = wired(transport)
    const api = new ExportClient(connection, { http, clock, step, random: () => 1 })
    const work = api.start({ limit: 0, phoneNumber: '6511111111' }).catch((error: unknown) => error)
    return clock.runUntil(work)
  }

  const rejecting =
    (error: unknown): Transport =>
    () =>
      Promise.reject(error)
  const answering =
    (httpStatus: number, body = ''): Transport =>
    async () => ({ httpStatus, headers: {}, body })

  test('tells of a job where its answer was lost', async () => {
    const lost = new ConnectionError('The wire was cut.', { sent: 'maybe' })

    const failure = await startWith(rejecting(lost))

    expect(failure).toBeInstanceOf(StartLostError)
    expect(failure).toMatchObject({ cause: lost })
    expect((failure as Error).message).toContain(lost.message)
    expect((failure as Error).message).toContain(MAY_BE_RUNNING)
  })

  test.each([500, 502, 504, 599])('tells of a job after %i', async (status) => {
    const failure = await startWith(answering(status))

    expect(failure).toBeInstanceOf(StartLostError)
    expect((failure as Error).message).toContain(MAY_BE_RUNNING)
  })

  test('tells of a job where a success names none', async () => {
    expect(await startWith(answering(202, '{}'))).toBeInstanceOf(StartLostError)
  })

  test.each([400, 401, 404, 408, 429, 503, 302])('tells of none after %i', async (status) => {
    const failure = await startWith(answering(status))

    expect(failure).not.toBeInstanceOf(StartLostError)
    expect((failure as Error).message).not.toContain('may be running')
  })

  test('tells of none where it was never sent', async () => {
    const refused = new ConnectionError('Refused.', { sent: 'no' })

    expect(await startWith(rejecting(refused))).toBe(refused)
  })

  test('knows of no job where it was interrupted before it was sent', async () => {
    const cause = new InterruptedError('SIGINT')
    const unsent = new ConnectionError(cause.message, { sent: 'no', permanent: true, cause })

    expect(await startWith(rejecting(unsent))).toMatchObject({
      message: 'Interrupted by SIGINT. No job was started.',
    })
  })

  test('passes on what is no failure of the API', async () => {
    const bug = new TypeError('a bug')

    expect(await startWith(rejecting(bug))).toBe(bug)
  })

  test('shows neither the key nor the number that an error repeats', async () => {
    const body = JSON.stringify({ code: 1002, message: 'kEy-0123456789 and 6511111111' })

    expect(await startWith(answering(400, body))).toMatchObject({
      message: expect.stringContaining('The API answered 400, code 1002, "*** and ***".'),
    })
  })

  test('says when it was last sent, which may be long after it was first', async () => {
    const answers = [{ httpStatus: 429, headers: {}, retryAfterMs: 300_000, body: '' }]
    const transport: Transport = async () =>
      answers.shift() ?? { httpStatus: 500, headers: {}, body: '' }

    const failure = await startWith(transport, new RecordedStep(), 1)

    expect((failure as Error).message).toContain('started in acme_sg at 2026-11-24T10:25:30Z')
  })

  test('hands on no id in which the key or the number is', async () => {
    for (const jobId of ['kEy-0123456789', 'job-6511111111']) {
      const failure = await startWith(answering(202, JSON.stringify({ jobId })))

      expect(failure).toBeInstanceOf(StartLostError)
      expect((failure as Error).message).toMatch(/202.* jobId .*secret/)
    }
  })

  test('is sent again where no job can have started, and says what it does', async () => {
    const step = new RecordedStep()
    const answers = [
      { httpStatus: 503, headers: {}, retryAfterMs: 2_000, body: '' },
      { httpStatus: 202, headers: {}, body: '{"jobId":"job-1"}' },
    ]
    const requests: HttpRequest[] = []
    const transport: Transport = async (request) => {
      requests.push(request)
      return answers.shift() ?? { httpStatus: 500, headers: {}, body: '' }
    }

    expect(await startWith(transport, step, 1)).toBe('job-1')
    expect(requests).toHaveLength(2)
    expect(requests[0]).toEqual({
      method: 'POST',
      url: new URL('https://sms.8x8.com/api/v1/subaccounts/acme_sg/messages/exports'),
      headers: {
        authorization: 'Bearer kEy-0123456789',
        accept: 'application/json',
        'accept-encoding': 'identity',
        'content-type': 'application/json',
      },
      body: '{"limit":0,"phoneNumber":"6511111111"}',
    })
    expect(step.events).toEqual([
      'debug: POST /api/v1/subaccounts/acme_sg/messages/exports: 503, 0 characters, 0 ms',
      expect.stringMatching(/^info: .* 503\..* 2 s .* 1 of 1/),
      'debug: POST /api/v1/subaccounts/acme_sg/messages/exports: 202, 17 characters, 0 ms',
    ])
  })
})

describe('a job that is asked for', () => {
  const signal = new AbortController().signal

  /** The API whose answers are these, in their order, and what it was asked. */
  function apiAnswering(...answers: ([number, (object | string)?, number?] | 'silence')[]) {
    const requests: string[] = []
    const clock = new ManualClock()
    const transport: Transport = async ({ method, url, headers, body }, ended) => {
      requests.push(`${method} ${url.pathname} ${headers.authorization} ${body ?? ''}`)
      const answer = answers.shift() ?? [500]
      if (answer === 'silence') return unlessAborted(new Promise<never>(() => undefined), ended)
      const [httpStatus, content = '', retryAfterMs] = answer
      const text = typeof content === 'string' ? content : JSON.stringify(content)
      return { httpStatus, headers: {}, retryAfterMs, body: text }
    }
    const connection = {
      apiKey: 'kEy-0123456789',
      subaccountId: 'a&b',
      baseUrl: 'https://sms.8x8.com',
      requestTimeoutMs: 1_000,
      retries: 2,
    }
    const step = new RecordedStep()
    const http = wired(transport)
    const api = new ExportClient(connection, { http, clock, step, random: () => 1 })
    const outcome = (work: Promise<unknown>) => clock.runUntil(work.catch((error) => error))
    return { api, requests, outcome, clock, step, connection }
  }

  const PATH = '/api/v1/subaccounts/a%26b/messages/exports/job-1 Bearer kEy-0123456789 '

  test('is read, again where that may help', async () => {
    const { api, requests, outcome } = apiAnswering([500], [502], [200, { status: 'running' }])

    expect(await outcome(api.read('job-1', signal))).toMatchObject({ jobStatus: 'running' })
    expect(requests).toEqual([`GET ${PATH}`, `GET ${PATH}`, `GET ${PATH}`])
  })

  test('is read in turns, also where it is read again', async () => {
    const { api, requests, outcome, clock } = apiAnswering([500], [502], [200, { status: 'empty' }])
    const pacer = createPacer(clock)
    const startedAt = clock.uptime()
    const job = api.read('job-1', signal, pacer)
    // Others have asked for turns before it is read again.
    const others = Array.from({ length: 20 }, () => pacer(signal))

    await outcome(Promise.all([job, ...others]))

    expect(await job).toMatchObject({ jobStatus: 'empty' })
    expect(requests).toHaveLength(3)
    expect(clock.uptime() - startedAt).toBeGreaterThanOrEqual(22_000)
  })

  test('is read no more where it is not known', async () => {
    const { api, requests, outcome } = apiAnswering([404, { code: 4018, message: 'Invalid jobId' }])

    expect(await outcome(api.read('job-1', signal))).toMatchObject({ code: 4018 })
    expect(requests).toHaveLength(1)
  })

  test.each([
    [[204], true],
    [[200, {}], true],
    [[404, { code: 4018 }], false],
    [[409], false],
    [[410], false],
  ] satisfies [[number, object?], boolean][])('is cancelled with %j: %s', async (answered, is) => {
    const { api, requests, outcome } = apiAnswering(answered)

    expect(await outcome(api.cancel('job-1', signal))).toBe(is)
    expect(requests).toEqual([`DELETE ${PATH}`])
  })

  test.each([
    [[404, { code: 1300 }], 1],
    [[401, { code: 1200 }], 1],
    [[503], 2],
    [[429], 2],
  ] satisfies [[number, object?], number][])(
    'is not cancelled with %j, which is heard %i times, at once',
    async (answered, times) => {
      const { api, requests, outcome, clock } = apiAnswering(answered, answered, [204])

      const failure = await outcome(api.cancel('job-1', signal))

      expect(failure).toBeInstanceOf(StepError)
      expect(requests).toHaveLength(times)
      expect(clock.sleeps.every((ms) => ms === 0)).toBe(true)
    },
  )

  test.each([0, 1, 5])(
    'is cancelled in a second try, after the %i s asked for',
    async (seconds) => {
      const { api, requests, outcome, clock } = apiAnswering([503, '', seconds * 1_000], [204])

      expect(await outcome(api.cancel('job-1', signal))).toBe(true)
      expect(requests).toHaveLength(2)
      expect(clock.sleeps).toEqual([seconds * 1_000])
    },
  )

  test('is not cancelled where the server asks for more than 5 s: that is said at once', async () => {
    const { api, requests, outcome, clock } = apiAnswering([503, '', 6_000], [204])

    expect(await outcome(api.cancel('job-1', signal))).toMatchObject({
      message: expect.stringMatching(/503.* 6 s \(Retry-After\)/),
    })
    expect([requests.length, clock.sleeps]).toEqual([1, []])
  })

  test('is not cancelled with a third try, or with a second where retries is 0', async () => {
    const { api, requests, outcome } = apiAnswering([503], [500], [204])
    const once = apiAnswering([503], [204])
    once.connection.retries = 0

    expect(await outcome(api.cancel('job-1', signal))).toMatchObject({ httpStatus: 500 })
    expect(await once.outcome(once.api.cancel('job-1', signal))).toMatchObject({ httpStatus: 503 })
    expect([requests.length, once.requests.length]).toEqual([2, 1])
  })

  test('has 5 s for each of two tries to cancel', async () => {
    const { api, requests, outcome, clock } = apiAnswering('silence', 'silence', [204])
    const startedAt = clock.uptime()

    const failure = await outcome(api.cancel('job-1', signal))

    expect(failure).toBeInstanceOf(ConnectionError)
    expect(failure).toMatchObject({ message: expect.stringContaining('within 5 s') })
    expect([requests.length, clock.uptime() - startedAt, clock.pending]).toEqual([2, 10_000, 0])
  })

  test.each([
    ['a page', '<html>Please sign in</html>'],
    ['nothing', ''],
    ['half of its JSON', '{"status":"runn'],
    ['another status', '{"status":7}'],
  ])('is read again where a success has %s, and for ever that is an error', async (_, body) => {
    const once = apiAnswering([200, body], [200, { status: 'running' }])
    const ever = apiAnswering([200, body], [200, body], [200, body])

    expect(await once.outcome(once.api.read('job-1', signal))).toMatchObject({
      jobStatus: 'running',
    })
    expect(await ever.outcome(ever.api.read('job-1', signal))).toBeInstanceOf(ResponseError)
    expect([once.requests.length, ever.requests.length]).toEqual([2, 3])
  })

  test('has each file once, though the API names one twice: a warning, and one only', async () => {
    const data = ['https://a.example/1', 'https://a.example/2', 'https://a.example/1']
    const answer: [number, object] = [200, { status: 'succeeded', data }]
    const { api, outcome, step } = apiAnswering(answer, answer)

    const job = await outcome(api.read('job-1', signal))
    await outcome(api.read('job-1', signal))

    expect(job).toMatchObject({ links: data.slice(0, 2) })
    expect(step.events.filter((event) => event.startsWith('warning'))).toEqual([
      expect.stringMatching(/job-1.*3 links, 2 files/),
    ])
  })

  test('keeps the tokens of its links out of what an error repeats later', async () => {
    const token = 't0ken-0123456789'
    const data = [`https://a.example/download/${token}`]
    const gone = { code: 1300, message: `No ${token} here` }
    const { api, outcome } = apiAnswering([200, { status: 'succeeded', data }], [410, gone])
    await outcome(api.read('job-1', signal))

    const failure = await outcome(api.read('job-1', signal))

    expect(failure).toMatchObject({ message: expect.stringContaining('"No *** here"') })
  })
})
