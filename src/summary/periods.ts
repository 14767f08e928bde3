import { UTCDate } from '@date-fns/utc'
import { addHours } from 'date-fns/addHours'
import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays'
import { eachDayOfInterval } from 'date-fns/eachDayOfInterval'
import { startOfISOWeek } from 'date-fns/startOfISOWeek'
import { addMeasures } from '../report/counters.js'
import type { Named, ShownFigures, ShownMeasures } from '../report/figures.js'

/**
 * More days than this are shown by week, more weeks by month: labels need room. A month of any zone
 * touches up to 32 days of UTC.
 */
const MAX_DAYS = 35
const MAX_WEEKS = 27

/** No export spans more, and a chart of it could not be read. */
const MAX_SPAN_DAYS = 3_700

const HOUR_FORM = 'yyyy-mm-ddThh'.length

/** Invisible, and not trimmed as blanks are. */
const WORD_JOINER = '\u2060'

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** The figures of one hour, day, week or month. */
export interface Period {
  readonly label: string
  readonly figures: ShownMeasures
}

export interface Periods {
  readonly unit: 'hour' | 'day' | 'week' | 'month'
  readonly periods: readonly Period[]
}

/** Whether a name is a day, as all are but `unknown` and `other`. */
export function isDay(name: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(name)
}

/** The days that have names, in their order. */
export function daysIn(days: Named<unknown> = {}): string[] {
  return Object.keys(days).filter(isDay).sort()
}

/** Each day from the first that records are of to the last; none where that is more than ten years. */
export function eachDay(days: Named<unknown>): string[] {
  const names = daysIn(days)
  const [first, last] = [names[0], names.at(-1)]
  if (first === undefined || last === undefined) return []
  const span = { start: new UTCDate(first), end: new UTCDate(last) }
  if (differenceInCalendarDays(span.end, span.start) >= MAX_SPAN_DAYS) return []
  return eachDayOfInterval(span).map((day) => day.toISOString().slice(0, first.length))
}

/**
 * The figures over time, those of times without records too: by hour where the report has hours, by
 * day up to 35 of them, by week (from its Monday) up to 27, by month then.
 */
export function toPeriods({ days, hours }: ShownFigures): Periods {
  const byHour = hours && toHours(hours)
  if (byHour && byHour.length > 1) return { unit: 'hour', periods: byHour }
  const names = eachDay(days ?? {})
  const unit = names.length <= MAX_DAYS ? 'day' : names.length <= MAX_WEEKS * 7 ? 'week' : 'month'
  return { unit, periods: gather(names, days ?? {}, createDayLabels(unit)) }
}

function toHours(hours: Named<ShownMeasures>): Period[] {
  const names = Object.keys(hours)
    .filter((name) => /^\d{4}-\d\d-\d\dT\d\d$/.test(name))
    .sort()
  const [first, last] = [names[0], names.at(-1)]
  if (first === undefined || last === undefined) return []
  const all = [first]
  for (let at = new UTCDate(`${first}:00Z`); (all.at(-1) as string) < last; ) {
    at = addHours(at, 1)
    all.push(at.toISOString().slice(0, HOUR_FORM))
  }
  return gather(all, hours, createHourLabels())
}

/** The figures of all names that have one label, as one period. */
function gather(
  names: readonly string[],
  members: Named<ShownMeasures>,
  label: (name: string) => string,
): Period[] {
  const found = new Map<string, ShownMeasures[]>()
  for (const name of names) {
    const key = label(name)
    const figures = members[name]
    const others = found.get(key) ?? []
    found.set(key, figures === undefined ? others : [...others, figures])
  }
  return [...found].map(([key, figures]) => ({ label: key, figures: addMeasures(figures) }))
}

/**
 * A label for each day, the same for all days of one period, and for no two of them the same. A day
 * is its number; its month stands at the first label, at the first of a month, and where a number
 * comes a second time. Two months side by side have no room: the first of a month that is the second
 * label goes without.
 */
function createDayLabels(unit: Periods['unit']): (day: string) => string {
  if (unit === 'month') return (day) => day.slice(0, 'yyyy-mm'.length)
  if (unit === 'week') return (day) => withMonth(startOfISOWeek(new UTCDate(day)))
  const numbers = new Set<number>()
  return (name) => {
    const day = new UTCDate(name)
    const number = day.getDate()
    const isPlain = numbers.size > 0 && !numbers.has(number) && (number !== 1 || numbers.size === 1)
    numbers.add(number)
    return isPlain ? String(number) : withMonth(day)
  }
}

/**
 * An hour is its number, `13`; its day stands at the first label and at midnight, `2 Nov`. Charts
 * take two equal labels for one, so the hours of a later day end in invisible characters.
 */
function createHourLabels(): (hour: string) => string {
  const days: string[] = []
  return (name) => {
    const day = name.slice(0, 'yyyy-mm-dd'.length)
    const isFirst = !days.includes(day)
    if (isFirst) days.push(day)
    const number = String(Number(name.slice(-2)))
    if (!isFirst) return `${number}${WORD_JOINER.repeat(days.length - 1)}`
    const date = withMonth(new UTCDate(day))
    return number === '0' ? date : `${date}, ${number}`
  }
}

function withMonth(day: UTCDate): string {
  return `${day.getDate()} ${MONTHS[day.getMonth()]}`
}
