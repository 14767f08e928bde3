import { didYouMean, Mistake, readSlips } from '../errors.js'
import { type Decimal, formatDecimal, parseDecimal } from '../report/decimal.js'
import { quote } from '../sanitize.js'
import type { Parse } from './fields.js'

const BOOLEAN_SLIPS = readSlips('true: yes on 1|false: no off 0')

/** `true` or `false`, as YAML 1.2 writes them. */
export function parseBoolean(text: string): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  const meant = didYouMean(BOOLEAN_SLIPS.get(text.toLowerCase()))
  throw new Mistake(`${quote(text)} is neither true nor false${meant} Write one of these.`)
}

/**
 * One of the given words, written exactly so; `slips` are other words for them, in lower case and
 * without spaces.
 */
export function parseChoice<T extends string>(
  choices: readonly T[],
  slips: ReadonlyMap<string, string> = new Map(),
): Parse<T> {
  const fold = (word: string): string => word.toLowerCase().replace(/[\s_-]+/g, '')
  return (text) => {
    const choice = choices.find((word) => word === text)
    if (choice !== undefined) return choice
    const folded = fold(text)
    const meant = choices.find((word) => fold(word) === folded) ?? slips.get(folded)
    throw new Mistake(
      `${quote(text)} is not known${didYouMean(meant)} Write one of ${choices.join(', ')}.`,
    )
  }
}

/** The texts of a JSON array; undefined for anything else. */
export function parseJsonTexts(text: string): string[] | undefined {
  try {
    const items: unknown = JSON.parse(text)
    const isOfTexts = Array.isArray(items) && items.every((item) => typeof item === 'string')
    return isOfTexts ? items : undefined
  } catch {
    return undefined
  }
}

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A duration in milliseconds, from a whole number with its unit: `90s`, `10m`, `2h`, `10d`. */
export function parseDuration({ minMs, maxMs }: Record<'minMs' | 'maxMs', number>): Parse<number> {
  const range = `${formatDuration(minMs)} to ${formatDuration(maxMs)}`
  return function parse(text) {
    const [, digits, unit] = /^(\d+)([smhd])$/.exec(text) ?? []
    if (digits === undefined) {
      const meant = didYouMean(durationMeantBy(text), parse)
      throw new Mistake(
        `${quote(text)} is not a duration${meant} Write a whole number with s, m, h or d, like 90s or 10m, from ${range}.`,
      )
    }
    const durationMs = Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS]
    if (durationMs >= minMs && durationMs <= maxMs) return durationMs
    throw new Mistake(`${quote(text)} is out of range. Write ${range}.`)
  }
}

/** `10 minutes` and `10 MIN` mean `10m`. */
function durationMeantBy(text: string): string | undefined {
  const [, digits, unit] =
    /^(\d{1,9}) ?(s|m|h|d|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?)$/i.exec(text) ?? []
  return digits && unit && `${digits}${unit.charAt(0).toLowerCase()}`
}

/** In the largest unit without a fraction: `90s`, `10m`, hours up to `168h`, then days. */
export function formatDuration(durationMs: number): string {
  const units = durationMs > 7 * UNIT_MS.d ? (['d', 'h', 'm'] as const) : (['h', 'm'] as const)
  const unit = units.find((name) => durationMs > 0 && durationMs % UNIT_MS[name] === 0) ?? 's'
  return `${durationMs / UNIT_MS[unit]}${unit}`
}

/** A whole number from `min` to `max`, written in digits alone. */
export function parseWholeNumber(min: number, max: number): Parse<number> {
  return function parse(text) {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    const isGrouped = /^\d{1,3}([,_' ])\d{3}(?:\1\d{3})*$/.test(text)
    const meant = isGrouped ? String(Number(text.replace(/\D/g, ''))) : undefined
    throw new Mistake(
      `${quote(text)} is not a whole number from ${min} to ${max}${didYouMean(meant, parse)} Write digits alone, like ${Math.max(min, 5)}.`,
    )
  }
}

/**
 * A percentage from 0 to 100: `95`, `99.5` or `95%`. A number from 0 to 1 without `%` is a Mistake, as
 * reports write rates as fractions of 1, and either may be meant.
 */
export function parsePercentage(text: string): Decimal {
  const [, digits, sign] = /^(\d{1,3}(?:\.\d{1,10})?)( ?%)?$/.exec(text) ?? []
  const percentage = digits === undefined ? undefined : parseDecimal(digits)
  if (percentage === undefined || Number(digits) > 100) {
    const meant = /^\d{1,2},\d{1,2} ?%?$/.test(text) ? text.replace(',', '.') : undefined
    throw new Mistake(
      `${quote(text)} is not a percentage${didYouMean(meant, parsePercentage)} Write a number from 0 to 100, like 95.`,
    )
  }
  if (sign === undefined && Number(digits) <= 1) {
    throw new Mistake(describeFraction(text, percentage))
  }
  return percentage
}

function describeFraction(text: string, fraction: Decimal): string {
  if (Number(text) === 0) {
    return `${quote(text)} is a limit that nothing crosses. Leave it out, or write a percentage, like 95.`
  }
  const meant = formatDecimal({ units: Number(fraction.units) * 100, scale: fraction.scale })
  return `${quote(text)} is one in a hundred or less${didYouMean(meant, parsePercentage)} Write a number from 0 to 100, like 95, or ${text}% if it is so little.`
}

const SIGNS: Readonly<Record<string, string>> = { '€': 'EUR', $: 'USD', '£': 'GBP' }

/** Amounts by currency, one to a line: `EUR 500`. Currencies are in capitals. */
export function parseAmounts(text: string): ReadonlyMap<string, Decimal> {
  const amounts = new Map<string, Decimal>()
  for (const line of text.split('\n').map((part) => part.trim())) {
    if (line === '') continue
    const [, currency, digits] = /^([A-Za-z]{3})\s+(\d{1,18}(?:\.\d{1,10})?)$/.exec(line) ?? []
    const amount = digits === undefined ? undefined : parseDecimal(digits)
    if (currency === undefined || amount === undefined) {
      throw new Mistake(
        `${quote(line)} is not an amount${didYouMean(amountMeantBy(line))} Write a currency and a number, like EUR 500, one to a line.`,
      )
    }
    const code = currency.toUpperCase()
    if (amounts.has(code)) throw new Mistake(`${code} is given twice. Write each currency once.`)
    amounts.set(code, amount)
  }
  return amounts
}

/** `500 EUR`, `EUR500` and `€500` mean `EUR 500`. */
function amountMeantBy(line: string): string | undefined {
  const [, before, digits, after] =
    /^([A-Za-z]{3}|[€$£])? ?(\d{1,18}(?:\.\d{1,10})?) ?([A-Za-z]{3}|[€$£])?$/.exec(line) ?? []
  const currency = before ?? after
  if (digits === undefined || currency === undefined || (before && after)) return undefined
  return `${SIGNS[currency] ?? currency.toUpperCase()} ${digits}`
}
