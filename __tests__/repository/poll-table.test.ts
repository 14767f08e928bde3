import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { waitForJob } from '../../src/api/wait.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { tableOf } from '../helpers/markdown-table.js'
import { RecordedStep } from '../helpers/recorded-step.js'

const HOUR_MS = 3_600_000
const UNIT_MS = { s: 1_000, min: 60_000, h: HOUR_MS } as const

/** When each look came at a job that is over after `lengthMs`, from the begin of the wait. */
async function lookTimesOf(lengthMs: number): Promise<number[]> {
  const clock = new ManualClock(0)
  const step = new RecordedStep()
  const looks: number[] = []
  const read = async () => {
    looks.push(clock.now())
    const jobStatus = clock.now() < lengthMs ? 'running' : 'empty'
    return { jobStatus, links: [], expires: undefined }
  }
  const waiting = waitForJob(
    { jobId: 'job', timeoutMs: 24 * HOUR_MS },
    { api: { read }, clock, log: step, signal: step.signal, onStatus: () => undefined },
  )
  await clock.runUntil(waiting)
  return looks
}

/** `0.8 s`, `12 s`: two digits or so. */
const formatMs = (ms: number): string =>
  ms < 9_950 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`

function parseLength(text = ''): number {
  const [, digits, unit] = /^(\d+) (s|min|h)$/.exec(text) ?? []
  return Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS]
}

describe('the table in docs/how-it-works.md of how often is polled', () => {
  const rows = tableOf(readFileSync('docs/how-it-works.md', 'utf8'), 'job length')
  let looks: number[]

  beforeAll(async () => {
    looks = await lookTimesOf(2.1 * HOUR_MS)
  })

  /** The time between each look and the next, of the looks before a moment. */
  const gapsBefore = (moment: number) =>
    looks.filter((at) => at < moment).map((at, index) => (looks[index + 1] ?? at) - at)

  test.each(rows)('is what the code does for a job of %s', async (length, ...shown) => {
    const lengthMs = parseLength(length)
    const requests = await lookTimesOf(lengthMs)
    const noticedAfter = (requests.at(-1) ?? 0) - lengthMs
    const worst = Math.max(...gapsBefore(lengthMs))

    expect(shown).toEqual([`${requests.length}`, formatMs(noticedAfter), formatMs(worst)])
  })

  test('keeps what is promised of it, wherever in two hours a job ends', () => {
    // A job that ends just after a look is noticed by the next.
    for (const [index, at] of looks.slice(0, -1).entries()) {
      const delay = (looks[index + 1] ?? 0) - at
      expect(delay).toBeLessThanOrEqual(Math.min(30_000, Math.max(1_000, at / 10)))
    }
    expect(looks.filter((at) => at < HOUR_MS).length + 1).toBeLessThanOrEqual(170)
  })
})
