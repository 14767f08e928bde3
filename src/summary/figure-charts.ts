import { exactRateOf, type ShownMeasures } from '../report/figures.js'
import { formatChart } from './chart.js'
import type { Period, Periods } from './periods.js'

/** Charts of cost, one for each currency: they are never added up. */
const MAX_CURRENCIES = 3

/** Messages, delivery rate and cost by day, week or month. */
export function formatCharts({ unit, periods }: Periods): string[] {
  const chart = (title: string, read: (figures: ShownMeasures) => number, highest?: number) =>
    formatChart({
      title: `${title} by ${unit}`,
      bars: periods.map(({ label, figures }) => ({ label, value: read(figures) })),
      ...(highest !== undefined && { highest }),
    })
  const hasRates = periods.some(({ figures }) => typeof exactRateOf(figures) === 'number')
  return [
    chart('Messages', ({ records }) => records),
    ...(hasRates
      ? [chart('Delivery rate in %', (figures) => (exactRateOf(figures) ?? 0) * 100, 100)]
      : []),
    ...chartedCurrencies(periods).map((currency) =>
      chart(`Cost in ${currency}`, ({ cost }) => Number(cost?.[currency] ?? 0)),
    ),
  ]
}

/** Those that can stand in a chart's source, the ones of most periods first. */
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
    .slice(0, MAX_CURRENCIES)
    .map(([currency]) => currency)
}
