import { type Cost, exactRateOf, type ShownMeasures } from '../report/figures.js'
import { addMeasures } from '../report/tally.js'
import { sanitizeAnswer } from '../sanitize.js'
import { escapeName, type Heading, unbroken } from './markdown.js'
import { formatAmount, formatCount, formatRate } from './number-format.js'

/** For a figure that could not be computed. */
export const NONE = '–'

/** Currencies in one cell; an export rarely has more. */
const MAX_CURRENCIES = 3

/** The headings of what `figureCells` gives. */
export const FIGURE_HEADINGS: readonly Heading[] = [
  ['Records', 'right'],
  ['Parts', 'right'],
  ['Delivery rate', 'right'],
  ['Cost', 'right'],
]

/** What is known of a group, as the cells of a row. */
export function figureCells(figures: ShownMeasures): string[] {
  const { records, parts, cost } = figures
  return [
    formatCount(records),
    parts === undefined ? NONE : formatCount(parts),
    formatRateCell(exactRateOf(figures)),
    formatCost(cost, '<br>'),
  ]
}

/** A row for the groups that have none of their own. */
export function gather(
  groups: readonly (readonly [string, ShownMeasures])[],
  label: string,
): string[] {
  return [label, ...figureCells(addMeasures(groups.map(([, figures]) => figures)))]
}

export function formatRateCell(rate: number | null | undefined): string {
  return typeof rate === 'number' ? formatRate(rate) : NONE
}

/** Amounts by currency, as Markdown. */
export function formatCost(cost: Cost | undefined, separator: string): string {
  const show = (currency: string, amount: string): string =>
    unbroken(`${escapeName(currency)} ${amount}`)
  return joinAmounts(cost, { show, separator }) ?? NONE
}

/** The same as plain text. */
export function formatPlainCost(cost: Cost | undefined): string {
  const show = (currency: string, amount: string): string => `${sanitizeAnswer(currency)} ${amount}`
  return joinAmounts(cost, { show, separator: ' + ' }) ?? 'no cost'
}

/** The first currencies, and how many there are besides; undefined where there is none. */
function joinAmounts(
  cost: Cost = {},
  { show, separator }: { show: (currency: string, amount: string) => string; separator: string },
): string | undefined {
  const amounts = Object.entries(cost).sort(([a], [b]) => (a < b ? -1 : 1))
  if (amounts.length === 0) return undefined
  const shown = amounts
    .slice(0, MAX_CURRENCIES)
    .map(([currency, amount]) => show(currency, formatAmount(amount)))
  const more = amounts.length - shown.length
  return [...shown, ...(more > 0 ? [`${formatCount(more)} more`] : [])].join(separator)
}
