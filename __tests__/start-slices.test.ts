import { describe, expect, test } from 'vitest'
import type { RunningAction } from './helpers/run-action.js'
import { errorsOf, launchStart } from './helpers/run-start.js'
import {
  answer,
  apiError,
  httpAnswer,
  type Reaction,
  stall,
  startWireServer,
  type WireServer,
} from './helpers/wire-server.js'

const FIVE_DAYS = { slice: 'day', from: '2026-11-01', to: '2026-11-06', retries: '1' }
const PARTIAL = / 2 of 5 jobs .* 2026-11-03T00:00:00\+00:00 to 2026-11-06\b/

/** A job of its own for each start. */
const startedAs = (jobId: string): Reaction => answer(202, JSON.stringify({ jobId }))

/** Starts five slices at a server that starts two of them and then does as told. */
async function startFive(
  then: readonly Reaction[],
  inputs: Record<string, string> = {},
  meanwhile: (running: RunningAction, server: WireServer) => Promise<void> = async () => undefined,
) {
  const server = await startWireServer([startedAs('job-1'), startedAs('job-2'), ...then])
  const running = launchStart(server.url, { inputs: { ...FIVE_DAYS, ...inputs } })
  await meanwhile(running, server)
  const run = await running.ended
  await server.close()
  const jobIds: unknown = JSON.parse(run.outputs['job-ids'] ?? 'null')
  return { ...run, jobIds, errors: errorsOf(run), requests: server.requests }
}

function expectTwo({ exitCode, jobIds, outputs }: Awaited<ReturnType<typeof startFive>>): void {
  expect(exitCode).toBe(1)
  expect(jobIds).toEqual(['job-1', 'job-2'])
  expect(JSON.parse(outputs.jobs ?? '')).toEqual([
    { 'job-id': 'job-1', from: '2026-11-01', to: '2026-11-02T00:00:00+00:00' },
    {
      'job-id': 'job-2',
      from: '2026-11-02T00:00:00+00:00',
      to: '2026-11-03T00:00:00+00:00',
    },
  ])
  expect(outputs['job-id']).toBe('')
}

describe.concurrent('a window in slices', () => {
  test('that is asked to be slower half-way is started whole, each slice once', async () => {
    const slower = apiError(429, 9999, 'Slower', { 'retry-after': '0' })
    const ids = ['job-3', 'job-4', 'job-5']

    const run = await startFive([slower, ...ids.map(startedAs)])

    expect(run.exitCode).toBe(0)
    expect(run.jobIds).toEqual(['job-1', 'job-2', ...ids])
    const froms = run.requests.map((text) => JSON.parse(text.split('\r\n\r\n')[1] ?? '').from)
    expect(froms).toEqual([
      '2026-11-01',
      '2026-11-02T00:00:00+00:00',
      '2026-11-03T00:00:00+00:00',
      '2026-11-03T00:00:00+00:00',
      '2026-11-04T00:00:00+00:00',
      '2026-11-05T00:00:00+00:00',
    ])
  })

  test('that is refused half-way hands on its jobs, and says what is missing', async () => {
    const run = await startFive([apiError(403, 1201)])

    expectTwo(run)
    expect(run.requests).toHaveLength(3)
    expect(run.errors).toEqual([
      expect.stringMatching(/^The API answered 403, code 1201, .* Before that, 2 of 5 jobs/),
    ])
    expect(run.errors[0]).toMatch(PARTIAL)
  })

  test('whose third answer is lost says that a job may be running as well', async () => {
    const whole = httpAnswer(202, '{"jobId":"job-3"}')

    const run = await startFive([(socket) => socket.end(whole.slice(0, -5))])

    expectTwo(run)
    expect(run.requests).toHaveLength(3)
    expect(run.errors).toHaveLength(1)
    expect(run.errors[0]).toContain('A job may be running')
    expect(run.errors[0]).toMatch(PARTIAL)
  })

  const signals = process.platform === 'win32' ? [] : (['SIGINT', 'SIGTERM'] as const)

  test.each(signals)('that %s ends half-way hands on its jobs', async (signal) => {
    const run = await startFive(
      [stall('')],
      { 'request-timeout': '40s' },
      async ({ child }, server) => {
        await server.received(3)
        child.kill(signal)
      },
    )

    expectTwo(run)
    expect(run.errors).toHaveLength(1)
    expect(run.errors[0]).toMatch(`${signal}. A job may be running`)
    expect(run.errors[0]).toMatch(PARTIAL)
  })

  test.each(signals)('that %s ends while it waits knows all of its jobs', async (signal) => {
    const busy = apiError(429, 9999, 'Busy', { 'retry-after': '60' })

    const run = await startFive([busy], {}, async ({ child, logged }) => {
      await logged('Trying again in 60 s')
      child.kill(signal)
    })

    expectTwo(run)
    expect(run.errors).toEqual([expect.stringMatching(PARTIAL)])
    expect(run.errors[0]).toMatch(`${signal}. No job was started.`)
  })

  test('is 256 jobs at most, before any request', async () => {
    const window = { from: '2026-01-01', to: '2026-09-15' }

    const run = await startFive([], window)

    expect(run.exitCode).toBe(1)
    expect(run.errors[0]).toMatch(/^slice: day .*256/)
    expect(run.requests).toEqual([])
  })
})
