import { describeTime } from '../clock.js'
import { type Decimal, divideDecimal, formatDecimal, parseDecimal } from '../report/decimal.js'
import { type Cost, exactRateOf, type ShownMeasures } from '../report/figures.js'
import { percentilesOf } from '../report/sketch.js'

/** For a figure that could not be computed. */
export const NONE = '–'

/** Enough for the price of one part; an invoice has fewer. */
const MAX_COST_PLACES = 4

const NOTHING: Decimal = { units: 0, scale: 0 }

/** Currencies in one cell; an export rarely has more. */
const MAX_CURRENCIES = 3

/** `1,234,567`. */
export function formatCount(count: number): string {
  return grouped(String(count))
}

/** `a, b and 3 more`: the first of some texts, and how many others there are. */
export function formatFirst(texts: readonly string[], most: number): string {
  const more = texts.length - most
  return `${texts.slice(0, most).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`
}

/** `93.9%`, of a part of 1. */
export function formatRate(rate: number): string {
  return `${(Math.round(rate * 1_000) / 10).toFixed(1)}%`
}

/** `1,234.5678`, with all its decimals. */
export function groupedDecimal(amount: Decimal): string {
  return grouped(formatDecimal(amount))
}

/** An amount divided by a count, exactly, and rounded once. */
function formatQuotient(amount: Decimal, by: number): string {
  return groupedDecimal(divideDecimal(amount, by, MAX_COST_PLACES))
}

/** `1.2 GB`, in decimal units; bytes without a decimal. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`
}

/** `0.45 s`, `3.1 s`, `28 s`, `2 min 5 s`, `1 h 4 min`, `2 d 3 h`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 59.5) return `${Number(seconds.toPrecision(2))} s`
  return describeTime(seconds * 1_000, { units: 2 })
}

/** Delivered of outbound records; `–` if none is outbound, or no status is known. */
export function formatRateOf(figures: ShownMeasures): string {
  const rate = exactRateOf(figures)
  return typeof rate === 'number' ? formatRate(rate) : NONE
}

/** In how many seconds so many per cent of the messages were delivered; undefined if none was. */
export function percentileOf(
  { timeToDeliver }: ShownMeasures,
  percentile: 'p50' | 'p95' | 'p99',
): number | undefined {
  return (timeToDeliver && percentilesOf(timeToDeliver))?.[percentile]
}

/** The first three amounts, as `show` writes them, and how many more there are; undefined if none. */
export function joinCost(
  cost: Cost = {},
  { show, separator }: { show: (currency: string, amount: string) => string; separator: string },
): string | undefined {
  const amounts = Object.entries(cost).sort(([a], [b]) => (a < b ? -1 : 1))
  if (amounts.length === 0) return undefined
  const shown = amounts
    .slice(0, MAX_CURRENCIES)
    .map(([currency, amount]) => show(currency, formatQuotient(parseDecimal(amount) ?? NOTHING, 1)))
  const more = amounts.length - shown.length
  return [...shown, ...(more > 0 ? [`${formatCount(more)} more`] : [])].join(separator)
}

/** The only currency of a cost, and its amount; undefined if there is none, or more than one. */
export function onlyAmount(
  cost: Cost = {},
): readonly [currency: string, amount: Decimal] | undefined {
  const amounts = Object.entries(cost)
    .map(([currency, text]) => [currency, parseDecimal(text) ?? NOTHING] as const)
    .filter(([, { units }]) => BigInt(units) !== 0n)
  return amounts.length === 1 ? amounts[0] : undefined
}

/**
 * A cost divided by a number of records, parts or messages; `–` if there are none, or if there is more
 * than one currency: how many of them were paid for in each is not known.
 */
export function formatAverage(cost: Cost | undefined, by: number | undefined): string {
  const only = onlyAmount(cost)
  if (only === undefined || !by) return NONE
  return formatQuotient(only[1], by)
}

/** `+4.1%`, `−3.0%`, `±0.0%`; undefined if there was nothing before. */
export function formatChange(
  now: number | undefined,
  before: number | undefined,
): string | undefined {
  if (now === undefined || !before) return undefined
  return `${signed(((now - before) / before) * 100)}%`
}

/** `+0.4 points`, of two rates. */
export function formatPoints(
  now: number | null | undefined,
  before: number | null | undefined,
): string | undefined {
  if (typeof now !== 'number' || typeof before !== 'number') return undefined
  return `${signed((now - before) * 100)} points`
}

/** What has changed since a period before, in the order of the columns of a table. */
export function changesOf(now: ShownMeasures, before: ShownMeasures | undefined) {
  return {
    outbound: formatChange(now.outbound, before?.outbound),
    rate: formatPoints(exactRateOf(now), before && exactRateOf(before)),
    p95: formatChange(percentileOf(now, 'p95'), before && percentileOf(before, 'p95')),
    cost: changeOfCost(now, before),
  }
}

/** The change of a cost, or of its average over a count, if both are in the same single currency. */
export function changeOfCost(
  now: ShownMeasures,
  before: ShownMeasures | undefined,
  countOf: (measures: ShownMeasures) => number = () => 1,
): string | undefined {
  const [paid, earlier] = [onlyAmount(now.cost), onlyAmount(before?.cost)]
  if (!before || !paid || !earlier || paid[0] !== earlier[0] || !countOf(before)) return undefined
  // Near enough for a change in per cent.
  const numberOf = ({ units, scale }: Decimal): number => Number(units) / 10 ** scale
  return formatChange(numberOf(paid[1]) / countOf(now), numberOf(earlier[1]) / countOf(before))
}

function signed(value: number): string {
  const text = grouped(Math.abs(value).toFixed(1))
  return text === '0.0' ? '±0.0' : `${value < 0 ? '−' : '+'}${text}`
}

function grouped(digits: string): string {
  const [whole = '', ...rest] = digits.split('.')
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...rest].join('.')
}
