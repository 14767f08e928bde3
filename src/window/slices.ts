import { UTCDateMini } from '@date-fns/utc/date/mini'
import { addDays } from 'date-fns/addDays'
import { addMonths } from 'date-fns/addMonths'
import { addWeeks } from 'date-fns/addWeeks'
import { startOfDay } from 'date-fns/startOfDay'
import { startOfISOWeek } from 'date-fns/startOfISOWeek'
import { startOfMonth } from 'date-fns/startOfMonth'
import { Mistake } from '../errors.js'
import type { Moment } from './moment.js'
import {
  firstInstantOfDay,
  formatWithOffset,
  gapAround,
  type LocalMs,
  localTimeAt,
  type TimeZone,
} from './time-zone.js'

/** What a window can be cut into: days, weeks from Monday, and months of the zone's calendar. */
export const SLICES = ['day', 'week', 'month'] as const
export type Slice = (typeof SLICES)[number]

/** The most jobs that a workflow's matrix takes. */
const MAX_SLICES = 256

const FLOORS: Record<Slice, (date: Date) => Date> = {
  day: startOfDay,
  week: startOfISOWeek,
  month: startOfMonth,
}

const STEPS: Record<Slice, (date: Date, amount: number) => Date> = {
  day: addDays,
  week: addWeeks,
  month: addMonths,
}

/** A window with both its ends. */
export interface WholeWindow {
  readonly from: Moment
  readonly to: Moment
}

/**
 * Cuts a window where the zone's days, weeks or months begin. Each slice ends where the next one
 * begins, so no instant is lost or twice, whatever the clocks do. Throws a Mistake where there
 * would be more than 256.
 */
export function sliceWindow(
  { from, to }: WholeWindow,
  slice: Slice,
  zone: TimeZone,
): WholeWindow[] {
  const slices: WholeWindow[] = []
  let start = from
  while (start.instant < to.instant) {
    if (slices.length === MAX_SLICES) {
      throw new Mistake(
        `${slice} cuts the window into more than ${MAX_SLICES} slices, the most that a matrix takes. Write a longer slice, or a shorter window.`,
      )
    }
    const end = nextStart(start.instant, slice, zone)
    const next = end < to.instant ? { instant: end, sent: formatWithOffset(end, zone) } : to
    slices.push({ from: start, to: next })
    start = next
  }
  return slices
}

/** When the next day, week or month begins, after an instant. */
function nextStart(instant: number, slice: Slice, zone: TimeZone): number {
  let local = FLOORS[slice](new UTCDateMini(localTimeAt(instant, zone)))
  for (;;) {
    local = STEPS[slice](local, 1)
    const midnight = local.getTime() as LocalMs
    // A day that a zone has left out begins with the one after it.
    const start = firstInstantOfDay(midnight, zone) ?? gapAround(midnight, zone).instant
    if (start > instant) return start
  }
}
