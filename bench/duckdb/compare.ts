/** What both compute of all records, and of a group. */
interface Counts {
  readonly records: number
  readonly parts: number
  readonly delivered: number
  readonly pending: number
}

interface DuckGroup extends Counts {
  /** Of all currencies together. */
  readonly cost: string
  /** Exact; null where nothing was delivered. */
  readonly seconds: readonly number[] | null
}

interface ReportGroup extends Counts {
  readonly cost: Readonly<Record<string, string>>
  readonly timeToDeliver: {
    readonly p50: number
    readonly p95: number
    readonly p99: number
  } | null
}

type Maps<Group> = Readonly<Record<(typeof GROUPS)[number], Readonly<Record<string, Group>>>> & {
  readonly statuses: Readonly<Record<string, number>>
  readonly errors: Readonly<Record<string, number>>
  readonly failures: readonly Failure[]
}

interface Failure {
  readonly country: string
  readonly operator: string
  readonly error: string
  readonly records: number
}

export type DuckFigures = DuckGroup & Maps<DuckGroup>
export type ReportFigures = ReportGroup & Maps<ReportGroup>

const GROUPS = ['days', 'countries', 'operators', 'senders'] as const

/** What the report's percentiles may be off by: a bucket of the sketch, and three digits. */
const ERROR = 0.015

/** Which figures differ; none where the two say the same. */
export function differences(report: ReportFigures, duck: DuckFigures): string[] {
  const found = isSame(report, duck) ? [] : ['all records']
  for (const group of GROUPS) {
    for (const name of namesOf(report[group], duck[group])) {
      const [ours, theirs] = [report[group][name], duck[group][name]]
      if (!ours || !theirs || !isSame(ours, theirs)) found.push(`${group}: ${name}`)
    }
  }
  for (const map of ['statuses', 'errors'] as const) {
    for (const name of namesOf(report[map], duck[map])) {
      if (report[map][name] !== duck[map][name]) found.push(`${map}: ${name}`)
    }
  }
  const counts = (failures: readonly Failure[]) => failures.map(({ records }) => records).join()
  if (counts(report.failures) !== counts(duck.failures)) found.push('failures')
  return found
}

function isSame(report: ReportGroup, duck: DuckGroup): boolean {
  const units = Object.values(report.cost).reduce((sum, cost) => sum + toUnits(cost), 0)
  return (
    report.records === duck.records &&
    report.parts === duck.parts &&
    report.delivered === duck.delivered &&
    report.pending === duck.pending &&
    units === toUnits(duck.cost) &&
    areSameTimes(report.timeToDeliver, duck.seconds)
  )
}

function areSameTimes(report: ReportGroup['timeToDeliver'], duck: DuckGroup['seconds']): boolean {
  if (report === null || duck === null) return report === duck
  const ours = [report.p50, report.p95, report.p99]
  return duck.every((exact, at) => Math.abs((ours[at] ?? Number.NaN) - exact) <= ERROR * exact)
}

function toUnits(amount: string): number {
  return Math.round(Number(amount) * 10_000_000)
}

function namesOf(...maps: readonly object[]): Set<string> {
  return new Set(maps.flatMap((map) => Object.keys(map)))
}
