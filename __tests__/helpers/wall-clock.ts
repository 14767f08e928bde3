/**
 * An independent reckoning of time zones for tests: it reads what Intl writes on a wall clock, and
 * looks for the instants at which that says what is wanted. It shares nothing with src.
 */

/** `2026-11-01T13:00:00` as the clocks of a zone show it at an instant. */
export function wallClockAt(instant: number, zone: string): string {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  )
  const year = String(parts.year).padStart(4, '0')
  return `${year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}`
}

/** The instants at which a zone's clocks show this, the earliest first. */
export function instantsShowing(wall: string, zone: string): number[] {
  const asUtc = Date.parse(`${wall}Z`)
  const found = new Set<number>()
  // Zones are whole quarters of an hour off UTC in the years that the tests use.
  for (let quarters = -15 * 4; quarters <= 15 * 4; quarters++) {
    const instant = asUtc - quarters * 900_000
    if (wallClockAt(instant, zone) === wall) found.add(instant)
  }
  return [...found].sort((a, b) => a - b)
}

/** The first instant whose wall clock shows this day, looked for minute by minute; or none. */
export function firstInstantOn(day: string, zone: string): number | undefined {
  const asUtc = Date.parse(`${day}T00:00:00Z`)
  for (let minutes = -16 * 60; minutes <= 40 * 60; minutes++) {
    const instant = asUtc + minutes * 60_000
    if (wallClockAt(instant, zone).startsWith(day)) return instant
  }
  return undefined
}

/** Reads one of the API's forms as strictly as can be; NaN for anything else. */
export function instantOfApiForm(text: string): number {
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?)?$/
  if (!form.test(text)) return Number.NaN
  if (text.length === 10) return Date.parse(`${text}T00:00:00Z`)
  return Date.parse(text.length === 19 ? `${text}Z` : text)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(zone, format)
  return format
}
