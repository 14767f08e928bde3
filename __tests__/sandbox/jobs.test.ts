import { describe, expect, test } from 'vitest'
import { type SandboxConfig, SandboxJobs } from '../../src/sandbox/jobs.js'
import { readExportRequest } from '../../src/sandbox/start-request.js'
import { ManualClock } from '../helpers/manual-clock.js'

function startJob(config: Partial<SandboxConfig> = {}) {
  const clock = new ManualClock()
  const defaults = {
    records: 5,
    files: 1,
    scenario: 'succeeded',
    durationMs: 2_000,
    seed: 1,
  } as const
  const jobs = new SandboxJobs({ ...defaults, ...config }, clock)
  const job = jobs.start('acme_sg', readExportRequest('', clock.now()))
  const hasFile = (subaccountId = 'acme_sg'): boolean =>
    jobs.findFile(subaccountId, job.tokens[0] ?? '') !== undefined
  return { clock, jobs, job, hasFile }
}

describe('the file of a job', () => {
  test('is there from the end of the job on, and not for who guesses its link before', async () => {
    const { clock, hasFile } = startJob()

    const before: boolean[] = [hasFile()]
    await clock.advance(1_999)
    before.push(hasFile())
    await clock.advance(1)

    expect(before).toEqual([false, false])
    expect(hasFile()).toBe(true)
    expect(hasFile('acme_my')).toBe(false)
  })

  test('is never there where the job is cancelled', async () => {
    const { clock, jobs, job, hasFile } = startJob()

    expect(jobs.cancel(job)).toBe(true)
    await clock.advance(5_000)

    expect(jobs.statusOf(job)).toBe('cancelled')
    expect(hasFile()).toBe(false)
  })

  test.each(['empty', 'failed', 'cancelled', 'error'] as const)(
    'is never there where jobs end as %s',
    async (scenario) => {
      const { clock, hasFile } = startJob({ scenario })

      await clock.advance(5_000)

      expect(hasFile()).toBe(false)
    },
  )
})

describe('a job that takes no time', () => {
  test('is over at once, and cannot be cancelled', () => {
    const { jobs, job } = startJob({ durationMs: 0 })

    expect(jobs.cancel(job)).toBe(false)
    expect(jobs.statusOf(job)).toBe('succeeded')
  })
})

describe('jobs whose size follows their window', () => {
  test('hold the records, and take the time, that each window asks for', async () => {
    const clock = new ManualClock()
    const config = {
      records: 5,
      files: 1,
      scenario: 'succeeded',
      durationMs: 2_000,
      seed: 1,
    } as const
    const jobs = new SandboxJobs(config, clock, ({ from, to }) => {
      const days = (to - from) / 86_400_000
      return { records: 10 * days, durationMs: 1_000 * days }
    })
    const start = (from: string, to: string) =>
      jobs.start('acme_sg', readExportRequest(JSON.stringify({ from, to }), clock.now()))
    const rowsOf = ({ files }: ReturnType<typeof start>): number =>
      files
        .flatMap((file) => [...file.read(0, file.bytes)])
        .reduce(
          (rows, bytes) => rows + (bytes.toString().match(/^[0-9a-f-]{36},/gm)?.length ?? 0),
          0,
        )

    const oneDay = start('2026-10-01', '2026-10-02')
    const threeDays = start('2026-10-02', '2026-10-05')
    await clock.advance(1_000)

    expect([rowsOf(oneDay), rowsOf(threeDays)]).toEqual([10, 30])
    expect(jobs.statusOf(oneDay)).toBe('succeeded')
    expect(jobs.statusOf(threeDays)).toBe('running')
    await clock.advance(2_000)
    expect(jobs.statusOf(threeDays)).toBe('succeeded')
  })
})
