import { UTCDate } from '@date-fns/utc'
import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays'
import { eachDayOfInterval } from 'date-fns/eachDayOfInterval'
import { isLastDayOfMonth } from 'date-fns/isLastDayOfMonth'
import { startOfISOWeek } from 'date-fns/startOfISOWeek'
import type { ShownMeasures } from '../report/figures.js'
import { addMeasures } from '../report/tally.js'

/**
 * More days than this are shown by week, more weeks by month: labels want room. A month of any zone
 * touches up to 32 days of UTC.
 */
const MAX_DAYS = 35
const MAX_WEEKS = 27

/** A span that no export has; a chart of it would be a wall. */
const MAX_SPAN_DAYS = 3_700

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** The figures of one day, week or month. */
export interface Period {
  readonly label: string
  readonly figures: ShownMeasures
}

export interface Periods {
  readonly unit: 'day' | 'week' | 'month'
  readonly periods: readonly Period[]
}

/** Whether a name is a day, as all are but `unknown` and `other`. */
export function isDay(name: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(name)
}

/**
 * Days one after another, those between that have no records too: by day up to 35 of them, by week
 * (from its Monday) up to 27, by month then. Undefined where there is no day, or where they lie
 * more than ten years apart.
 */
export function toPeriods(days: Readonly<Record<string, ShownMeasures>>): Periods | undefined {
  const names = Object.keys(days).filter(isDay).sort()
  const [first, last] = [names[0], names.at(-1)]
  if (first === undefined || last === undefined) return undefined
  const span = { start: new UTCDate(first), end: new UTCDate(last) }
  const spanDays = differenceInCalendarDays(span.end, span.start) + 1
  if (spanDays > MAX_SPAN_DAYS) return undefined

  const unit = spanDays <= MAX_DAYS ? 'day' : spanDays <= MAX_WEEKS * 7 ? 'week' : 'month'
  const periods = new Map<string, ShownMeasures[]>()
  const labels = createLabels(unit)
  for (const day of eachDayOfInterval(span)) {
    const label = labels(day)
    const figures = days[day.toISOString().slice(0, 10)]
    periods.set(label, [...(periods.get(label) ?? []), ...(figures ? [figures] : [])])
  }
  return {
    unit,
    periods: [...periods].map(([label, all]) => ({ label, figures: addMeasures(all) })),
  }
}

/**
 * A label for each day, the same for all days of one period, and for no two of them the same. A day
 * is its number; its month stands at the first label, at the first of a month, and where a number
 * comes a second time. Two of these side by side have no room: the last of a month goes without.
 */
function createLabels(unit: Periods['unit']): (day: UTCDate) => string {
  if (unit === 'month') return (day) => day.toISOString().slice(0, 7)
  if (unit === 'week') return (day) => withMonth(startOfISOWeek(day))
  const numbers = new Set<number>()
  return (day) => {
    const number = day.getDate()
    const isFirst = numbers.size === 0 && !isLastDayOfMonth(day)
    const isPlain = !isFirst && number !== 1 && !numbers.has(number)
    numbers.add(number)
    return isPlain ? String(number) : withMonth(day)
  }
}

function withMonth(day: UTCDate): string {
  return `${day.getDate()} ${MONTHS[day.getMonth()]}`
}
