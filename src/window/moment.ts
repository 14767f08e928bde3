import { getDaysInMonth } from 'date-fns/getDaysInMonth'
import { isValid } from 'date-fns/isValid'
import { parseISO } from 'date-fns/parseISO'
import { Mistake } from '../errors.js'
import { quote } from '../sanitize.js'
import { type DateMath, evaluateDateMath, parseDateMath } from './date-math.js'
import {
  firstInstantOfDay,
  formatLocal,
  formatWithOffset,
  gapAround,
  instantsOf,
  type LocalMs,
  type TimeZone,
  UTC,
} from './time-zone.js'

/** One point in time, as the API is told it. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly instant: number
  /** One of the API's own forms (docs/api.md#moments). */
  readonly sent: string
}

/**
 * A moment as it was written, its form checked and its zone still open:
 * - `date`: `2026-11-01`
 * - `local`: `2026-11-01T13:00:00`
 * - `absolute`: `2026-11-01T13:00:00Z` or `2026-11-01T13:00:00+07:00`
 * - `math`: `now-1M/M`
 */
export type WrittenMoment =
  | { readonly form: 'date' | 'local'; readonly text: string; readonly local: LocalMs }
  | { readonly form: 'absolute'; readonly text: string; readonly instant: number }
  | { readonly form: 'math'; readonly text: string; readonly math: DateMath }

const API_FORM = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)?)?$/

const FORMS =
  'Write a date (2026-11-01), a time (2026-11-01T13:00:00, with Z or +07:00 at its end if need be), or date math (now, now-7d, now-1M/M).'

/** Text to moment, as the API's forms and date math write it; throws a Mistake. */
export function parseMoment(text: string): WrittenMoment {
  if (/^now/i.test(text)) return { form: 'math', text, math: parseDateMath(text) }

  const [, date, time, offset] = API_FORM.exec(text) ?? []
  if (date === undefined) throw new Mistake(`${quote(text)} is not a moment. ${FORMS}`)
  checkDate(date)
  if (time === undefined) return { form: 'date', text, local: readAsUtc(`${date}T00:00:00`) }
  checkTime(time)
  if (offset === undefined) return { form: 'local', text, local: readAsUtc(`${date}T${time}`) }
  return { form: 'absolute', text, instant: readAsUtc(`${date}T${time}`) - parseOffset(offset) }
}

/**
 * The instant that is meant, in the zone given, at `now` (epoch milliseconds, on a whole second):
 * - a date is the first instant of its day,
 * - a local time that comes twice is its first,
 * - an API form is sent as it was written under UTC, and with the zone's offset elsewhere.
 *
 * Throws a Mistake for a local time that a clock change skips.
 */
export function resolveMoment(written: WrittenMoment, zone: TimeZone, now: number): Moment {
  switch (written.form) {
    case 'absolute':
      return { instant: written.instant, sent: written.text }
    case 'math':
      return withOffset(evaluateDateMath(written.math, zone, now), zone)
    case 'date':
    case 'local': {
      if (zone === UTC) return { instant: written.local, sent: written.text }
      return withOffset(resolveLocal(written, zone), zone)
    }
    default:
      return written satisfies never
  }
}

function resolveLocal(
  { form, text, local }: { form: 'date' | 'local'; text: string; local: LocalMs },
  zone: TimeZone,
): number {
  const instant = form === 'date' ? firstInstantOfDay(local, zone) : instantsOf(local, zone)[0]
  if (instant !== undefined) return instant
  const gap = gapAround(local, zone)
  throw new Mistake(
    `${quote(text)} does not exist in ${zone.name}: the clocks there go from ${formatLocal(gap.from)} straight to ${formatLocal(gap.to)}. Write a moment before or after that.`,
  )
}

function withOffset(instant: number, zone: TimeZone): Moment {
  return { instant, sent: formatWithOffset(instant, zone) }
}

function checkDate(date: string): void {
  const [year = 0, month = 0] = date.split('-').map(Number)
  if (year > 0 && isValid(parseISO(`${date}T00:00:00Z`))) return
  const firstOfMonth = parseISO(`${date.slice(0, 7)}-01T00:00:00`)
  const reason =
    year > 0 && month >= 1 && month <= 12
      ? `that month has ${getDaysInMonth(firstOfMonth)} days`
      : 'years go from 0001 to 9999, months from 01 to 12'
  throw new Mistake(`${quote(date)} is not a day of the calendar: ${reason}.`)
}

function checkTime(time: string): void {
  if (/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(time)) return
  throw new Mistake(`${quote(time)} is not a time of the day. Write 00:00:00 to 23:59:59.`)
}

function parseOffset(offset: string): number {
  if (offset === 'Z') return 0
  const [, sign, hours = '', minutes = ''] = /^([+-])([01]\d|2[0-3]):([0-5]\d)$/.exec(offset) ?? []
  if (sign === undefined) {
    throw new Mistake(`${quote(offset)} is not an offset from UTC. Write one like +07:00 or Z.`)
  }
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000
  return sign === '-' ? -ms : ms
}

function readAsUtc(dateTime: string): LocalMs {
  return parseISO(`${dateTime}Z`).getTime() as LocalMs
}
