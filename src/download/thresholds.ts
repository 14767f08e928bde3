import { StepError } from '../errors.js'
import {
  compareDecimals,
  type Decimal,
  DecimalSum,
  formatDecimal,
  parseDecimal,
} from '../report/decimal.js'
import { OTHER } from '../report/names.js'
import { UNKNOWN } from '../report/record.js'
import type { Figures } from '../report/report.js'
import { groupedDecimal } from '../summary/number-format.js'

/** What the figures of an export are held to. */
export interface Thresholds {
  /** In percent. */
  readonly minDeliveryRate?: Decimal | undefined
  /** By currency. */
  readonly maxCost?: ReadonlyMap<string, Decimal> | undefined
}

/**
 * Throws a StepError that says which thresholds are crossed and by how much, exactly, not as the
 * page rounds them. A figure that could not be computed is as bad: nobody knows whether it holds.
 */
export function checkThresholds(figures: Figures, thresholds: Thresholds): void {
  const crossed = [
    ...rateFailures(figures, thresholds.minDeliveryRate),
    ...costFailures(figures, thresholds.maxCost),
  ]
  if (crossed.length > 0) {
    throw new StepError(`${crossed.join(' ')} The files and the report are there.`)
  }
}

/** Under which amounts count whose currency the files do not say, or that are too many to name. */
const UNNAMED = [UNKNOWN, OTHER].map((name) => name.toUpperCase())

/** With no outbound record there is no rate, and nothing that was not delivered. */
function rateFailures({ delivered, outbound }: Figures, min: Decimal | undefined): string[] {
  if (min === undefined || (outbound === 0 && delivered !== undefined)) return []
  if (delivered === undefined) {
    return ['min-delivery-rate cannot be checked: a file has no column status_value.']
  }
  const share = { of: BigInt(outbound) * 10n ** BigInt(min.scale) }
  const rate = { ...share, part: BigInt(delivered) * 100n * 10n ** BigInt(min.scale) }
  const short = { ...share, part: BigInt(min.units) * BigInt(outbound) - rate.part }
  if (short.part <= 0n) return []
  const places = placesOf(short)
  return [
    `The delivery rate is ${formatFraction(rate, places)}%, ${formatFraction(short, places)}% below min-delivery-rate (${formatDecimal(min)}%): ${delivered} of ${outbound} outbound records were delivered.`,
  ]
}

function costFailures(
  { cost }: Figures,
  maxCost: ReadonlyMap<string, Decimal> | undefined,
): string[] {
  if (maxCost === undefined) return []
  if (cost === undefined) return ['max-cost cannot be checked: a file has no column price_total.']
  return [...maxCost].flatMap(([currency, max]) => {
    const amount = amountIn([currency], cost)
    if (compareDecimals(amount, max) > 0) {
      const by = groupedDecimal(subtract(amount, max))
      return [
        `The cost is ${currency} ${groupedDecimal(amount)}, ${currency} ${by} above max-cost (${currency} ${groupedDecimal(max)}).`,
      ]
    }
    const unnamed = amountIn(UNNAMED, cost)
    if (compareDecimals(sum([amount, unnamed]), max) <= 0) return []
    return [
      `max-cost (${currency} ${groupedDecimal(max)}) cannot be checked: ${groupedDecimal(unnamed)} of the cost is in no known currency.`,
    ]
  })
}

/** A file may write a currency in small letters. */
function amountIn(currencies: readonly string[], cost: NonNullable<Figures['cost']>): Decimal {
  const amounts = Object.entries(cost)
    .filter(([name]) => currencies.includes(name.trim().toUpperCase()))
    .map(([, amount]) => parseDecimal(amount))
  return sum(amounts.filter((amount) => amount !== undefined))
}

function subtract(a: Decimal, b: Decimal): Decimal {
  return sum([a, { units: -BigInt(b.units), scale: b.scale }])
}

function sum(amounts: readonly Decimal[]): Decimal {
  const total = new DecimalSum()
  for (const amount of amounts) total.add(amount)
  return total.total()
}

interface Fraction {
  readonly part: bigint
  readonly of: bigint
}

/** So many decimals that what is missing is not told as 0; one at least. */
function placesOf({ part, of }: Fraction): number {
  let places = 1
  while (part * 10n ** BigInt(places) < of) places += 1
  return places
}

/** Rounded to so many decimals. */
function formatFraction({ part, of }: Fraction, places: number): string {
  const digits = String((2n * part * 10n ** BigInt(places) + of) / (2n * of))
  const padded = digits.padStart(places + 1, '0')
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`
}
