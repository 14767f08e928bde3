import { UTCDate } from '@date-fns/utc'
import { startOfISOWeek } from 'date-fns/startOfISOWeek'
import { addMeasures } from '../report/counters.js'
import type { Named, ShownFigures, ShownMeasures } from '../report/figures.js'

/**
 * More days than this are shown by week, more weeks by month: labels need room. A month of any zone
 * touches up to 32 days of UTC.
 */
const MAX_DAYS = 35
const MAX_WEEKS = 27

/** No export has more days, and none has hours over more days; a chart of more cannot be read. */
const MAX_NAMES = 3_700

const HOUR_MS = 3_600_000

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

/** Whether a name is a day; it may also be `unknown` or `other`. */
export function isDay(name: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(name)
}

/** The days that have names, in their order. */
export function daysIn(days: Named<unknown> = {}): string[] {
  return Object.keys(days).filter(isDay).sort()
}

/** Each day from the first that has records to the last; none if these are ten years apart. */
export function eachDay(days: Named<unknown>): string[] {
  return eachName(daysIn(days), 24 * HOUR_MS)
}

/** Each name from the first to the last, of times that are so far apart. */
function eachName(sorted: readonly string[], stepMs: number): string[] {
  const [first = '', last = ''] = [sorted[0], sorted.at(-1)]
  const timeOf = (name: string): number => Date.parse(name.length > 10 ? `${name}:00Z` : name)
  const count = (timeOf(last) - timeOf(first)) / stepMs + 1
  if (!(count <= MAX_NAMES)) return []
  return Array.from({ length: count }, (_, at) =>
    new Date(timeOf(first) + at * stepMs).toISOString().slice(0, first.length),
  )
}

/**
 * The figures over time, also of times without records: by hour if the report has hours, else by day
 * for up to 35 days, by week (from Monday) for up to 27 weeks, by month for more.
 */
export function toPeriods({ days = {}, hours = {} }: ShownFigures): Periods {
  const hourNames = Object.keys(hours).filter((name) => /^\d{4}-\d\d-\d\dT\d\d$/.test(name))
  const byHour = gather(eachName(hourNames.sort(), HOUR_MS), hours, createHourLabels())
  if (byHour.length > 1) return { unit: 'hour', periods: byHour }
  const names = eachDay(days)
  const unit = names.length <= MAX_DAYS ? 'day' : names.length <= MAX_WEEKS * 7 ? 'week' : 'month'
  return { unit, periods: gather(names, days, createDayLabels(unit)) }
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
    found.set(key, [...(found.get(key) ?? []), ...(figures ? [figures] : [])])
  }
  return [...found].map(([key, figures]) => ({ label: key, figures: addMeasures(figures) }))
}

/**
 * A label for each day: the same for all days of one period, and different for different periods. A
 * day's label is its number. The month is added at the first label, at the first of a month, and if a
 * number comes a second time. Two months side by side have no room, so the second label has none.
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
 * An hour's label is its number, `13`; the first label and midnight have the day, `2 Nov`. Charts take
 * two equal labels for one, so the hours of a later day end in invisible characters.
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
