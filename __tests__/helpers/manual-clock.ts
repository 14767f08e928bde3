import type { Clock, Countdown } from '../../src/clock.js'

interface Timer {
  at: number
  act: () => void
}

/** A clock that moves when it is told to, and knows what waits on it. */
export class ManualClock implements Clock {
  #now: number
  #wallAhead = 0
  readonly #timers = new Set<Timer>()
  /** How long each sleep was to be, in milliseconds, in their order. */
  readonly sleeps: number[] = []

  constructor(now: number | string = '2026-11-24T10:20:30Z') {
    this.#now = new Date(now).getTime()
  }

  now(): number {
    return this.#now + this.#wallAhead
  }

  uptime(): number {
    return this.#now
  }

  /** Somebody sets the clock on the wall: no time passes by that. */
  setWall(ms: number): void {
    this.#wallAhead += ms
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(ms)
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason)
        return
      }
      const timer: Timer = { at: this.#now + ms, act: resolve }
      this.#timers.add(timer)
      signal.addEventListener('abort', () => {
        this.#timers.delete(timer)
        reject(signal.reason)
      })
    })
  }

  countdown(ms: number, onEnd: () => void): Countdown {
    let timer: Timer = { at: this.#now + ms, act: onEnd }
    this.#timers.add(timer)
    const stop = (): void => {
      this.#timers.delete(timer)
    }
    const restart = (): void => {
      stop()
      timer = { at: this.#now + ms, act: onEnd }
      this.#timers.add(timer)
    }
    return { restart, stop }
  }

  /** Moves on, and lets everything happen that is due by then, in its order. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (let next = this.#nextDue(end); next; next = this.#nextDue(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.act()
      await settle()
    }
    this.#now = end
    await settle()
  }

  /** Lets each sleep end as soon as it begins: time passes, and nobody waits. */
  async runUntil<T>(work: Promise<T>): Promise<T> {
    let done = false
    const finished = work.finally(() => {
      done = true
    })
    finished.catch(() => undefined)
    while (!done) {
      await settle()
      const next = this.#nextDue(Number.POSITIVE_INFINITY)
      if (next && !done) await this.advance(next.at - this.#now)
    }
    return finished
  }

  /** How many timers and sleeps are still to come. */
  get pending(): number {
    return this.#timers.size
  }

  #nextDue(end: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  }
}

/** Lets what is ready run, promises and input alike. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
