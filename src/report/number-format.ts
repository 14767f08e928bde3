import { type Decimal, formatDecimal, parseDecimal, roundDecimal } from './decimal.js'

/** Enough for the price of one part; an invoice has fewer. */
const MAX_COST_PLACES = 4

/** `1,234,567`. */
export function formatCount(count: number): string {
  return grouped(String(count))
}

/** `93.9%`, of a part of 1. */
export function formatRate(rate: number): string {
  return `${(rate * 100).toFixed(1)}%`
}

/** `1,234.5678`: an amount with at most four decimals. */
export function formatAmount(amount: string): string {
  const [whole = '', fraction] = formatDecimal(rounded(amount)).split('.')
  return fraction === undefined ? grouped(whole) : `${grouped(whole)}.${fraction}`
}

/** In decimal units with one decimal, as `1.2 GB`; bytes alone as they are. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`
}

function rounded(amount: string): Decimal {
  return roundDecimal(parseDecimal(amount) ?? { units: 0, scale: 0 }, MAX_COST_PLACES)
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}
