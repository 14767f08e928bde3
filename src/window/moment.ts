import { getDaysInMonth } from 'date-fns/getDaysInMonth'
import { isValid } from 'date-fns/isValid'
import { parseISO } from 'date-fns/parseISO'
import { didYouMean, Mistake, readSlips } from '../errors.js'
import { quote } from '../sanitize.js'
import { evaluateDateMath, type MomentContext } from './date-math.js'
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

/** One point in time, as it is sent to the API. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly instant: number
  /** One of the API's own forms (docs/api.md#moments). */
  readonly sent: string
}

/** With a fraction of zeros, as JavaScript writes it, which is left out before it is sent. */
const API_FORM = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.0{1,9})?(Z|[+-]\d\d:\d\d)?)?$/

const FORMS =
  'Write a date (2026-11-01), a time (2026-11-01T13:00:00, with Z or +07:00 at its end if need be), or date math (now, now-7d, now-1M/M).'

/**
 * The moment that is meant by one of these texts:
 * - a date, `2026-11-01`: the first instant of its day,
 * - a local time, `2026-11-01T13:00:00`: its first instant, if a clock change repeats it,
 * - a time with an offset, `2026-11-01T13:00:00Z` or `2026-11-01T13:00:00+07:00`,
 * - date math, `now-1M/M`.
 *
 * A date or a local time is sent as it was written under UTC, and with the zone's offset elsewhere.
 * Throws a Mistake for any other text, and for a local time that a clock change skips.
 */
export function parseMoment(text: string, context: MomentContext): Moment {
  if (/^now/i.test(text)) return withOffset(evaluateDateMath(text, context), context.zone)
  const moment = parseApiForm(text, context.zone)
  if (moment !== undefined) return moment
  const parse = (meant: string): Moment => parseMoment(meant, context)
  const hint = isYearLast(text) ? ': the year comes first.' : didYouMean(momentMeantBy(text), parse)
  throw new Mistake(`${quote(text)} is not a moment${hint} ${FORMS}`)
}

/** `01/11/2026` is a day of January or of November, so nothing can be suggested. */
function isYearLast(text: string): boolean {
  return /^\d\d?[/-]\d\d?[/-]\d{4}$/.test(text)
}

/** Undefined for a text of another form; throws a Mistake for one like `2026-02-30`. */
function parseApiForm(text: string, zone: TimeZone): Moment | undefined {
  const [, date, time, offset = ''] = API_FORM.exec(text) ?? []
  if (date === undefined) return undefined
  checkDate(date)
  if (time !== undefined) checkTime(time)
  checkOffset(offset)
  const sent = time === undefined ? date : `${date}T${time}${offset}`
  if (offset !== '') return { instant: parseISO(sent).getTime(), sent }
  const local = parseISO(`${date}T${time ?? '00:00:00'}Z`).getTime() as LocalMs
  if (zone === UTC) return { instant: local, sent }
  const instant = time === undefined ? firstInstantOfDay(local, zone) : instantsOf(local, zone)[0]
  if (instant !== undefined) return withOffset(instant, zone)
  const gap = gapAround(local, zone)
  throw new Mistake(
    `${quote(text)} does not exist in ${zone.name}: the clocks there go from ${formatLocal(gap.from)} straight to ${formatLocal(gap.to)}. Write a moment before or after that.`,
  )
}

/** Everyday words for moments. */
const WORDS = readSlips('now/d: today midnight|now-1d/d: yesterday|now+1d/d: tomorrow')

const UNITS = 'second|minute|hour|day|week|month|year'

/** Forms that are nearly right, each with its conversion to one of ours. */
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

/** What was probably meant, not yet checked; undefined if that cannot be told. */
function momentMeantBy(text: string): string | undefined {
  const plain = text.toLowerCase().replace(/\s+/g, ' ')
  for (const [form, toMoment] of SLIPS) {
    const [matched, ...groups] = form.exec(plain) ?? []
    if (matched !== undefined) return toMoment(...groups)
  }
  return WORDS.get(plain)
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

function checkOffset(offset: string): void {
  if (/^(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?$/.test(offset)) return
  throw new Mistake(`${quote(offset)} is not an offset from UTC. Write one like +07:00 or Z.`)
}
