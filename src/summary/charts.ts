import { type Cost, exactRateOf, type ShownMeasures } from '../report/figures.js'
import { onlyAmount } from './format.js'
import type { Period, Periods } from './periods.js'

/** Charts of cost where there are several currencies, which are never added up. */
const MAX_CURRENCIES = 3

/** Decimals of a bar. */
const PLACES = 4

/** Wide and low, with no background, in a blue that is visible in light and in dark mode. */
const SETTINGS =
  '%%{init: {"xyChart": {"width": 900, "height": 260, "xAxis": {"labelFontSize": 11}}, "themeVariables": {"xyChart": {"backgroundColor": "transparent", "plotColorPalette": "#4184e4"}}}}%%'

/**
 * Outbound messages, delivery rate and cost by hour, day, week or month: the average cost, as 8x8's
 * own dashboard has it, or each currency's sum where there are several. None for a single column.
 */
export function formatCharts({ unit, periods }: Periods): string[] {
  if (periods.length < 2) return []
  const chart = (title: string, read: (figures: ShownMeasures) => number, highest?: number) =>
    formatChart({
      title: `${title} by ${unit}`,
      bars: periods.map(({ label, figures }) => ({ label, value: read(figures) })),
      highest,
    })
  const hasRates = periods.some(({ figures }) => typeof exactRateOf(figures) === 'number')
  const currencies = chartedCurrencies(periods)
  const [currency] = currencies
  const costs =
    currency !== undefined && currencies.length === 1 && periods.every(hasOneCurrency)
      ? [
          chart(
            `Average cost of a record in ${currency}`,
            ({ cost, records }) => amountIn(currency, cost) / Math.max(1, records),
          ),
        ]
      : currencies
          .slice(0, MAX_CURRENCIES)
          .map((name) => chart(`Cost in ${name}`, ({ cost }) => amountIn(name, cost)))
  return [
    chart('Outbound messages', ({ outbound }) => outbound),
    ...(hasRates
      ? [chart('Delivery rate in %', (figures) => (exactRateOf(figures) ?? 0) * 100, 100)]
      : []),
    ...costs,
  ]
}

function hasOneCurrency({ figures: { cost } }: Period): boolean {
  return onlyAmount(cost) !== undefined || Object.values(cost ?? {}).every((text) => +text === 0)
}

function amountIn(currency: string, cost: Cost | undefined): number {
  return Number(cost?.[currency] ?? 0)
}

/** Currencies that a chart's source can name, those of most periods first. */
function chartedCurrencies(periods: readonly Period[]): string[] {
  const counts = new Map<string, number>()
  for (const { figures } of periods) {
    for (const [currency, amount] of Object.entries(figures.cost ?? {})) {
      if (/^[A-Z]{3}$/i.test(currency) && Math.abs(Number(amount)) < 1e15 && Number(amount) !== 0) {
        counts.set(currency, (counts.get(currency) ?? 0) + 1)
      }
    }
  }
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([currency]) => currency)
}

interface BarChart {
  readonly title: string
  /** The labels are ours, so they need no escaping in the chart's source. */
  readonly bars: readonly { readonly label: string; readonly value: number }[]
  /** The end of the axis if it is fixed, like 100 for a percentage. */
  readonly highest?: number | undefined
}

/**
 * A chart that GitHub draws: a fenced block in mermaid's xychart-beta, known to all versions from
 * 10.9 on. Without given ends, its axis would begin at the smallest value.
 */
export function formatChart({ title, bars, highest }: BarChart): string {
  const values = bars.map(({ value }) => Number(value.toFixed(PLACES)))
  const top = highest ?? Math.max(...values, 0)
  const bottom = Math.min(...values, 0)
  return [
    '```mermaid',
    SETTINGS,
    'xychart-beta',
    `    title "${title}"`,
    `    x-axis [${bars.map(({ label }) => `"${label}"`).join(', ')}]`,
    `    y-axis ${plainNumber(bottom)} --> ${plainNumber(top > bottom ? top : bottom + 1)}`,
    `    bar [${values.map(plainNumber).join(', ')}]`,
    '```',
  ].join('\n')
}

/** Without an exponent, which the chart's language does not know. */
function plainNumber(value: number): string {
  return value.toFixed(PLACES).replace(/\.?0+$/, '')
}
