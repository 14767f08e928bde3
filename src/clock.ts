import { setTimeout as sleepFor } from 'node:timers/promises'

/** A wait that can be stopped and begun again: it ends `ms` after the last `restart`. */
export interface Countdown {
  restart(): void
  stop(): void
}

/** Time, handed to whatever needs it, so that tests can move it by hand. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Resolves after `ms`; rejects with the signal's reason when that is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Calls `onEnd` once, `ms` after the start or the last restart. */
  countdown(ms: number, onEnd: () => void): Countdown
}

/** The real time. */
export const systemClock: Clock = {
  now: () => Date.now(),

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
