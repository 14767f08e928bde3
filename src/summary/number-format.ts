import { type Decimal, formatDecimal, parseDecimal, roundDecimal } from '../report/decimal.js'

/** Enough for the price of one part; an invoice has fewer. */
const MAX_COST_PLACES = 4

const NOTHING: Decimal = { units: 0, scale: 0 }

/** `1,234,567`. */
export function formatCount(count: number): string {
  return grouped(String(count))
}

/** `93.9%`, of a part of 1. */
export function formatRate(rate: number): string {
  return `${(Math.round(rate * 1_000) / 10).toFixed(1)}%`
}

/** `1,234.5678`: an amount with at most four decimals. */
export function formatAmount(amount: string): string {
  return groupedDecimal(roundDecimal(parseDecimal(amount) ?? NOTHING, MAX_COST_PLACES))
}

/** The same with all its decimals. */
export function groupedDecimal(amount: Decimal): string {
  const [whole = '', fraction] = formatDecimal(amount).split('.')
  return fraction === undefined ? grouped(whole) : `${grouped(whole)}.${fraction}`
}

/** In decimal units with one decimal, as `1.2 GB`; bytes alone as they are. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}
