import { Mistake } from '../errors.js'
import { quote } from '../sanitize.js'
import type { Parse } from './fields.js'

/** A whole number from `min` to `max`, written in digits alone. */
export function parseWholeNumber(min: number, max: number): Parse<number> {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max)) {
      throw new Mistake(
        `${quote(text)} is not a whole number from ${min} to ${max}. Write digits alone, like ${Math.max(min, 5)}.`,
      )
    }
    return value
  }
}
