import { exactRateOf, type ShownFigures, type ShownMeasures, UNKNOWN } from '../report/figures.js'
import { formatCost, formatPlainCost, formatRateCell, NONE } from './figure-cells.js'
import { formatCount, formatRate } from './number-format.js'
import { isDay } from './periods.js'

export interface HeadlineFigure {
  readonly heading: string
  /** As Markdown. */
  readonly text: string
  /** As plain text, where that differs. */
  readonly log?: string
}

/** What people look at first. */
export function headlineOf(figures: ShownFigures): HeadlineFigure[] {
  const { records, cost, countries, days, unreadable } = figures
  const rate = exactRateOf(figures)
  const destinations = Object.entries(countries ?? {}).filter(isDestination).length
  return [
    { heading: 'Records', text: formatCount(records), log: `${formatCount(records)} records` },
    ...(unreadable > 0
      ? [
          {
            heading: 'Unreadable',
            text: formatCount(unreadable),
            log: `${formatCount(unreadable)} unreadable`,
          },
        ]
      : []),
    {
      heading: 'Delivery rate',
      text: formatRateCell(rate),
      log: typeof rate === 'number' ? `${formatRate(rate)} delivered` : 'no delivery rate',
    },
    { heading: 'Cost', text: formatCost(cost, ' + '), log: formatPlainCost(cost) },
    ...(countries
      ? [
          {
            heading: 'Destination countries',
            text: formatCount(destinations),
            log: `${formatCount(destinations)} ${destinations === 1 ? 'country' : 'countries'}`,
          },
        ]
      : []),
    ...(days ? [{ heading: 'Days (UTC)', text: formatSpan(days) }] : []),
  ]
}

/** One line of what an export holds: `1,000 records · 93.9% delivered · …`. */
export function formatHeadline(figures: ShownFigures): string {
  return headlineOf(figures)
    .map(({ text, log }) => log ?? text)
    .join(' · ')
}

function isDestination([name, { outbound }]: [string, ShownMeasures]): boolean {
  return outbound > 0 && name !== UNKNOWN
}

/** The first and the last day that records are of: `2026-11-01 to 2026-11-30`. */
export function formatSpan(days: Readonly<Record<string, ShownMeasures>>): string {
  const names = Object.keys(days).filter(isDay).sort()
  const [first, last] = [names[0], names.at(-1)]
  if (first === undefined || last === undefined) return NONE
  return first === last ? first : `${first} to ${last}`
}
