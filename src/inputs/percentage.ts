import { Mistake } from '../errors.js'
import { compareDecimals, type Decimal, parseDecimal } from '../report/decimal.js'
import { quote } from '../sanitize.js'

const NONE: Decimal = { units: 0, scale: 0 }
const ALL: Decimal = { units: 100, scale: 0 }

/** A percentage from 0 to 100, `95`, `99.5` or `95%`. */
export function parsePercentage(text: string): Decimal {
  const digits = /^(\d{1,3}(?:\.\d{1,10})?) ?%?$/.exec(text)?.[1]
  const percentage = digits === undefined ? undefined : parseDecimal(digits)
  if (
    percentage === undefined ||
    compareDecimals(percentage, NONE) < 0 ||
    compareDecimals(percentage, ALL) > 0
  ) {
    throw new Mistake(`${quote(text)} is not a percentage. Write a number from 0 to 100, like 95.`)
  }
  return percentage
}
