import type { ExportClient } from '../../src/api/client.js'
import type { Job } from '../../src/api/job.js'
import type { Clock } from '../../src/clock.js'

/** From so many milliseconds on a job has this status. */
export type Course = readonly (readonly [fromMs: number, jobStatus: string])[]

export interface SimulatedJob extends Pick<ExportClient, 'read'> {
  /** When it was read, in milliseconds since the job began. */
  readonly readAt: number[]
}

/** A job without a file. */
export function jobOf(jobStatus: string, links: readonly string[] = []): Job {
  return { jobStatus, links, expires: undefined }
}

/** A job that takes its course by a clock; each answer is `latencyMs` old when it comes. */
export function simulateJob(
  course: Course,
  { clock, latencyMs = 0 }: { clock: Clock; latencyMs?: number },
): SimulatedJob {
  const startedAt = clock.now()
  const readAt: number[] = []
  return {
    readAt,
    async read(_, signal) {
      const elapsedMs = clock.now() - startedAt
      readAt.push(elapsedMs)
      const [, jobStatus = 'queued'] = course.findLast(([fromMs]) => fromMs <= elapsedMs) ?? []
      if (latencyMs > 0) await clock.sleep(latencyMs, signal)
      return jobOf(jobStatus)
    },
  }
}
