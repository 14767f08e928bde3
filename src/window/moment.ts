import { getDaysInMonth } from 'date-fns/getDaysInMonth'
import { isValid } from 'date-fns/isValid'
import { parseISO } from 'date-fns/parseISO'
import { didYouMean, isTaken, Mistake } from '../errors.js'
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

/** JavaScript writes a fraction of zeros, which the API's forms do not have. */
const API_FORM = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.0{1,9})?(Z|[+-]\d\d:\d\d)?)?$/

const FORMS =
  'Write a date (2026-11-01), a time (2026-11-01T13:00:00, with Z or +07:00 at its end if need be), or date math (now, now-7d, now-1M/M).'

/** Text to moment, as the API's forms and date math write it; throws a Mistake. */
export function parseMoment(text: string): WrittenMoment {
  const written = readForm(text)
  if (written !== undefined) return written
  const hint = isYearLast(text) ? ': the year comes first.' : didYouMean(momentMeantBy(text))
  throw new Mistake(`${quote(text)} is not a moment${hint} ${FORMS}`)
}

/** `01/11/2026` is a day of January or of November, so nothing can be suggested. */
function isYearLast(text: string): boolean {
  return /^\d\d?[/-]\d\d?[/-]\d{4}$/.test(text)
}

/** Undefined for what has no form of a moment; throws a Mistake for what has one and is none. */
function readForm(text: string): WrittenMoment | undefined {
  if (/^now/i.test(text)) return { form: 'math', text, math: parseDateMath(text) }

  const [, date, time, offset = ''] = API_FORM.exec(text) ?? []
  if (date === undefined) return undefined
  checkDate(date)
  if (time === undefined) return { form: 'date', text, local: readAsUtc(`${date}T00:00:00`) }
  checkTime(time)
  const sent = `${date}T${time}${offset}`
  const local = readAsUtc(`${date}T${time}`)
  if (offset === '') return { form: 'local', text: sent, local }
  return { form: 'absolute', text: sent, instant: local - parseOffset(offset) }
}

/** Everyday words, and the moments that they mean. */
const WORDS: Readonly<Record<string, string>> = {
  today: 'now/d',
  midnight: 'now/d',
  yesterday: 'now-1d/d',
  tomorrow: 'now+1d/d',
}

const UNITS = 'second|minute|hour|day|week|month|year'

/** Forms that are nearly right, each with what makes it one of ours. */
const SLIPS: readonly (readonly [form: RegExp, meant: (...groups: string[]) => string])[] = [
  [
    new RegExp(`^(?:last|previous|past)[ _-](${UNITS})$`),
    (unit) => `now-1${unitOf(unit)}/${unitOf(unit)}`,
  ],
  [new RegExp(`^(?:this|current)[ _-](${UNITS})$`), (unit) => `now/${unitOf(unit)}`],
  [
    new RegExp(`^(?:last|past)[ _-](\\d{1,6})[ _-](${UNITS})s?$`),
    (count, unit) => `now-${count}${unitOf(unit)}`,
  ],
  [new RegExp(`^(\\d{1,6}) (${UNITS})s? ago$`), (count, unit) => `now-${count}${unitOf(unit)}`],
  [/^-?(\d{1,6}) ?([ywdhs])$/, (count, unit) => `now-${count}${unit}`],
  [/^(\d{4})[/.](\d\d?)[/.](\d\d?)$/, (year, month, day) => dateOf(year, month, day)],
  [/^(\d{4})-(\d\d?)-(\d\d?)$/, (year, month, day) => dateOf(year, month, day)],
  [/^(\d\d?)\.(\d\d?)\.(\d{4})$/, (day, month, year) => dateOf(year, month, day)],
  [/^(\d{4})(\d\d)(\d\d)$/, (year, month, day) => dateOf(year, month, day)],
  [/^(\d{4})-(\d\d)$/, (year, month) => dateOf(year, month, '1')],
  [
    /^(\d{4}-\d\d-\d\d)(?:t| |, )?(\d\d?):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,12})?)? ?(z|utc|gmt|[+-]\d\d?(?::?\d\d)?)?$/,
    (date, hours, minutes, seconds = '00', offset = '') =>
      `${date}T${hours.padStart(2, '0')}:${minutes}:${seconds}${offsetOf(offset)}`,
  ],
]

/** What was probably meant; undefined where nothing is probable, or where it is no moment either. */
function momentMeantBy(text: string): string | undefined {
  const plain = text.toLowerCase().replace(/\s+/g, ' ')
  for (const [form, toMoment] of SLIPS) {
    const [matched, ...groups] = form.exec(plain) ?? []
    const meant = matched === undefined ? undefined : toMoment(...groups)
    if (meant !== undefined && isTaken(meant, parseMoment)) return meant
  }
  return Object.hasOwn(WORDS, plain) ? WORDS[plain] : undefined
}

/** `month` is `M`, as `minute` is `m`. */
function unitOf(word: string): string {
  return word === 'month' ? 'M' : word.charAt(0)
}

function dateOf(year: string, month: string, day: string): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** `+0700`, `+07` and `+7` as `+07:00`. */
function offsetOf(text: string): string {
  const [, sign, hours, minutes = '00'] = /^([+-])(\d\d?):?(\d\d)?$/.exec(text) ?? []
  return hours === undefined ? text && 'Z' : `${sign}${hours.padStart(2, '0')}:${minutes}`
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
