import { Mistake } from '../errors.js'
import { quote } from '../sanitize.js'
import type { Parse } from './fields.js'

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const

export interface DurationBounds {
  readonly minMs: number
  readonly maxMs: number
}

/** A duration in milliseconds, from a whole number with its unit: `90s`, `10m`, `2h`. */
export function parseDuration({ minMs, maxMs }: DurationBounds): Parse<number> {
  return (text) => {
    const [, digits, unit] = /^(\d+)([smh])$/.exec(text) ?? []
    if (digits === undefined || unit === undefined) {
      throw new Mistake(
        `${quote(text)} is not a duration. Write a whole number with s, m or h, like 90s or 10m.`,
      )
    }
    const durationMs = Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS]
    if (durationMs < minMs || durationMs > maxMs) {
      throw new Mistake(
        `${quote(text)} is out of range. Write ${formatDuration(minMs)} to ${formatDuration(maxMs)}.`,
      )
    }
    return durationMs
  }
}

/** A duration in its largest whole unit: 90000 is `90s`, 600000 is `10m`. */
export function formatDuration(durationMs: number): string {
  const unit = (['h', 'm'] as const).find(
    (name) => durationMs > 0 && durationMs % UNIT_MS[name] === 0,
  )
  return unit ? `${durationMs / UNIT_MS[unit]}${unit}` : `${durationMs / UNIT_MS.s}s`
}
