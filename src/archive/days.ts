import { DAY_MS } from '../report/times.js'

/** A day of UTC as it is written: `2026-11-24`. Such texts sort as the days do. */
export type Day = string

/** The day of a moment (epoch milliseconds). */
export function dayOf(instant: number): Day {
  return new Date(instant).toISOString().slice(0, 'yyyy-MM-dd'.length)
}

/** When a day begins, in epoch milliseconds. */
export function startOf(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`)
}

/** When the next day begins, in epoch milliseconds. */
export function endOf(day: Day): number {
  return startOf(day) + DAY_MS
}

/** The day so many days later, or earlier. */
export function shiftDay(day: Day, days: number): Day {
  return dayOf(startOf(day) + days * DAY_MS)
}

/** Whether a text is a day of the calendar. */
export function isDay(text: unknown): text is Day {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(text)) return false
  // A day that is not in the calendar becomes one of the next month, or none.
  return new Date(startOf(text)).getUTCDate() === Number(text.slice('yyyy-MM-'.length))
}

/** All days from one to another, both included; none if the second is earlier. */
export function daysFrom(first: Day, last: Day): Day[] {
  const days: Day[] = []
  const end = startOf(last)
  for (let start = startOf(first); start <= end; start += DAY_MS) days.push(dayOf(start))
  return days
}

/** How many spans a text names; further ones are counted. */
const MAX_SPANS = 5

/** Days in their order, as spans: `2026-11-01 to 2026-11-07, 2026-11-09 and 2026-11-11`. */
export function formatDays(days: readonly Day[]): string {
  const spans: { first: Day; last: Day }[] = []
  for (const day of days) {
    const span = spans.at(-1)
    if (span && shiftDay(span.last, 1) === day) span.last = day
    else spans.push({ first: day, last: day })
  }
  const texts = spans
    .slice(0, MAX_SPANS)
    .flatMap(({ first, last }) =>
      first === last
        ? [first]
        : shiftDay(first, 1) === last
          ? [first, last]
          : [`${first} to ${last}`],
    )
  const more = spans.length - MAX_SPANS
  if (more > 0) texts.push(`${more} more`)
  const last = texts.pop() ?? ''
  return texts.length > 0 ? `${texts.join(', ')} and ${last}` : last
}
