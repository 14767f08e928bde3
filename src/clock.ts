import { setTimeout as sleepFor } from 'node:timers/promises'

/** A timer that can be stopped and restarted: it ends `ms` after its start or the last `restart`. */
export interface Countdown {
  restart(): void
  stop(): void
}

/** Time, passed to the code that needs it, so that tests can control it. */
export interface Clock {
  /** Epoch milliseconds, for dates only: this clock may be set at any moment. */
  now(): number
  /** Milliseconds since some moment, for durations: this clock is never set. */
  uptime(): number
  /** Resolves after `ms`; rejects with the signal's reason if that is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Calls `onEnd` once, `ms` after the start or the last restart. */
  countdown(ms: number, onEnd: () => void): Countdown
}

/** The real time. */
export const systemClock: Clock = {
  now: () => Date.now(),

  // Not `performance.now`, which loads ten modules of Node.js.
  uptime: () => Number(process.hrtime.bigint()) / 1e6,

  async sleep(ms, signal) {
    signal.throwIfAborted()
    try {
      await sleepFor(ms, undefined, { signal })
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
  },

  countdown(ms, onEnd) {
    let timer = setTimeout(onEnd, ms)
    const stop = (): void => clearTimeout(timer)
    const restart = (): void => {
      stop()
      timer = setTimeout(onEnd, ms)
    }
    return { restart, stop }
  },
}

/**
 * Settles as the promise does, or rejects with the signal's reason as soon as that is aborted: for
 * work that takes no signal.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let end: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
  // If the signal comes first, a later rejection of the work must not count as unhandled.
  work.catch(() => undefined)
  try {
    return await Promise.race([aborted, work])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

export interface Deadline {
  readonly ms: number
  readonly clock: Clock
  /** Ends the work early; then the work's own error is thrown. */
  readonly signal: AbortSignal
  /** Thrown when the time is up. */
  readonly failure: () => Error
}

/** Does work for at most `ms`: after that its signal is aborted, and `failure()` is thrown. */
export async function withDeadline<T>(
  { ms, clock, signal, failure }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController()
  const countdown = clock.countdown(ms, () => end.abort(failure()))
  try {
    return await work(AbortSignal.any([signal, end.signal]))
  } catch (error) {
    throw end.signal.aborted && !signal.aborted ? end.signal.reason : error
  } finally {
    countdown.stop()
  }
}

/** `2026-11-01T08:00:00`: an instant (epoch milliseconds) in UTC, to the second. */
export function formatUtc(instant: number): string {
  return new Date(instant).toISOString().slice(0, 'yyyy-MM-ddTHH:mm:ss'.length)
}

const UNITS = [
  ['d', 'day', 86_400],
  ['h', 'hour', 3_600],
  ['min', 'minute', 60],
  ['s', 'second', 1],
] as const

/**
 * A duration in whole seconds, from its largest unit on: `1 min 30 s`, `2 d 3 h`, `0 s`; with words
 * `30 days 23 hours`. At most `units` units are shown.
 */
export function describeTime(
  ms: number,
  { hasWords = false, units = UNITS.length }: { hasWords?: boolean; units?: number } = {},
): string {
  let rest = Math.round(ms / 1_000)
  const amounts = UNITS.map(([short, long, seconds]) => {
    const amount = Math.floor(rest / seconds)
    rest %= seconds
    return [amount, hasWords ? `${long}${amount === 1 ? '' : 's'}` : short] as const
  })
  const first = amounts.findIndex(([amount]) => amount > 0)
  if (first < 0) return '0 s'
  const shown = amounts.slice(first, first + units).filter(([amount]) => amount > 0)
  return shown.map(([amount, unit]) => `${amount} ${unit}`).join(' ')
}
