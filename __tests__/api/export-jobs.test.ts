import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createExportJobs } from '../../src/api/export-jobs.js'
import { createTransport } from '../../src/api/transport.js'
import { systemClock } from '../../src/clock.js'
import { StepError } from '../../src/errors.js'
import type { ExportApi } from '../../src/job/export-api.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import {
  httpAnswer,
  JOB_ID,
  type Reaction,
  started,
  startWireServer,
  type WireServer,
} from '../helpers/wire-server.js'

let server: WireServer
let reaction: Reaction = started

beforeAll(async () => {
  server = await startWireServer((socket, request) => reaction(socket, request))
})

afterAll(() => server.close())

function apiFor(subaccountId = 'acme_sg', step = new RecordedStep()): ExportApi {
  const connection = {
    apiKey: 'kEy-0123456789',
    subaccountId,
    baseUrl: server.url,
    requestTimeoutMs: 5_000,
    retries: 0,
  }
  const { signal } = step
  const transport = createTransport({ ...connection, signal, clock: systemClock })
  return createExportJobs({ connection, transport, clock: systemClock, step, random: () => 1 })
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
