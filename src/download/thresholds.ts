import { StepError } from '../errors.js'
import {
  compareDecimals,
  type Decimal,
  DecimalSum,
  formatDecimal,
  parseDecimal,
} from '../report/decimal.js'
import { type Column, type Cost, type Figures, OTHER, UNKNOWN } from '../report/figures.js'
import type { Findings } from '../report/reader.js'
import { quote } from '../sanitize.js'
import type { Step } from '../step.js'
import { formatCounted, groupedDecimal } from '../summary/format.js'

/** What the figures of an export are held to. */
export interface Thresholds {
  /** In percent. */
  readonly minDeliveryRate?: Decimal | undefined
  /** By currency. */
  readonly maxCost?: ReadonlyMap<string, Decimal> | undefined
}

/**
 * Throws a StepError that says which thresholds are crossed and by how much, exactly, not as the
 * page rounds them. It also throws if a figure could not be computed, or if records that could not be
 * read may have changed it.
 */
export function checkThresholds(
  findings: Findings,
  thresholds: Thresholds,
  step: Pick<Step, 'notice'>,
): void {
  const crossed = [
    ...rateFailures(findings, thresholds.minDeliveryRate),
    ...costFailures(findings, thresholds.maxCost ?? new Map()),
  ]
  if (findings.figures.records > 0) noteUnusedCurrencies(findings.figures, thresholds, step)
  if (crossed.length > 0) {
    throw new StepError(`${crossed.join(' ')} The files and the report are there.`)
  }
}

/** Under which amounts count whose currency the files do not say, or that are too many to name. */
const UNNAMED = [UNKNOWN, OTHER].map((name) => name.toUpperCase())

/** With no outbound record there is no rate, and nothing that was not delivered. */
function rateFailures(findings: Findings, min: Decimal | undefined): string[] {
  if (min === undefined) return []
  const { delivered, outbound, unreadable } = findings.figures
  const lacking = fileWithout('status_value', findings)
  if (lacking !== undefined) {
    return [`min-delivery-rate cannot be checked: ${lacking} has no column status_value.`]
  }
  const limit = `min-delivery-rate (${formatDecimal(min)}%)`
  const known = `${delivered} of ${outbound} outbound ${outbound === 1 ? 'record was' : 'records were'} delivered`
  const missed = shortOf(min, delivered, outbound)
  if (missed.short.part > 0n) {
    const places = placesOf(missed.short)
    return [
      `The delivery rate is ${formatFraction(missed.rate, places)}%, ${formatFraction(missed.short, places)} points below min-delivery-rate (${formatDecimal(min)}%): ${known}.`,
    ]
  }
  // All of them may be outbound, and none of them delivered.
  if (shortOf(min, delivered, outbound + unreadable).short.part <= 0n) return []
  return [
    `${limit} cannot be checked: ${known}, and ${describeUnreadable(unreadable)} could change that.`,
  ]
}

/** The rate, and what it lacks to the lowest allowed one, in per cent. */
function shortOf(
  min: Decimal,
  delivered: number,
  outbound: number,
): { rate: Fraction; short: Fraction } {
  const scale = 10n ** BigInt(min.scale)
  const of = BigInt(outbound) * scale
  const part = BigInt(delivered) * 100n * scale
  return { rate: { part, of }, short: { part: BigInt(min.units) * BigInt(outbound) - part, of } }
}

function costFailures(findings: Findings, maxCost: ReadonlyMap<string, Decimal>): string[] {
  const { cost, unreadable } = findings.figures
  if (maxCost.size === 0) return []
  const lacking = fileWithout('price_total', findings)
  if (lacking !== undefined) {
    return [`max-cost cannot be checked: ${lacking} has no column price_total.`]
  }
  return [...maxCost].flatMap(([currency, max]) => {
    const limit = `max-cost (${currency} ${groupedDecimal(max)})`
    const amount = amountIn([currency], cost)
    const paid = `${currency} ${groupedDecimal(amount)}`
    if (compareDecimals(amount, max) > 0) {
      const above = sum([amount, { units: -BigInt(max.units), scale: max.scale }])
      return [
        `The cost is ${paid}, ${currency} ${groupedDecimal(above)} above max-cost (${currency} ${groupedDecimal(max)}).`,
      ]
    }
    const unnamed = amountIn(UNNAMED, cost)
    if (compareDecimals(sum([amount, unnamed]), max) > 0) {
      return [
        `${limit} cannot be checked: ${groupedDecimal(unnamed)} of the cost is in no known currency.`,
      ]
    }
    if (unreadable === 0) return []
    // The cost of a record that could not be read is unknown.
    return [
      `${limit} cannot be checked: the cost is ${paid}, and ${describeUnreadable(unreadable)} may have cost more.`,
    ]
  })
}

function describeUnreadable(unreadable: number): string {
  return `${formatCounted(unreadable, 'record')} that could not be read`
}

/** A currency that is mistyped would never be above anything. */
function noteUnusedCurrencies(
  { cost, missing }: Figures,
  { maxCost = new Map() }: Thresholds,
  step: Pick<Step, 'notice'>,
): void {
  const used = Object.keys(cost).map((name) => name.trim().toUpperCase())
  const unused = [...maxCost.keys()].filter((currency) => !used.includes(currency))
  if (unused.length === 0 || missing.includes('price_total')) return
  step.notice(
    `max-cost names ${unused.join(', ')}, and no record has a price in ${unused.length === 1 ? 'it' : 'them'}.`,
  )
}

/** The first file that lacks the column; "a file" where its name is not known. */
function fileWithout(column: Column, { figures, files }: Findings): string | undefined {
  const file = files.find(({ missing }) => missing.includes(column))
  if (file) return quote(file.name)
  return figures.missing.includes(column) ? 'a file' : undefined
}

/** A file may write a currency in small letters. */
function amountIn(currencies: readonly string[], cost: Cost): Decimal {
  const amounts = Object.entries(cost)
    .filter(([name]) => currencies.includes(name.trim().toUpperCase()))
    .map(([, amount]) => parseDecimal(amount))
  return sum(amounts.filter((amount) => amount !== undefined))
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
