import { describe, expect, test } from 'vitest'
import type { SandboxConfig } from '../../src/sandbox/inputs.js'
import { SandboxJob } from '../../src/sandbox/jobs.js'
import { readExportRequest } from '../../src/sandbox/start-request.js'

const CONFIG = { files: 1, scenario: 'succeeded', durationMs: 2_000, seed: 1 } as const
const WINDOW = JSON.stringify({ from: '2026-11-01', to: '2026-11-02' })
const START = Date.parse('2026-11-24T10:20:30Z')

function startJob(config: Partial<SandboxConfig> = {}): SandboxJob {
  const request = readExportRequest(WINDOW, START)
  return new SandboxJob({ ...CONFIG, records: 50, ...config }, 'acme_sg', request, START)
}

describe('a job', () => {
  test('is what it is by the clock, to its end', () => {
    const job = startJob()

    expect([0, 399, 400, 1_999, 2_000].map((ms) => job.statusAt(START + ms))).toEqual([
      ...['queued', 'queued', 'running', 'running', 'succeeded'],
    ])
  })

  test('that is cancelled stays so, and one that is over cannot be cancelled', () => {
    const [cancelled, over] = [startJob(), startJob()]

    expect([cancelled.cancelAt(START), over.cancelAt(START + 2_000)]).toEqual([true, false])
    expect(cancelled.statusAt(START + 5_000)).toBe('cancelled')
    expect(over.statusAt(START + 5_000)).toBe('succeeded')
  })

  test.each(['empty', 'failed', 'cancelled', 'error'] as const)(
    'ends as %s where that is the scenario',
    (scenario) => {
      expect(startJob({ scenario }).statusAt(START + 2_000)).toBe(scenario)
    },
  )

  test('without a record is empty, and fails where that is the scenario', () => {
    expect(startJob({ records: 0 }).statusAt(START + 2_000)).toBe('empty')
    expect(startJob({ records: 0, scenario: 'failed' }).statusAt(START + 2_000)).toBe('failed')
  })

  test('that takes no time is over at once', () => {
    const job = startJob({ durationMs: 0 })

    expect(job.cancelAt(START)).toBe(false)
    expect(job.statusAt(START)).toBe('succeeded')
  })

  test('has links that nobody guesses', () => {
    const tokens = [...startJob({ files: 3 }).files.keys(), ...startJob().files.keys()]

    expect(new Set(tokens).size).toBe(4)
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9]{96}$/)
  })
})
