import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ExportClient } from '../../src/api/client.js'
import { WaitTimeoutError } from '../../src/api/errors.js'
import type { Job } from '../../src/api/job.js'
import { createPacer, type Pacer, pollIntervalMs, waitForJob } from '../../src/api/wait.js'
import { InterruptedError, StepError } from '../../src/errors.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { type Course, jobOf, simulateJob } from '../helpers/simulated-job.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

interface Waited {
  job: Job | undefined
  failure: unknown
  /** How long the wait took. */
  tookMs: number
  /** When the job was read, since the wait began. */
  readAt: number[]
  step: RecordedStep
  statuses: string[]
  clock: ManualClock
}

/** A wait from its begin to its end, in no time. */
async function waitOut(
  course: Course,
  { timeoutMs = 3 * HOUR, latencyMs = 0 }: { timeoutMs?: number; latencyMs?: number } = {},
): Promise<Waited> {
  const clock = new ManualClock()
  const api = simulateJob(course, { clock, latencyMs })
  return { ...(await waitWith(api, { clock, timeoutMs })), readAt: api.readAt }
}

async function waitWith(
  api: Pick<ExportClient, 'read'>,
  { clock = new ManualClock(), timeoutMs = HOUR, step = new RecordedStep() } = {},
): Promise<Waited> {
  const statuses: string[] = []
  const startedAt = clock.now()
  const waiting = waitForJob(
    { jobId: 'job-1', timeoutMs },
    {
      api,
      clock,
      log: step,
      signal: step.signal,
      onStatus: (jobStatus) => statuses.push(jobStatus),
    },
  )
  let job: Job | undefined
  let failure: unknown
  try {
    job = await clock.runUntil(waiting)
  } catch (error) {
    failure = error
  }
  return { job, failure, tookMs: clock.now() - startedAt, readAt: [], step, statuses, clock }
}

const endsAfter = (ms: number): Course => [
  [0, 'queued'],
  [ms / 5, 'running'],
  [ms, 'succeeded'],
]

describe('a day of jobs', () => {
  /** As many short ones as long ones: 1 s to 2 h. */
  const lengths = fc
    .double({ min: 0, max: Math.log(7_200), noNaN: true })
    .map((log) => Math.round(SECOND * Math.exp(log)))

  test('is noticed to end within a tenth of each job’s length, or a second, and an answer', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat({ max: 45 }), async (lengthMs, latencyMs) => {
        const { job, tookMs } = await waitOut(endsAfter(lengthMs), { latencyMs })

        expect(job?.jobStatus).toBe('succeeded')
        expect(tookMs - lengthMs).toBeGreaterThanOrEqual(0)
        expect(tookMs - lengthMs).toBeLessThanOrEqual(Math.max(0.1 * lengthMs, SECOND) + latencyMs)
      }),
      // By and by these jobs fill a day, and more.
      {
        numRuns: 150,
        examples: [
          [SECOND, 0],
          [2 * HOUR, 45],
          [10 * SECOND, 45],
          // Over just after a look, where looks are a second apart.
          [6 * SECOND, 30],
        ],
      },
    )
  })

  test('costs at most 170 requests for an hour’s job', async () => {
    const { readAt } = await waitOut(endsAfter(HOUR))

    expect(readAt.length).toBeLessThanOrEqual(170)
  })

  test('asks ever less often, and at least twice a minute', async () => {
    const { readAt } = await waitOut(endsAfter(2 * HOUR))

    const gaps = readAt.slice(1).map((at, index) => at - (readAt[index] ?? 0))
    expect(gaps).toEqual(gaps.toSorted((one, other) => one - other))
    expect(gaps[0]).toBe(900)
    expect(gaps.at(-1)).toBe(30_000)
  })
})

describe('a timeout', () => {
  test('is never passed, whatever it is and however slow the answers are', async () => {
    const timeouts = fc.integer({ min: 1, max: 2 * 3_600 }).map((seconds) => seconds * SECOND)
    await fc.assert(
      fc.asyncProperty(timeouts, fc.nat({ max: 40_000 }), async (timeoutMs, latencyMs) => {
        const { failure, tookMs, clock } = await waitOut([[0, 'running']], { timeoutMs, latencyMs })

        expect(failure).toBeInstanceOf(WaitTimeoutError)
        expect(tookMs).toBeLessThanOrEqual(timeoutMs)
        expect(clock.pending).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  test('is made use of: a job that ends in its last seconds is noticed', async () => {
    const { job, tookMs } = await waitOut(endsAfter(HOUR - 2 * SECOND), { timeoutMs: HOUR })

    expect(job?.jobStatus).toBe('succeeded')
    expect(tookMs).toBeLessThanOrEqual(HOUR)
  })

  test('of 0 asks once, and fails with the status', async () => {
    const { failure, readAt, tookMs, statuses } = await waitOut([[0, 'running']], { timeoutMs: 0 })

    expect(readAt).toEqual([0])
    expect(tookMs).toBe(0)
    expect(statuses).toEqual(['running'])
    expect(failure).toMatchObject({
      name: 'WaitTimeoutError',
      message: expect.stringMatching(/ job-1 .* running\..* timeout.* job-id/),
    })
  })

  test('of 0 is no matter for a job that is over', async () => {
    const { job } = await waitOut([[0, 'succeeded']], { timeoutMs: 0 })

    expect(job?.jobStatus).toBe('succeeded')
  })

  test.each([
    ['1 s', 1],
    ['1 min 30 s', 90],
    ['1 h', 3_600],
    ['2 h 1 s', 7_201],
    ['5 h 30 min', 19_800],
  ])('is named as it was given: %s', async (words, seconds) => {
    const { failure } = await waitOut([[0, 'running']], { timeoutMs: seconds * SECOND })

    expect(failure).toMatchObject({
      message: expect.stringContaining(` ${words} (timeout).`),
    })
  })

  test('fails with the last status, and says how to come back for the job', async () => {
    const { failure } = await waitOut(
      [
        [0, 'queued'],
        [MINUTE, 'running'],
      ],
      { timeoutMs: 90 * MINUTE },
    )

    expect(failure).toMatchObject({
      message: expect.stringMatching(/ job-1 .* running .* 1 h 30 min \(timeout\)\..* job-id/),
    })
  })

  test('ends an answer that does not come, and says that nothing was heard', async () => {
    const clock = new ManualClock()
    let hasEnded = false
    const api: Pick<ExportClient, 'read'> = {
      read: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            hasEnded = true
            reject(new StepError('Ended.'))
          })
        }),
    }

    const { failure, tookMs } = await waitWith(api, { clock, timeoutMs: 45 * SECOND })

    expect(tookMs).toBe(45 * SECOND)
    expect(hasEnded).toBe(true)
    expect(failure).toMatchObject({
      message: expect.stringMatching(/ job-1 .* 45 s \(timeout\)/),
    })
  })
})

describe('the log of a wait', () => {
  const infos = ({ step }: Waited): string[] =>
    step.events.filter((event) => event.startsWith('info: ')).map((event) => event.slice(6))

  test('has a line when the status changes, and one each minute', async () => {
    const waited = await waitOut(endsAfter(280 * SECOND), { timeoutMs: HOUR })

    expect(waited.readAt.length).toBeGreaterThan(30)
    expect(infos(waited)).toEqual([
      'Job job-1 is queued.',
      'Job job-1 is running.',
      expect.stringMatching(/running.* 1 min.* 59 min/),
      expect.stringMatching(/running.* 2 min.* 58 min/),
      expect.stringMatching(/running.* 3 min.* 57 min/),
      expect.stringMatching(/running.* 4 min.* 56 min/),
      'Job job-1 has ended as succeeded.',
    ])
  })

  test('has some 60 lines for an hour, and not one for each poll', async () => {
    const waited = await waitOut(endsAfter(HOUR))

    expect(infos(waited).length).toBeLessThanOrEqual(63)
    expect(infos(waited).length).toBeGreaterThanOrEqual(58)
    expect(infos(waited).length).toBeLessThan(waited.readAt.length / 2)
  })

  test('has the time gone and left in hours, where it is hours', async () => {
    const waited = await waitOut(endsAfter(2 * HOUR), { timeoutMs: 5 * HOUR })

    expect(infos(waited)).toContainEqual(
      expect.stringMatching(/^Still running after 1 h 4?\d min, at most 3 h 1?\d min to go\.$/),
    )
    expect(infos(waited)).toContain('Still running after 1 h, at most 4 h to go.')
  })

  test('hands each status on when it is first seen', async () => {
    const { statuses } = await waitOut(endsAfter(HOUR))

    expect(statuses).toEqual(['queued', 'running', 'succeeded'])
  })
})

describe('a status that is not documented', () => {
  const odd = (jobStatus: string): Course => [
    [0, 'running'],
    [10 * SECOND, jobStatus],
  ]

  test('is warned of once, and waited on', async () => {
    const { job, step } = await waitOut([...odd('archiving'), [10 * MINUTE, 'succeeded']])

    expect(job?.jobStatus).toBe('succeeded')
    expect(step.events.filter((event) => event.startsWith('warning: '))).toEqual([
      expect.stringMatching(/ job-1 .*archiving/),
    ])
  })

  test('is warned of once where it comes and goes', async () => {
    const { step } = await waitOut([
      ...odd('archiving'),
      [MINUTE, 'running'],
      [2 * MINUTE, 'archiving'],
      [3 * MINUTE, 'running'],
      [4 * MINUTE, 'succeeded'],
    ])

    expect(step.events.filter((event) => event.startsWith('warning: '))).toHaveLength(1)
  })

  test.each(['archiving', 'Succeeded', 'SUCCEEDED', 'done'])(
    '%s is no end, and is named when the time is out',
    async (jobStatus) => {
      const { failure } = await waitOut(odd(jobStatus), { timeoutMs: MINUTE })

      expect(failure).toMatchObject({
        message: expect.stringContaining(`Job job-1 is still ${jobStatus} after 1 min (timeout).`),
      })
    },
  )
})

describe('a wait', () => {
  test.each(['succeeded', 'empty', 'failed', 'cancelled', 'error'])(
    'ends with a job that is %s',
    async (jobStatus) => {
      const { job, readAt } = await waitOut([[0, jobStatus]])

      expect(job?.jobStatus).toBe(jobStatus)
      expect(readAt).toEqual([0])
    },
  )

  test('ends with the failure of a read, as it is', async () => {
    const failure = new StepError('The API answered 401.')

    const waited = await waitWith({ read: () => Promise.reject(failure) })

    expect(waited.failure).toBe(failure)
    expect(waited.clock.pending).toBe(0)
  })

  test('ends when the runner wants the step to end, and leaves no timer', async () => {
    const step = new RecordedStep()
    const clock = new ManualClock()
    const read = async () => {
      // The signal comes while the step sleeps, at half of an hour.
      if (clock.now() - startedAt > HOUR / 2) setImmediate(() => step.interrupt(reason))
      return jobOf('running')
    }
    const startedAt = clock.now()
    const reason = new InterruptedError('SIGTERM')

    const waited = await waitWith({ read }, { clock, step })

    expect(waited.failure).toBe(reason)
    expect(clock.pending).toBe(0)
  })
})

const elapsed = fc.integer({ min: 0, max: 7 * 24 * 3_600_000 })

describe('the time between two polls', () => {
  test.each([
    [0, 900],
    [5_000, 1_000],
    [4_999, 900],
    [10_000, 1_000],
    [20_000, 1_800],
    [60_000, 5_400],
    [300_000, 27_000],
    [333_334, 30_000],
    [7_200_000, 30_000],
  ])('after %i ms is %i ms', (elapsedMs, ms) => {
    expect(pollIntervalMs(elapsedMs)).toBe(ms)
  })

  test('is at most 30 s, and never so short that a server is flooded', () => {
    fc.assert(
      fc.property(elapsed, (elapsedMs) => {
        expect(pollIntervalMs(elapsedMs)).toBeLessThanOrEqual(30_000)
        expect(pollIntervalMs(elapsedMs)).toBeGreaterThanOrEqual(elapsedMs < 5_000 ? 900 : 1_000)
      }),
    )
  })

  test('never gets shorter as the job runs longer', () => {
    fc.assert(
      fc.property(elapsed, elapsed, (one, other) => {
        const [shorter, longer] = [Math.min(one, other), Math.max(one, other)]

        expect(pollIntervalMs(shorter)).toBeLessThanOrEqual(pollIntervalMs(longer))
      }),
    )
  })
})

describe('several waits that share a pacer', () => {
  test('look once a second, all together, and each gets its turn', async () => {
    const clock = new ManualClock()
    const pacer = createPacer(clock)
    const looks: [jobId: string, at: number][] = []
    const startedAt = clock.uptime()
    const { signal } = new AbortController()
    const api = {
      read: async (jobId: string, signal: AbortSignal, own?: Pacer): Promise<Job> => {
        await own?.(signal)
        const at = clock.uptime() - startedAt
        looks.push([jobId, at])
        return jobOf(at < 20_000 ? 'running' : 'empty')
      },
    }
    const waits = ['a', 'b', 'c', 'd'].map((jobId) =>
      waitForJob(
        { jobId, timeoutMs: HOUR },
        { api, clock, pacer, signal, log: new RecordedStep(), onStatus: () => undefined },
      ),
    )

    await clock.runUntil(Promise.all(waits))

    const gaps = looks.slice(1).map(([, at], index) => at - (looks[index]?.[1] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000)
    expect(looks.slice(0, 4).map(([jobId]) => jobId)).toEqual(['a', 'b', 'c', 'd'])
  })

  test('end at once where the step is to end, also while they wait for a turn', async () => {
    const clock = new ManualClock()
    const pacer = createPacer(clock)
    const controller = new AbortController()
    await pacer(controller.signal)
    const turn = pacer(controller.signal)

    controller.abort(new InterruptedError('SIGTERM'))

    await expect(turn).rejects.toBeInstanceOf(InterruptedError)
  })
})

describe('a clock on the wall that somebody sets', () => {
  test.each([-26 * HOUR, 26 * HOUR])('by %i ms ends no wait early, nor late', async (jump) => {
    const clock = new ManualClock()
    const step = new RecordedStep()
    const api = {
      read: async (): Promise<Job> => {
        clock.setWall(jump)
        return jobOf('running')
      },
    }
    const startedAt = clock.uptime()

    const failure = await clock
      .runUntil(
        waitForJob(
          { jobId: 'job-1', timeoutMs: 5 * MINUTE },
          { api, clock, log: step, signal: step.signal, onStatus: () => undefined },
        ),
      )
      .catch((error: unknown) => error)

    expect(failure).toBeInstanceOf(WaitTimeoutError)
    expect(clock.uptime() - startedAt).toBeGreaterThanOrEqual(5 * MINUTE - SECOND)
    expect(clock.uptime() - startedAt).toBeLessThanOrEqual(5 * MINUTE)
    expect(step.events.filter((event) => /-\d/.test(event.replace('job-1', '')))).toEqual([])
  })
})
