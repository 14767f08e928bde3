import { StepError } from '../errors.js'
import {
  compareDecimals,
  type Decimal,
  DecimalSum,
  formatDecimal,
  parseDecimal,
} from '../report/decimal.js'
import { formatAmount } from '../report/number-format.js'
import type { Figures } from '../report/report.js'

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

/** With no outbound record there is no rate, and nothing that was not delivered. */
function rateFailures({ delivered, outbound }: Figures, min: Decimal | undefined): string[] {
  if (min === undefined || (outbound === 0 && delivered !== undefined)) return []
  if (delivered === undefined) {
    return ['min-delivery-rate cannot be checked: a file has no column status_value.']
  }
  const isEnough =
    BigInt(delivered) * 100n * 10n ** BigInt(min.scale) >= BigInt(min.units) * BigInt(outbound)
  if (isEnough) return []
  const percent = (delivered / outbound) * 100
  const short = Number(formatDecimal(min)) - percent
  return [
    `The delivery rate is ${describePercent(percent)}, ${describePercent(short)} below min-delivery-rate (${formatDecimal(min)}%): ${delivered} of ${outbound} outbound records were delivered.`,
  ]
}

function costFailures(
  { cost }: Figures,
  maxCost: ReadonlyMap<string, Decimal> | undefined,
): string[] {
  if (maxCost === undefined) return []
  if (cost === undefined) return ['max-cost cannot be checked: a file has no column price_total.']
  return [...maxCost].flatMap(([currency, max]) => {
    const amount = amountIn(currency, cost)
    if (compareDecimals(amount, max) <= 0) return []
    const by = formatDecimal(subtract(amount, max))
    return [
      `The cost is ${currency} ${formatAmount(formatDecimal(amount))}, ${currency} ${formatAmount(by)} above max-cost (${currency} ${formatDecimal(max)}).`,
    ]
  })
}

/** A file may write a currency in small letters. */
function amountIn(currency: string, cost: NonNullable<Figures['cost']>): Decimal {
  const amounts = Object.entries(cost)
    .filter(([name]) => name.trim().toUpperCase() === currency)
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

/** With so many decimals that it is not told as 0. */
function describePercent(percent: number): string {
  const places = [1, 2, 4, 6].find((digits) => Number(percent.toFixed(digits)) > 0) ?? 1
  return `${percent.toFixed(places)}%`
}
