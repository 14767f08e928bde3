import { UTCDateMini } from '@date-fns/utc/date/mini'
import { startOfDay } from 'date-fns/startOfDay'
import { subDays } from 'date-fns/subDays'
import { InputError, type InputMistake, Mistake } from '../errors.js'
import { evaluateDateMath, nextBeginning } from './date-math.js'
import type { Moment } from './moment.js'
import { formatWithOffset, type TimeZone, UTC } from './time-zone.js'

/** The API keeps logs for this long (docs/api.md#limits). */
const KEPT_MONTHS = 6

/** The API's default for `from` is this many days before its default for `to`. */
const DEFAULT_DAYS = 7

/** What a window can be cut into: days, weeks from Monday, and months of the zone's calendar. */
export const SLICES = ['day', 'week', 'month'] as const
export type Slice = (typeof SLICES)[number]
const SLICE_UNITS = { day: 'd', week: 'w', month: 'M' } as const

/** The most jobs that a workflow's matrix takes. */
const MAX_SLICES = 256

/** The span of time to export; an end that is left out is the API's default. */
export interface Window {
  readonly from?: Moment | undefined
  readonly to?: Moment | undefined
}

/**
 * Checks a window as far as it is known at `now` (epoch milliseconds), and returns warnings; the zone
 * is that in which its ends were written. Throws an InputError where the window would be empty:
 * - with both ends, `from` must be earlier,
 * - with `to` left to the API (today), `from` must be in the past,
 * - with `from` left to the API (UTC today - 7 days), `to` must be later than that.
 */
export function checkWindow(window: Window, now: number, zone: TimeZone = UTC): string[] {
  const mistake = findMistake(window, now)
  if (mistake) throw new InputError([mistake])
  return [
    ...warnOfAge(window, now, zone),
    ...warnOfToday(window, now),
    ...warnOfFuture(window, now),
  ]
}

function findMistake({ from, to }: Window, now: number): InputMistake | undefined {
  if (from && to && from.instant >= to.instant) {
    const advice =
      from.instant === to.instant && isDate(from)
        ? 'A date is its first moment: for that whole day, write the next day as to.'
        : 'Write an earlier from, or a later to.'
    return { input: 'from', text: `${from.sent} is not earlier than to, ${to.sent}. ${advice}` }
  }
  if (from && !to && from.instant >= now) {
    return {
      input: 'from',
      text: `${from.sent} is not in the past, and to is left to the API, which ends at today. Write an earlier from, or give to.`,
    }
  }
  const defaultFrom = subDays(startOfUtcDay(now), DEFAULT_DAYS).getTime()
  if (to && !from && to.instant <= defaultFrom) {
    return {
      input: 'to',
      text: `${to.sent} is not later than ${formatWithOffset(defaultFrom, UTC)}, the start that the API takes where from is not given. Give from as well.`,
    }
  }
  return undefined
}

/** Whether it is, or came of, a date: in a zone other than UTC it is sent as its midnight. */
function isDate({ sent }: Moment): boolean {
  return /^\d{4}-\d\d-\d\d(T00:00:00|$)/.test(sent)
}

function warnOfAge({ from, to }: Window, now: number, zone: TimeZone): string[] {
  // Clock changes and short months put hours between the two: now-6M is kept in any zone.
  const keptFrom = Math.min(monthsBefore(now, UTC), monthsBefore(now, zone))
  if (!from || from.instant >= keptFrom) return []
  const kept = formatWithOffset(keptFrom, UTC)
  const missing =
    to && to.instant <= keptFrom
      ? 'the export will probably be empty'
      : `records from before ${kept} will be missing`
  return [`The API keeps logs for ${KEPT_MONTHS} months, and from is ${from.sent}: ${missing}.`]
}

function warnOfToday({ from, to }: Window, now: number): string[] {
  if (!from || to || from.instant < startOfUtcDay(now).getTime()) return []
  return [
    'from is today and to is not given: the API may end the window at the midnight before it, and find nothing. Write to: now.',
  ]
}

function warnOfFuture({ from, to }: Window, now: number): string[] {
  if (!from || !to || from.instant <= now) return []
  return [`from is ${from.sent}, which is in the future: the export will probably be empty.`]
}

function monthsBefore(now: number, zone: TimeZone): number {
  return evaluateDateMath(
    { steps: [{ amount: -KEPT_MONTHS, unit: 'M' }], roundTo: undefined },
    zone,
    now,
  )
}

function startOfUtcDay(now: number): Date {
  return startOfDay(new UTCDateMini(now))
}

/** Since when the API has all logs at `now`, both in epoch milliseconds. */
export function keptSince(now: number): number {
  return monthsBefore(now, UTC)
}

/**
 * Cuts a window where the zone's days, weeks or months begin. Each slice ends where the next one
 * begins, so no instant is lost or twice, whatever the clocks do. Throws a Mistake where there
 * would be more than 256.
 */
export function sliceWindow(
  { from, to }: { from: Moment; to: Moment },
  slice: Slice,
  zone: TimeZone,
): { from: Moment; to: Moment }[] {
  const slices: { from: Moment; to: Moment }[] = []
  let start = from
  while (start.instant < to.instant) {
    if (slices.length === MAX_SLICES) {
      throw new Mistake(
        `${slice} cuts the window into more than ${MAX_SLICES} slices, the most that a matrix takes. Write a longer slice, or a shorter window.`,
      )
    }
    const end = nextBeginning(start.instant, SLICE_UNITS[slice], zone)
    const next = end < to.instant ? { instant: end, sent: formatWithOffset(end, zone) } : to
    slices.push({ from: start, to: next })
    start = next
  }
  return slices
}
