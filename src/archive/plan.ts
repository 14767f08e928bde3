import { DAY_MS } from '../report/times.js'
import { keptSince } from '../window/window.js'
import { type Day, dayOf, daysFrom, endOf, formatDays } from './days.js'
import type { ArchivedDay } from './manifest.js'

/** A day that may still change is not exported again before its last export is this old. */
const REST_MS = 6 * 3_600_000

/** Why a day is exported, in words for one day and for several. */
const REASONS = {
  missing: ['is missing', 'are missing'],
  damaged: ['is damaged', 'are damaged'],
  unsettled: ['is not settled', 'are not settled'],
  pending: ['has records pending', 'have records pending'],
  refresh: ['is given as refresh', 'are given as refresh'],
} as const

export type Reason = keyof typeof REASONS

/** When a day counts as settled. */
export interface Settling {
  /** The time after its end, for a day with no pending records. */
  readonly settleMs: number
  /** The same for any day. */
  readonly settleAtMostMs: number
}

export interface PlanOptions extends Settling {
  /** The first day that is wanted. */
  readonly from: Day
  /** Days to export whatever their age. */
  readonly refresh: readonly Day[]
}

export interface Plan {
  /** The oldest first, because the API forgets it next. */
  readonly toExport: readonly { readonly day: Day; readonly reason: Reason }[]
  /** How many days need no export now. */
  readonly complete: number
  /**
   * Days that are over and not in the archive; `forgotten` are those that the API no longer has.
   */
  readonly missing: readonly Day[]
  readonly forgotten: readonly Day[]
  /**
   * Up to this day, every day that the API still has is settled; undefined if there is no such day.
   */
  readonly settledThrough: Day | undefined
}

/**
 * Which days to export at `now` (epoch milliseconds), and how complete the archive is. `sizes` are
 * the sizes of the days' files on the disk; without them, every file in the manifest counts as
 * there.
 */
export function planDays(
  known: ReadonlyMap<Day, ArchivedDay>,
  sizes: ReadonlyMap<Day, number> | undefined,
  options: PlanOptions,
  now: number,
): Plan {
  const firstKept = dayOf(keptSince(now) + DAY_MS - 1)
  const refresh = new Set(options.refresh)
  const toExport: { day: Day; reason: Reason }[] = []
  const missing: Day[] = []
  let complete = 0
  let settledThrough: Day | undefined
  let isSettledSoFar = true

  for (const day of daysFrom(options.from, lastDayOver(now))) {
    const entry = known.get(day)
    const isDamaged =
      entry?.file !== undefined && sizes !== undefined && sizes.get(day) !== entry.file.bytes
    const isThere = entry !== undefined && !isDamaged
    const canBeHad = day >= firstKept
    if (!isThere) missing.push(day)

    isSettledSoFar &&= !canBeHad || (isThere && entry.settled)
    if (isSettledSoFar) settledThrough = day

    let reason: Reason | undefined = isDamaged ? 'damaged' : 'missing'
    if (isThere) reason = refresh.has(day) ? 'refresh' : reasonToRepeat(entry, options, now)
    if (reason !== undefined && canBeHad) toExport.push({ day, reason })
    else if (isThere) complete += 1
  }
  const forgotten = missing.filter((day) => day < firstKept)
  return { toExport, complete, missing, forgotten, settledThrough }
}

/** The last day that is over. */
export function lastDayOver(now: number): Day {
  return dayOf(now - DAY_MS)
}

/** Whether a day does not change any more after an export that was begun at `exportedAt`. */
export function isSettled(
  { day, pending, exportedAt }: Pick<ArchivedDay, 'day' | 'pending' | 'exportedAt'>,
  { settleMs, settleAtMostMs }: Settling,
): boolean {
  const age = exportedAt - endOf(day)
  return age >= (pending === 0 ? settleMs : settleAtMostMs)
}

function reasonToRepeat(
  entry: ArchivedDay,
  { settleMs }: Settling,
  now: number,
): Reason | undefined {
  // A wrong clock may have written a time in the future.
  const hasRested = Math.abs(now - entry.exportedAt) >= REST_MS
  if (entry.settled || !hasRested) return undefined
  return entry.pending > 0 && now - endOf(entry.day) >= settleMs ? 'pending' : 'unsettled'
}

/** The plan in a line or two, for the log. */
export function describePlan({ toExport, complete, forgotten, settledThrough }: Plan): string[] {
  const rest = complete === 1 ? '1 is complete' : `${complete} are complete`
  const lines: string[] = []
  if (toExport.length === 0) {
    lines.push(
      `Nothing to export: ${rest}${settledThrough ? `, settled through ${settledThrough}` : ''}.`,
    )
  } else {
    const groups = (Object.keys(REASONS) as Reason[]).flatMap((reason) => {
      const days = toExport.filter((planned) => planned.reason === reason).map(({ day }) => day)
      if (days.length === 0) return []
      return [`${formatDays(days)} ${REASONS[reason][days.length === 1 ? 0 : 1]}`]
    })
    const count = toExport.length === 1 ? '1 day' : `${toExport.length} days`
    lines.push(`${count} to export: ${groups.join('; ')}; ${rest}.`)
  }
  if (forgotten.length > 0) {
    lines.push(
      `${formatDays(forgotten)} ${REASONS.missing[forgotten.length === 1 ? 0 : 1]} for good: the API keeps logs for 6 months.`,
    )
  }
  return lines
}
