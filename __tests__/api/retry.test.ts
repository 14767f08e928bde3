import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApiError, ConnectionError, ResponseError } from '../../src/api/errors.js'
import { retryAfterOf } from '../../src/api/headers.js'
import { withRetries } from '../../src/api/retry.js'
import { InterruptedError, StepError } from '../../src/errors.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { RecordedStep } from '../helpers/recorded-step.js'

const parseRetryAfter = (header: string | undefined, now: number): number | undefined =>
  retryAfterOf(header === undefined ? {} : { 'retry-after': header }, { now: () => now })

const apiError = (httpStatus: number, seconds?: number): ApiError =>
  new ApiError(`The API answered ${httpStatus}.`, {
    httpStatus,
    retryAfterMs: seconds && seconds * 1_000,
  })

const lost = (sent: 'no' | 'maybe', permanent = false): ConnectionError =>
  new ConnectionError('The connection was lost.', { sent, permanent })

/** Fails as the list says, then succeeds. */
function attemptOf(failures: readonly unknown[]) {
  let tries = 0
  return {
    tries: () => tries,
    attempt: async (): Promise<string> => {
      const failure = failures[tries++]
      if (failure !== undefined) throw failure
      return 'done'
    },
  }
}

async function run(
  failures: readonly unknown[],
  {
    startsSomething = false,
    retries = 5,
    random = 1,
  }: { startsSomething?: boolean; retries?: number; random?: number } = {},
) {
  const clock = new ManualClock()
  const step = new RecordedStep()
  const { attempt, tries } = attemptOf(failures)
  const work = withRetries(attempt, {
    startsSomething,
    retries,
    clock,
    log: step,
    signal: step.signal,
    random: () => random,
  })
  const end = await clock.runUntil(work).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  )
  return { ...end, tries: tries(), sleeps: clock.sleeps, events: step.events }
}

describe('a request that changes nothing', () => {
  test.each([408, 425, 429, 500, 501, 502, 503, 504, 507, 520, 530, 599])(
    'is tried again after %i',
    async (status) => {
      expect(await run([apiError(status)])).toMatchObject({ value: 'done', tries: 2 })
    },
  )

  test.each([400, 401, 403, 404, 405, 410, 422, 426])(
    'is not tried again after %i',
    async (status) => {
      const failure = apiError(status)

      expect(await run([failure])).toMatchObject({ error: failure, tries: 1, sleeps: [] })
    },
  )

  test.each(['no', 'maybe'] as const)(
    'is tried again after a lost connection (sent: %s)',
    async (sent) => {
      expect(await run([lost(sent)])).toMatchObject({ value: 'done', tries: 2 })
    },
  )

  test('is not tried again where it would meet the same', async () => {
    expect(await run([lost('no', true)])).toMatchObject({ tries: 1 })
    const odd = { httpStatus: 200 }
    expect(await run([new ResponseError('Odd.', odd)])).toMatchObject({ tries: 1 })
    expect(await run([new ResponseError('Half.', { ...odd, mayPass: true })])).toMatchObject({
      tries: 2,
    })
    expect(await run([new TypeError('a bug')])).toMatchObject({ tries: 1 })
  })
})

describe('a request that starts something', () => {
  const startsSomething = true

  test.each([429, 503])('is tried again after %i', async (status) => {
    expect(await run([apiError(status)], { startsSomething })).toMatchObject({
      value: 'done',
      tries: 2,
    })
  })

  test.each([408, 425, 500, 502, 504, 520])('is not tried again after %i', async (status) => {
    expect(await run([apiError(status)], { startsSomething })).toMatchObject({ tries: 1 })
  })

  test('is tried again only where no connection was made', async () => {
    expect(await run([lost('no')], { startsSomething })).toMatchObject({ value: 'done', tries: 2 })
    expect(await run([lost('maybe')], { startsSomething })).toMatchObject({ tries: 1 })
    expect(await run([lost('no', true)], { startsSomething })).toMatchObject({ tries: 1 })
  })
})

describe('the wait before a repeat', () => {
  const failures = Array.from({ length: 8 }, () => apiError(500))

  test('doubles from 1 s to at most 30 s', async () => {
    const { sleeps, tries } = await run(failures, { retries: 7, random: 1 })

    expect(sleeps).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
    expect(tries).toBe(8)
  })

  test('is at least half of that by chance', async () => {
    const { sleeps } = await run(failures, { retries: 7, random: 0 })

    expect(sleeps).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
  })

  test.each([
    [7, [7_000, 7_000, 7_000, 8_000]],
    [300, [300_000, 300_000, 300_000, 300_000]],
    [0, [1_000, 2_000, 4_000, 8_000]],
  ])('is as long as the server asks (%i s), and never shorter than our own', async (asked, ms) => {
    const busy = Array.from({ length: 4 }, () => apiError(429, asked))

    expect(await run(busy)).toMatchObject({ value: 'done', sleeps: ms })
  })

  test('is what a proxy asks for, as well', async () => {
    const busy = new ConnectionError('Busy.', { sent: 'no', retryAfterMs: 9_000 })

    expect(await run([busy], { startsSomething: true })).toMatchObject({
      value: 'done',
      sleeps: [9_000],
    })
  })

  test('is none where the server asks for more than 5 minutes: that is said', async () => {
    const { error, tries, sleeps } = await run([apiError(429, 301)])

    expect(error).toBeInstanceOf(StepError)
    expect(error).toMatchObject({
      message: expect.stringMatching(/ 429\..* 301 s \(Retry-After\).* 300 s/),
    })
    expect({ tries, sleeps }).toEqual({ tries: 1, sleeps: [] })
  })

  test('is told of', async () => {
    const { events } = await run([apiError(500), lost('no')], { retries: 3, random: 0.5 })

    expect(events).toEqual([
      'info: The API answered 500. Trying again in 1 s (repeat 1 of 3).',
      'info: The connection was lost. Trying again in 2 s (repeat 2 of 3).',
    ])
  })
})

describe('retries', () => {
  const failures = Array.from({ length: 20 }, () => apiError(503))

  test.each([0, 1, 5])('of %i give one try more', async (retries) => {
    const { error, tries } = await run(failures, { retries })

    expect(tries).toBe(retries + 1)
    expect(error).toBe(failures[retries])
  })

  test('end where the step is interrupted while it waits', async () => {
    const clock = new ManualClock()
    const step = new RecordedStep()
    const { attempt, tries } = attemptOf(failures)
    const options = {
      repeatable: 'always',
      retries: 5,
      clock,
      log: step,
      signal: step.signal,
      random: () => 1,
    } as const
    const work = withRetries(attempt, options)
    const reason = new InterruptedError('SIGTERM')
    await clock.advance(500)

    step.interrupt(reason)

    await expect(work).rejects.toBe(reason)
    expect(tries()).toBe(1)
  })

  test('end where the step was interrupted during the try', async () => {
    const clock = new ManualClock()
    const step = new RecordedStep()
    const failure = lost('no')
    const attempt = async (): Promise<never> => {
      step.interrupt(new InterruptedError('SIGINT'))
      throw failure
    }
    const options = {
      repeatable: 'always',
      retries: 5,
      clock,
      log: step,
      signal: step.signal,
      random: () => 1,
    } as const

    await expect(withRetries(attempt, options)).rejects.toBe(failure)

    expect(clock.sleeps).toEqual([])
  })
})

const NOW = Date.parse('2026-11-24T10:20:30Z')

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['1', 1_000],
    ['120', 120_000],
    [' 5 ', 5_000],
    ['007', 7_000],
    ['Tue, 24 Nov 2026 10:21:00 GMT', 30_000],
    ['Tuesday, 24-Nov-26 10:21:00 GMT', 30_000],
    ['Tue Nov 24 10:21:00 2026', 30_000],
    ['Tue, 24 Nov 2026 10:20:30 GMT', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
  ])('%j is %i ms', (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms)
  })

  test.each([
    undefined,
    '',
    ' ',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    '5s',
    '1, 2',
    'soon',
    'never',
    '2026-11-24T10:21:00Z',
    'Tue, 99 Nov 2026 10:21:00 GMT',
    'Tue, 24 Foo 2026 10:21:00 GMT',
    '٣',
  ])('%j is none', (header) => {
    expect(parseRetryAfter(header, NOW)).toBeUndefined()
  })

  test('is never negative and never broken', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const ms = parseRetryAfter(header, NOW)
        if (ms !== undefined) expect(ms).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 500 },
    )
  })

  test('as a date of HTTP is the time until then', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
        const header = new Date(NOW + seconds * 1_000).toUTCString()
        expect(parseRetryAfter(header, NOW)).toBe(seconds * 1_000)
      }),
    )
  })

  test('as a date is held against the answer’s own date, where it has one', () => {
    const clock = { now: () => NOW + 3_600_000 }
    const headers = {
      date: 'Tue, 24 Nov 2026 10:20:30 GMT',
      'retry-after': 'Tue, 24 Nov 2026 10:20:50 GMT',
    }

    expect(retryAfterOf(headers, clock)).toBe(20_000)
    expect(retryAfterOf({ ...headers, date: 'yesterday' }, clock)).toBe(0)
    expect(retryAfterOf({ date: headers.date }, clock)).toBeUndefined()
  })
})
