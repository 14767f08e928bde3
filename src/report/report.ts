import type { Step } from '../step.js'
import {
  exactRateOf,
  type Figures,
  GROUP_NAMES,
  type GroupName,
  mapMembers,
  measuresOf,
  type Named,
  type ShownMeasures,
  shownOf,
} from './figures.js'
import { type Percentiles, percentilesOf } from './sketch.js'

/** How many the output has; report-file has all. */
const MAX_FAILURES = 20

/** On Linux an environment variable holds 128 KiB, with its name and its end. */
const MAX_VARIABLE_BYTES = 131_072 - Buffer.byteLength('REPORT=\0')

/** All outputs of a job together, in UTF-16. */
const MAX_OUTPUTS_BYTES = 1_048_576

/** Kept free for the step's other outputs, besides those that are given. */
const RESERVED_BYTES = 16_384

/** Maps that only report-file has: a notice about them would explain nothing. */
const IN_FILE_ALONE = ['outboundStatuses', 'confirmations', 'routes']

/** A group in the output. */
export type GroupReport = Omit<ShownMeasures, 'outbound' | 'timeToDeliver'> & {
  readonly timeToDeliver?: Percentiles | null
}

/** The figures as the output `report` gives them (download/README.md#the-report). */
export type Report = GroupReport & {
  readonly unreadable: number
  readonly deliveryRate?: number | null
  readonly directions: Named<number>
  readonly statuses?: Named<number>
  readonly errors?: Named<number>
  readonly failures?: readonly Failure[]
} & { readonly [G in GroupName]?: Named<GroupReport> }

export interface Failure {
  readonly country: string
  readonly operator: string
  readonly error: string
  readonly records: number
}

/** With the members of download/README.md#the-report, in that order. */
export function toReport(figures: Figures): Report {
  const shown = shownOf(figures)
  const { records, cost, timeToDeliver, ...counts } = groupReportOf(measuresOf(shown))
  const deliveryRate = deliveryRateOf(shown)
  const groups = GROUP_NAMES.map((name) => [name, shown[name]] as const)
  return withoutUndefined({
    records,
    unreadable: shown.unreadable,
    ...counts,
    deliveryRate,
    cost,
    timeToDeliver,
    directions: { outbound: 0, inbound: 0, ...shown.directions },
    statuses: shown.statuses,
    errors: shown.errors,
    failures: shown.failures
      ?.slice(0, MAX_FAILURES)
      .map(({ country, operator, error, records }) => ({ country, operator, error, records })),
    ...Object.fromEntries(
      groups.map(([name, members]) => [name, members && mapMembers(members, groupReportOf)]),
    ),
  }) as Report
}

/**
 * Delivered of outbound records, from 0 to 1 with four decimals; null if none is outbound, undefined
 * if no status is known.
 */
function deliveryRateOf(measures: ShownMeasures): number | null | undefined {
  const rate = exactRateOf(measures)
  return rate && Math.round(rate * 10_000) / 10_000
}

function groupReportOf({ outbound: _, timeToDeliver, ...measures }: ShownMeasures): GroupReport {
  return {
    ...measures,
    ...(timeToDeliver && { timeToDeliver: percentilesOf(timeToDeliver) }),
  }
}

function withoutUndefined(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined))
}

/**
 * Sets the outputs `records` and `report`, the figures as one JSON object. That one stays empty if
 * GitHub would refuse it, because it would refuse the job's other outputs with it. `others` are the
 * step's other long outputs. A notice names maps (`operators`, `cost` …) in which some names are
 * counted together.
 */
export function setReportOutputs(
  figures: Figures,
  step: Pick<Step, 'setOutput' | 'notice' | 'warning'>,
  others: readonly string[] = [],
): void {
  const text = JSON.stringify(toReport(figures))
  const bytes = [text, ...others].reduce((sum, { length }) => sum + 2 * length, RESERVED_BYTES)
  const isTooLong = bytes > MAX_OUTPUTS_BYTES
  step.setOutput('records', String(figures.records))
  step.setOutput('report', isTooLong ? '' : text)
  if (isTooLong) {
    step.warning(
      `The output report is empty: with ${Math.ceil(bytes / 1_024)} KiB it would be more than the 1 MiB that GitHub takes from a job. The input report-file writes all figures to a file.`,
    )
  } else if (Buffer.byteLength(text) > MAX_VARIABLE_BYTES) {
    step.notice(
      'The output report is longer than 128 KiB, and fits no environment variable. Read it with fromJSON in an expression, or let report-file write the figures to a file.',
    )
  }
  const crowded = figures.crowded.filter(
    (map) => map !== 'timeToDeliver' && !IN_FILE_ALONE.includes(map),
  )
  if (crowded.length > 0) {
    step.notice(
      `There are too many names, more than 10,000 or very long ones, among ${crowded.join(', ')}: further ones count together as "other".`,
    )
  }
  if (figures.crowded.includes('timeToDeliver')) {
    step.notice(
      'timeToDeliver leaves out some records: there are too many groups to count them in.',
    )
  }
}
