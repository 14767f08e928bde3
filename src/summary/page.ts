import { exactRateOf, type ShownFigures, type ShownMeasures, UNKNOWN } from '../report/figures.js'
import { sanitizeAnswer } from '../sanitize.js'
import { formatCharts } from './charts.js'
import { meaningOf } from './error-codes.js'
import {
  changeOfCost,
  changesOf,
  formatAverage,
  formatChange,
  formatCount,
  formatFirst,
  formatRate,
  formatRateOf,
  formatSeconds,
  joinCost,
  NONE,
  onlyAmount,
  percentileOf,
} from './format.js'
import { describeCountry, escapeName, formatTable, left, right, unbroken } from './markdown.js'
import { daysIn, eachDay, toPeriods } from './periods.js'
import {
  formatCounts,
  formatDayTable,
  formatErrors,
  formatFailures,
  formatGroups,
} from './tables.js'

/** Days without an outbound message that a line names. */
const MAX_DAYS_NAMED = 5

/** The groups that have tables; those that are full show the change and the average costs as well. */
const GROUP_TABLES = [
  { group: 'countries', heading: 'Countries', describe: describeCountry, isFull: true },
  { group: 'operators', heading: 'Operators', describe: escapeName, isFull: true },
  { group: 'senders', heading: 'Senders', describe: escapeName, isFull: false },
] as const

/** The figures as blocks of Markdown, the most wanted first; with the change from a period before. */
export function formatFigures(figures: ShownFigures, before?: ShownFigures): string[] {
  const { days = {}, outbound } = figures
  return [
    formatHeadlineTable(figures, before),
    ...formatNotes(figures, before),
    ...formatCharts(toPeriods(figures)),
    ...(Object.keys(days).length > 0 ? [formatDayTable(days)] : []),
    ...GROUP_TABLES.flatMap(({ group, isFull, ...table }) =>
      formatGroups(figures[group], {
        ...table,
        before: isFull ? before?.[group] : undefined,
        hasCosts: isFull,
      }),
    ),
    ...formatFailures(figures.failures),
    ...formatCounts('Status of outbound messages', figures.outboundStatuses, outbound),
    ...formatErrors(figures.errors),
  ]
}

type Row = readonly [label: string, text: string, change?: string | undefined]

/** Volume, delivery, cost and speed, which people look at first, as a table. */
function formatHeadlineTable(figures: ShownFigures, before?: ShownFigures): string {
  const headings = [
    ...left(formatSpan(figures.days), ''),
    ...(before ? right(`Change from ${formatSpan(before.days)}`) : []),
  ]
  const rows = headlineRows(figures, before).map(([label, text, change = NONE]) =>
    before ? [label, text, change] : [label, text],
  )
  return formatTable(headings, rows)
}

function headlineRows(figures: ShownFigures, before: ShownFigures | undefined): Row[] {
  const { records, outbound, unreadable, cost } = figures
  const inbound = figures.directions.inbound ?? 0
  const others = records - outbound - inbound
  const changes = changesOf(figures, before)
  const rows: (Row | false)[] = [
    ['Outbound messages', `**${formatCount(outbound)}**`, changes.outbound],
    ['Inbound messages', formatCount(inbound), formatChange(inbound, before?.directions.inbound)],
    others > 0 && ['Of no known direction', formatCount(others)],
    unreadable > 0 && ['Unreadable records', formatCount(unreadable)],
    ['Delivered', describeDelivered(figures), changes.rate],
    ['Cost', formatHeadlineCost(figures), changes.cost],
    onlyAmount(cost) !== undefined && [
      'Average cost',
      describeAverages(figures),
      changeOfCost(figures, before, ({ records: count }) => count),
    ],
    percentileOf(figures, 'p95') !== undefined && [
      'Time to deliver',
      describeTimes(figures),
      changes.p95,
    ],
    figures.countries !== undefined && [
      'Destination countries',
      formatCount(destinationsOf(figures)),
    ],
  ]
  return rows.filter((row) => row !== false)
}

function describeAverages({ cost, records, parts, delivered }: ShownFigures): string {
  return [
    [formatAverage(cost, records), 'a record'],
    [formatAverage(cost, parts), 'a part'],
    [formatAverage(cost, delivered), 'a delivered message'],
  ]
    .filter(([amount]) => amount !== NONE)
    .map((words) => unbroken(words.join(' ')))
    .join(', ')
}

/** `**93.3%** (485 of 520), 12 still on their way`. */
function describeDelivered(figures: ShownFigures): string {
  const { delivered, outbound, pending = 0 } = figures
  if (delivered === undefined || outbound === 0) return NONE
  const rate = `**${formatRateOf(figures)}** (${formatCount(delivered)} of ${formatCount(outbound)})`
  return pending > 0 ? `${rate}, ${formatCount(pending)} still on their way` : rate
}

function formatHeadlineCost({ cost }: ShownFigures): string {
  const show = (currency: string, amount: string): string =>
    `**${unbroken(`${escapeName(currency)} ${amount}`)}**`
  return joinCost(cost, { show, separator: ' + ' }) ?? NONE
}

/** Half within 3.1 s, 95% within 28 s, 99% within 2 min 1 s. */
function describeTimes(figures: ShownMeasures): string {
  const named = [
    ['half', 'p50'],
    ['95%', 'p95'],
    ['99%', 'p99'],
  ] as const
  return named
    .map(([share, percentile]) => {
      const time = unbroken(formatSeconds(percentileOf(figures, percentile) ?? 0))
      return `${share} within ${percentile === 'p95' ? `**${time}**` : time}`
    })
    .join(', ')
}

/** What a reader also has to know at once, a line for each. */
function formatNotes(figures: ShownFigures, before?: ShownFigures): string[] {
  const lines = [
    describePending(figures, before),
    describeSilentDays(figures),
    describeWorst(figures),
    describeConfirmations(figures),
    figures.unreadable > 0 &&
      `Records that could not be read, and are in no other figure: ${formatCount(figures.unreadable)}.`,
  ].filter(Boolean)
  return lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')]
}

function describePending({ pending = 0 }: ShownFigures, before: ShownFigures | undefined) {
  if (pending === 0) return undefined
  const than = before
    ? ` Until then it looks lower than that of the period before, of which ${formatCount(before.pending ?? 0)} are still on their way.`
    : ''
  return `Messages still on their way: ${formatCount(pending)}. The delivery rate may still rise.${than}`
}

/** A day on which nothing was sent has no rate, and no bar in its chart. */
function describeSilentDays({ days = {}, outbound }: ShownFigures) {
  const all = eachDay(days)
  const silent = all.filter((day) => (days[day]?.outbound ?? 0) === 0)
  if (silent.length === 0 || outbound === 0) return undefined
  return `Nothing was sent on ${formatCount(silent.length)} of ${formatCount(all.length)} days: ${formatFirst(silent, MAX_DAYS_NAMED)}. A day without messages has no delivery rate.`
}

function describeWorst({ failures = [] }: ShownFigures) {
  const [worst] = failures
  if (worst === undefined || worst.records < 2) return undefined
  const meaning = meaningOf(worst.error)
  const error =
    worst.error === UNKNOWN
      ? 'with no error code'
      : `with error ${escapeName(worst.error)}${meaning ? ` (${meaning})` : ''}`
  return `Most failures of one kind: ${formatCount(worst.records)} ${error}, at ${escapeName(worst.operator)} in ${describeCountry(worst.country)}.`
}

/** A confirmation by the operator is none by the handset. */
function describeConfirmations({ confirmations, delivered }: ShownFigures) {
  const { recipient = 0, operator = 0 } = confirmations ?? {}
  if (!delivered || recipient + operator === 0) return undefined
  return `Delivered messages confirmed by the handset: ${formatCount(recipient)}; by the operator alone: ${formatCount(operator)}.`
}

/** One line of what an export holds, as plain text: `520 outbound, 18 inbound · 93.3% delivered · …`. */
export function formatHeadline(figures: ShownFigures): string {
  const { records, outbound, unreadable, cost, directions, days, pending = 0 } = figures
  const rate = exactRateOf(figures)
  const average = formatAverage(cost, records)
  const p95 = percentileOf(figures, 'p95')
  const others = records - outbound - (directions.inbound ?? 0)
  const countries = destinationsOf(figures)
  const plain = (currency: string, amount: string): string =>
    `${sanitizeAnswer(currency)} ${amount}`
  const parts = [
    [
      `${formatCount(outbound)} outbound`,
      `${formatCount(directions.inbound ?? 0)} inbound`,
      ...(others > 0 ? [`${formatCount(others)} of no known direction`] : []),
      ...(unreadable > 0 ? [`${formatCount(unreadable)} unreadable`] : []),
    ].join(', '),
    (typeof rate === 'number' ? `${formatRate(rate)} delivered` : 'no delivery rate') +
      (pending > 0 ? `, ${formatCount(pending)} pending` : ''),
    (joinCost(cost, { show: plain, separator: ' + ' }) ?? 'no cost') +
      (average === NONE ? '' : `, ${average} a record`),
    ...(p95 === undefined ? [] : [`95% within ${formatSeconds(p95)}`]),
    ...(figures.countries
      ? [`${formatCount(countries)} ${countries === 1 ? 'country' : 'countries'}`]
      : []),
    ...(days ? [formatSpan(days)] : []),
  ]
  return parts.join(' · ')
}

function destinationsOf({ countries = {} }: ShownFigures): number {
  return Object.entries(countries).filter(
    ([name, { outbound }]) => outbound > 0 && name !== UNKNOWN,
  ).length
}

/** The first and the last day that records are of: `2026-11-01 to 2026-11-30`. */
export function formatSpan(days: ShownFigures['days']): string {
  const names = daysIn(days)
  const [first, last] = [names[0], names.at(-1)]
  if (first === undefined || last === undefined) return NONE
  return first === last ? first : `${first} to ${last}`
}
