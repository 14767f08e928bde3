import { exactRateOf, type ShownFigures, type ShownMeasures, UNKNOWN } from '../report/figures.js'
import { sanitizeAnswer } from '../sanitize.js'
import { formatCharts } from './charts.js'
import { meaningOf } from './error-codes.js'
import {
  changeOfCost,
  formatAverage,
  formatChange,
  formatCount,
  formatCounted,
  formatPoints,
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

/** The figures as blocks of Markdown, the most wanted first; with the change against a period before. */
export function formatFigures(figures: ShownFigures, before?: ShownFigures): string[] {
  const { days = {}, countries, operators, senders, outbound } = figures
  return [
    formatHeadlineTable(figures, before),
    ...formatNotes(figures, before),
    ...formatCharts(toPeriods(figures)),
    ...(Object.keys(days).length > 0 ? [formatDayTable(days)] : []),
    ...formatGroups(countries, {
      heading: 'Countries',
      describe: describeCountry,
      before: before?.countries,
      withCosts: true,
    }),
    ...formatGroups(operators, {
      heading: 'Operators',
      describe: escapeName,
      before: before?.operators,
      withCosts: true,
    }),
    ...formatGroups(senders, { heading: 'Senders', describe: escapeName }),
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
  return formatTable(
    headings,
    headlineRows(figures, before).map(([label, text, change]) => [
      label,
      text,
      ...(before ? [change ?? NONE] : []),
    ]),
  )
}

function headlineRows(figures: ShownFigures, before: ShownFigures | undefined): Row[] {
  const { records, outbound, unreadable, cost, parts, delivered } = figures
  const inbound = figures.directions.inbound ?? 0
  const others = records - outbound - inbound
  const p95 = percentileOf(figures, 'p95')
  const rows: (Row | undefined)[] = [
    ['Outbound messages', `**${formatCount(outbound)}**`, formatChange(outbound, before?.outbound)],
    ['Inbound messages', formatCount(inbound), formatChange(inbound, before?.directions.inbound)],
    others > 0 ? ['Of no known direction', formatCount(others)] : undefined,
    unreadable > 0 ? ['Unreadable records', formatCount(unreadable)] : undefined,
    [
      'Delivered',
      describeDelivered(figures),
      formatPoints(exactRateOf(figures), before && exactRateOf(before)),
    ],
    ['Cost', formatHeadlineCost(figures), changeOfCost(figures, before)],
    onlyAmount(cost)
      ? [
          'Average cost',
          [
            [formatAverage(cost, records), 'a record'],
            [formatAverage(cost, parts), 'a part'],
            [formatAverage(cost, delivered), 'a delivered message'],
          ]
            .filter(([amount]) => amount !== NONE)
            .map((words) => unbroken(words.join(' ')))
            .join(', '),
          changeOfCost(figures, before, ({ records: count }) => count),
        ]
      : undefined,
    p95 !== undefined
      ? [
          'Time to deliver',
          describeTimes(figures),
          formatChange(p95, before && percentileOf(before, 'p95')),
        ]
      : undefined,
    figures.countries ? ['Destination countries', formatCount(destinationsOf(figures))] : undefined,
  ]
  return rows.filter((row) => row !== undefined)
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
    figures.unreadable > 0
      ? `${capital(formatCounted(figures.unreadable, 'record'))} could not be read, and ${figures.unreadable === 1 ? 'is' : 'are'} in no other figure.`
      : undefined,
  ].filter((line) => line !== undefined)
  return lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')]
}

function describePending({ pending = 0 }: ShownFigures, before: ShownFigures | undefined) {
  if (pending === 0) return undefined
  const are = pending === 1 ? 'One message is' : `${formatCount(pending)} messages are`
  const than =
    before === undefined
      ? ''
      : ` The newest period looks worse by that than the one before, in which ${formatCount(before.pending ?? 0)} are.`
  return `${are} still on ${pending === 1 ? 'its' : 'their'} way: the delivery rate may still rise.${than}`
}

/** A day on which nothing was sent has no rate, and no bar in its chart. */
function describeSilentDays({ days = {}, outbound }: ShownFigures) {
  const all = eachDay(days)
  const silent = all.filter((day) => (days[day]?.outbound ?? 0) === 0)
  if (silent.length === 0 || outbound === 0) return undefined
  const named = silent.slice(0, MAX_DAYS_NAMED).join(', ')
  const more = silent.length - MAX_DAYS_NAMED
  return `Nothing was sent on ${formatCount(silent.length)} of ${formatCount(all.length)} days: ${named}${more > 0 ? ` and ${formatCount(more)} more` : ''}. A day without messages has no delivery rate.`
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
      ? [formatCounted(destinationsOf(figures), 'country', 'countries').replace('one', '1')]
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

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
