import { InputError, Mistake } from '../errors.js'
import { evaluateDateMath, type MomentContext, nextBeginning } from './date-math.js'
import type { Moment } from './moment.js'
import { formatWithOffset, type TimeZone, UTC } from './time-zone.js'

const DAY_MS = 86_400_000

/** The API keeps logs for this long (docs/api.md#limits). */
const KEPT_MONTHS = 6

/** The API's default for `from` is this many days before today. */
const DEFAULT_DAYS = 7

/** What a window can be cut into: days, weeks from Monday, and months of the zone's calendar. */
export const SLICES = ['day', 'week', 'month'] as const
export type Slice = (typeof SLICES)[number]
const SLICE_UNITS = { day: 'd', week: 'w', month: 'M' } as const

/** The most jobs that a workflow's matrix takes. */
const MAX_SLICES = 256

/** The span of time to export. An end that is left out is the API's default. */
export interface Window {
  readonly from?: Moment | undefined
  readonly to?: Moment | undefined
}

/**
 * Checks a window as far as it is known, and returns warnings. Throws an InputError where the window
 * would be empty:
 * - with both ends, `from` must be earlier,
 * - with `to` left to the API (today), `from` must be in the past,
 * - with `from` left to the API (UTC today - 7 days), `to` must be later than that.
 */
export function checkWindow(window: Window, context: MomentContext): string[] {
  const today = Math.floor(context.now / DAY_MS) * DAY_MS
  checkOrder(window, context.now, today - DEFAULT_DAYS * DAY_MS)
  return window.from ? warningsOf(window.from, window.to, { ...context, today }) : []
}

function checkOrder({ from, to }: Window, now: number, defaultFrom: number): void {
  if (from && to && from.instant >= to.instant) {
    const advice =
      from.instant === to.instant && isDate(from)
        ? 'A date is its first moment: for that whole day, write the next day as to.'
        : 'Write an earlier from, or a later to.'
    throw wrong('from', `${from.sent} is not earlier than to, ${to.sent}. ${advice}`)
  }
  if (from && !to && from.instant >= now) {
    throw wrong(
      'from',
      `${from.sent} is not in the past, and to is left to the API, which ends at today. Write an earlier from, or give to.`,
    )
  }
  if (to && !from && to.instant <= defaultFrom) {
    throw wrong(
      'to',
      `${to.sent} is not later than ${formatWithOffset(defaultFrom, UTC)}, the start that the API takes where from is not given. Give from as well.`,
    )
  }
}

function wrong(input: 'from' | 'to', text: string): InputError {
  return new InputError([{ input, text }])
}

/** Whether it was written as a date; in a zone other than UTC a date is sent as its midnight. */
function isDate({ sent }: Moment): boolean {
  return /^\d{4}-\d\d-\d\d(T00:00:00|$)/.test(sent)
}

function warningsOf(
  from: Moment,
  to: Moment | undefined,
  { zone, now, today }: MomentContext & { today: number },
): string[] {
  const warnings: string[] = []
  // The two differ by clock changes and short months. No warning for now-6M in any zone.
  const keptFrom = Math.min(keptSince(now), keptSince(now, zone))
  if (from.instant < keptFrom) {
    const missing =
      to && to.instant <= keptFrom
        ? 'the export will probably be empty'
        : `records from before ${formatWithOffset(keptFrom, UTC)} will be missing`
    warnings.push(
      `The API keeps logs for ${KEPT_MONTHS} months, and from is ${from.sent}: ${missing}.`,
    )
  }
  if (!to && from.instant >= today) {
    warnings.push(
      'from is today and to is not given: the API may end the window at the midnight before it, and find nothing. Write to: now.',
    )
  }
  if (to && from.instant > now) {
    warnings.push(
      `from is ${from.sent}, which is in the future: the export will probably be empty.`,
    )
  }
  return warnings
}

/** Since when the API has all logs at `now`, by a zone's calendar; both in epoch milliseconds. */
export function keptSince(now: number, zone = UTC): number {
  return evaluateDateMath(`now-${KEPT_MONTHS}M`, { zone, now })
}

/**
 * Cuts a window where the zone's days, weeks or months begin. Each slice ends where the next one
 * begins, so no instant is lost or in two slices. Throws a Mistake if there would be more than 256.
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
