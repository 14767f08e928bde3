import { setTimeout as sleepFor } from 'node:timers/promises'

/** A wait that can be stopped and begun again: it ends `ms` after the last `restart`. */
export interface Countdown {
  restart(): void
  stop(): void
}

/** Time, handed to whatever needs it, so that tests can move it by hand. */
export interface Clock {
  /** Epoch milliseconds, for dates only: somebody may set this clock at any moment. */
  now(): number
  /** Milliseconds since some moment, for spans of time: it never jumps and never goes back. */
  uptime(): number
  /** Resolves after `ms`; rejects with the signal's reason when that is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Calls `onEnd` once, `ms` after the start or the last restart. */
  countdown(ms: number, onEnd: () => void): Countdown
}

/** The real time. */
export const systemClock: Clock = {
  now: () => Date.now(),

  // Not `performance.now`: the first look at it loads ten modules of Node.js.
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
 * Settles as the promise does, or rejects with the signal's reason the moment that it is aborted:
 * for work that does not hear of signals by itself.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let end: () => void = () => undefined
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
  // If the signal comes first, the work's rejection must not be unhandled.
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
  /** Ends the work early; then the work's own error counts. */
  readonly signal: AbortSignal
  /** What the work fails with when its time is out. */
  readonly failure: () => Error
}

/** Does work that has an end: its signal is aborted after `ms`, and then it fails as is said. */
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
 * A span of time in whole seconds, from its largest unit on: `1 min 30 s`, `2 d 3 h`, `0 s`; with
 * words `30 days 23 hours`. It may go no further than so many units.
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
