const SHORTEST_MS = 900
const LONGEST_MS = 30_000
const SHARE_OF_ELAPSED = 0.09

/**
 * How long to wait before the next look at a job that has run for `elapsedMs`, in milliseconds: a
 * share of that time, so that the delay until an end is noticed is a share of the job's length,
 * but at least 0.9 s and at most 30 s. docs/how-it-works.md has what this comes to.
 */
export function pollIntervalMs(elapsedMs: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, elapsedMs * SHARE_OF_ELAPSED))
}
