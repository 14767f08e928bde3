import { StepError } from '../errors.js'
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  DecimalSum,
  divideDecimal,
  formatDecimal,
  parseDecimal,
} from '../report/decimal.js'
import { type Column, type Cost, type Figures, OTHER, UNKNOWN } from '../report/figures.js'
import type { Findings } from '../report/reader.js'
import { quote } from '../sanitize.js'
import type { Step } from '../step.js'
import { formatCount, groupedDecimal } from '../summary/format.js'

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
    ...costFailures(findings, thresholds.maxCost),
  ]
  if (findings.figures.records > 0) noteUnusedCurrencies(findings.figures, thresholds, step)
  if (crossed.length > 0) {
    throw new StepError(`${crossed.join(' ')} The files and the report are there.`)
  }
}

/** Amounts count under these if a file gives no currency, or if there are too many currencies. */
const UNNAMED = [UNKNOWN, OTHER].map((name) => name.toUpperCase())

/** With no outbound record there is no rate, and nothing that was not delivered. */
function rateFailures({ figures, files }: Findings, min: Decimal | undefined): string[] {
  if (min === undefined) return []
  const { delivered, outbound, unreadable } = figures
  const file = fileWithout('status_value', files)
  if (file) return [`min-delivery-rate cannot be checked: ${file} has no column status_value.`]
  const limit = `min-delivery-rate (${formatDecimal(min)}%)`
  const known = `${delivered} of ${outbound} outbound ${outbound === 1 ? 'record was' : 'records were'} delivered`
  const lack = lackOf(min, delivered, outbound)
  if (lack.units > 0) {
    const places = placesOf(lack, outbound)
    const rate = formatQuotient({ units: BigInt(delivered) * 100n, scale: 0 }, outbound, places)
    const short = formatQuotient(lack, outbound, places)
    return [
      `The delivery rate is ${rate}%, ${short} points below min-delivery-rate (${formatDecimal(min)}%): ${known}.`,
    ]
  }
  // All of them may be outbound, and none of them delivered.
  if (lackOf(min, delivered, outbound + unreadable).units <= 0) return []
  return [
    `${limit} cannot be checked: ${known}, and ${describeUnreadable(unreadable)} could change that.`,
  ]
}

/** What the rate lacks to the lowest allowed one, in per cent, times the outbound records. */
function lackOf({ units, scale }: Decimal, delivered: number, outbound: number): Decimal {
  const allowed = { units: BigInt(units) * BigInt(outbound), scale }
  return addDecimals(allowed, { units: BigInt(delivered) * -100n, scale: 0 })
}

function costFailures(
  { figures, files }: Findings,
  maxCost: ReadonlyMap<string, Decimal> = new Map(),
): string[] {
  const { cost, unreadable } = figures
  if (maxCost.size === 0) return []
  const file = fileWithout('price_total', files)
  if (file) return [`max-cost cannot be checked: ${file} has no column price_total.`]
  return [...maxCost].flatMap(([currency, max]) => {
    const limit = `max-cost (${currency} ${groupedDecimal(max)})`
    const amount = amountIn([currency], cost)
    const paid = `${currency} ${groupedDecimal(amount)}`
    if (compareDecimals(amount, max) > 0) {
      const above = addDecimals(amount, { units: -BigInt(max.units), scale: max.scale })
      return [
        `The cost is ${paid}, ${currency} ${groupedDecimal(above)} above max-cost (${currency} ${groupedDecimal(max)}).`,
      ]
    }
    const unnamed = amountIn(UNNAMED, cost)
    if (compareDecimals(addDecimals(amount, unnamed), max) > 0) {
      return [
        `${limit} cannot be checked: ${groupedDecimal(unnamed)} of the cost is in no known currency.`,
      ]
    }
    if (unreadable === 0) return []
    return [
      `${limit} cannot be checked: the cost is ${paid}, and ${describeUnreadable(unreadable)} may have cost more.`,
    ]
  })
}

function describeUnreadable(unreadable: number): string {
  return unreadable === 1
    ? 'one record that could not be read'
    : `${formatCount(unreadable)} records that could not be read`
}

/** A mistyped currency would never be above anything. */
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

/** The first file that lacks the column. */
function fileWithout(column: Column, files: Findings['files']): string | undefined {
  const file = files.find(({ missing }) => missing.includes(column))
  return file && quote(file.name)
}

/** A file may write a currency in small letters. */
function amountIn(currencies: readonly string[], cost: Cost): Decimal {
  const sum = new DecimalSum()
  for (const [name, text] of Object.entries(cost)) {
    const amount = parseDecimal(text)
    if (amount && currencies.includes(name.trim().toUpperCase())) sum.add(amount)
  }
  return sum.total()
}

/** So many decimals, at least one, that what is lacking does not look like 0. */
function placesOf({ units, scale }: Decimal, by: number): number {
  const unit = BigInt(by) * 10n ** BigInt(scale)
  let places = 1
  while (BigInt(units) * 10n ** BigInt(places) < unit) places += 1
  return places
}

/** With all these decimals, also zeros. */
function formatQuotient(amount: Decimal, by: number, places: number): string {
  const digits = String(divideDecimal(amount, by, places).units).padStart(places + 1, '0')
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`
}
