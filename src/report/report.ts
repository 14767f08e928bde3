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

/** In the output; report-file has all. */
const MAX_FAILURES = 20

/** A group as the output has it. */
export type GroupReport = Omit<ShownMeasures, 'outbound' | 'timeToDeliver'> & {
  readonly timeToDeliver?: Percentiles | null
}

/** The figures as the output `report` gives them (the contract's section download). */
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

/** In the order and with the members of the contract. */
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
 * Delivered of outbound records, from 0 to 1 with four decimals; null where none is outbound,
 * undefined where no status is known.
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
