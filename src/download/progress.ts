import type { Clock } from '../clock.js'
import type { Log } from '../step.js'
import { formatBytes } from '../summary/format.js'

const TELL_EVERY_MS = 10_000

/** Logs the progress of a file every 10 s. */
export function reportProgress(
  name: string,
  { clock, log }: { clock: Clock; log: Pick<Log, 'info'> },
): (bytes: number, total: number | undefined) => void {
  const startedAt = clock.uptime()
  let toldAt = startedAt
  return (bytes, total) => {
    const now = clock.uptime()
    if (now - toldAt < TELL_EVERY_MS) return
    toldAt = now
    const of = total === undefined ? '' : ` of ${formatBytes(total)}`
    log.info(`${name}: ${formatBytes(bytes)}${of}, ${formatSpeed(bytes, now - startedAt)}.`)
  }
}

/** `a.csv: 25.3 MB in 1.2 s, 21.1 MB/s.` */
export function describeSaved(name: string, bytes: number, ms: number): string {
  return `Saved ${name}: ${formatBytes(bytes)} in ${(ms / 1_000).toFixed(1)} s, ${formatSpeed(bytes, ms)}.`
}

function formatSpeed(bytes: number, ms: number): string {
  return `${formatBytes(Math.round((bytes * 1_000) / Math.max(1, ms)))}/s`
}
