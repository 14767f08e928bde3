import type { CsvRecord } from './csv.js'

/** A day of UTC. */
export const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** The years 0000 to 9999; others have a sign or more digits. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00Z')
const END_MS = Date.parse('9999-12-31T00:00:00Z') + DAY_MS

/** Longer than any time; it limits the work that a hostile file can cause. */
const MAX_LENGTH = 80

const MAX_REMEMBERED = 10_000

/** A number of epoch ms has steps of 0.0002: more would be rounded up, to another day at midnight. */
const MAX_FRACTION_MS = 999.999

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')

/** The time of day and the zone that may follow a day. */
const REST = String.raw`(?:[T ,]\s*(\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?)(?: ?([AP]M))?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$`

/** Forms of a day besides that of ISO 8601. Each can be read in only one way. */
const FORMS: readonly (readonly [RegExp, order: 'ymd' | 'mdy' | 'dmy'])[] = [
  [new RegExp(String.raw`^(\d{4})([/.])(\d{1,2})\2(\d{1,2})${REST}`, 'i'), 'ymd'],
  // .NET's invariant form, and the American one.
  [new RegExp(String.raw`^(\d{1,2})(/)(\d{1,2})/(\d{4})${REST}`, 'i'), 'mdy'],
  [new RegExp(String.raw`^(\d{1,2})(\.)(\d{1,2})\.(\d{4})${REST}`, 'i'), 'dmy'],
  [
    new RegExp(
      String.raw`^(?:[a-z]{3,9}, ?)?(\d{1,2})([- ])([a-z]{3})[a-z]{0,6}[- ](\d{4})${REST}`,
      'i',
    ),
    'dmy',
  ],
  [new RegExp(String.raw`^([a-z]{3})[a-z]{0,6}( )(\d{1,2}), ?(\d{4})${REST}`, 'i'), 'mdy'],
  [/^(\d{4})()(\d\d)(\d\d)(?:[T ]?(\d{4}(?:\d\d)?))?()(Z)?$/i, 'ymd'],
]

/** The form that all others are converted to. */
const ISO =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:[.,]\d+)?))?(?: ?(?:Z|UTC|GMT|([+-])(\d\d)(?::?(\d\d))?))?)?$/i

/** Of `2026-11-01` and of `2026-11-01T13:00:00Z`. */
const DAY_LENGTH = 10
/** Twelve months of 32 days; months and days begin at 1. */
const SLOTS = 13 * 32
const TIME_LENGTH = 20

const ZERO = 0x30
const COLON = 0x3a
const DASH = 0x2d
const DOT = 0x2e
const T = 0x54
const Z = 0x5a

/** The names of an hour and of its day, in UTC: `2026-11-01`, `2026-11-01T13`. */
export interface Period {
  readonly day: string
  readonly hour: string
}

/**
 * Reads times, and names their days and hours. The same days come again and again, so each is looked
 * up in the calendar once: a record has two times, and a Date for each would cost more than all the
 * rest.
 */
export class Times {
  /** By month and day: the year in which the midnight was asked for last, and that midnight. */
  readonly #years = new Array<number>(SLOTS).fill(Number.NaN)
  readonly #midnights = new Array<number>(SLOTS).fill(Number.NaN)
  /** By hours since 1970. */
  readonly #periods = new Map<number, Period>()
  #lastHour = Number.NaN
  #lastPeriod: Period = { day: '', hour: '' }

  /** The time of a field; NaN without the column. The API's own form is read from the bytes. */
  read(record: CsvRecord, place: number | undefined): number {
    if (place === undefined) return Number.NaN
    const time = this.#readApi(
      record.bytes,
      record.starts[place] as number,
      record.ends[place] as number,
    )
    return Number.isNaN(time) ? this.parse(record.text(place).trim()) : time
  }

  /**
   * Epoch ms, with a fraction; NaN for what is no time. A time without a zone is in UTC, like all of
   * the API's. `2026-11-01`, `2026-11-01T13:00:00.1234567Z`, `2026-11-01 13:00 +07`, and other forms
   * that can be read in only one way.
   */
  parse(text: string): number {
    if (text.length > MAX_LENGTH) return Number.NaN
    const [, day, hour = '0', minute = '0', second = '0', sign, hours = '0', minutes = '0'] =
      ISO.exec(text) ?? ISO.exec(toIso(text)) ?? []
    if (day === undefined) return Number.NaN
    const seconds = Number(second.replace(',', '.'))
    if (Number(hour) > 23 || Number(minute) > 59 || seconds >= 60) return Number.NaN
    if (Number(hours) > 23 || Number(minutes) > 59) return Number.NaN
    const secondsMs = Math.min(seconds * 1_000, Math.floor(seconds) * 1_000 + MAX_FRACTION_MS)
    const clockMs = Number(hour) * HOUR_MS + Number(minute) * MINUTE_MS + secondsMs
    const offsetMs = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS
    const time = midnightOf(day) + clockMs + (sign === '-' ? offsetMs : -offsetMs)
    return time >= FIRST_MS && time < END_MS ? time : Number.NaN
  }

  periodOf(ms: number): Period {
    const hour = Math.floor(ms / HOUR_MS)
    if (hour === this.#lastHour) return this.#lastPeriod
    const period = this.#periods.get(hour) ?? periodAt(hour * HOUR_MS)
    if (this.#periods.size < MAX_REMEMBERED) this.#periods.set(hour, period)
    this.#lastHour = hour
    this.#lastPeriod = period
    return period
  }

  /** `2026-11-01T13:00:00Z`, with or without a fraction; NaN for any other form. */
  #readApi(bytes: Buffer, start: number, end: number): number {
    const last = end - 1
    const isForm =
      end - start >= TIME_LENGTH &&
      bytes[start + 10] === T &&
      bytes[start + 13] === COLON &&
      bytes[start + 16] === COLON &&
      bytes[last] === Z
    if (!isForm) return Number.NaN
    const hour = twoDigits(bytes, start + 11)
    const minute = twoDigits(bytes, start + 14)
    const second = twoDigits(bytes, start + 17)
    if (hour > 23 || minute > 59 || second > 59) return Number.NaN
    let fraction = 0
    let scale = 1
    if (bytes[start + 19] === DOT) {
      for (let at = start + 20; at < last; at++) {
        const value = digit(bytes, at)
        if (value > 9) return Number.NaN
        fraction = fraction * 10 + value
        scale *= 10
      }
    } else if (start + 19 < last) {
      return Number.NaN
    }
    const minutes = hour * 60 + minute
    return (
      this.#midnightAt(bytes, start) +
      minutes * MINUTE_MS +
      second * 1_000 +
      Math.min((fraction * 1_000) / scale, MAX_FRACTION_MS)
    )
  }

  /** The midnight of the day written there, `2026-11-01`. */
  #midnightAt(bytes: Buffer, start: number): number {
    const year = 100 * twoDigits(bytes, start) + twoDigits(bytes, start + 2)
    const month = twoDigits(bytes, start + 5)
    const day = twoDigits(bytes, start + 8)
    const isDay = month <= 12 && day <= 31 && bytes[start + 4] === DASH && bytes[start + 7] === DASH
    if (!isDay) return Number.NaN
    const slot = 32 * month + day
    if (this.#years[slot] !== year) {
      this.#years[slot] = year
      this.#midnights[slot] = midnightOf(bytes.toString('latin1', start, start + DAY_LENGTH))
    }
    return this.#midnights[slot] as number
  }
}

/** Above 9 if it is no digit. */
function digit(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) - ZERO) & 0xff
}

/** Infinite if it is no number of two digits. */
function twoDigits(bytes: Buffer, at: number): number {
  const [tens, ones] = [digit(bytes, at), digit(bytes, at + 1)]
  return tens > 9 || ones > 9 ? Number.POSITIVE_INFINITY : 10 * tens + ones
}

function periodAt(ms: number): Period {
  const text = new Date(ms).toISOString()
  return { day: text.slice(0, 10), hour: text.slice(0, 13) }
}

function midnightOf(day: string): number {
  const date = new Date(`${day}T00:00:00Z`)
  // A day that is not in the calendar becomes another one, or none.
  return date.toJSON()?.startsWith(day) ? date.getTime() : Number.NaN
}

/** A time in one of `FORMS` as ISO 8601; an empty text for any other. */
function toIso(text: string): string {
  for (const [form, order] of FORMS) {
    const match = form.exec(text)
    if (!match) continue
    const [, first = '', , second = '', third = '', time = '', half, zone = ''] = match
    const [year, month, day] =
      order === 'ymd'
        ? [first, second, third]
        : order === 'mdy'
          ? [third, first, second]
          : [third, second, first]
    const clock = toClock(time.replaceAll(/^(\d\d)(\d\d)(\d\d)?$/g, '$1:$2:$3'), half)
    return `${year}-${numberOf(month)}-${day.padStart(2, '0')}T${clock}${zone}`
  }
  return ''
}

function numberOf(month: string): string {
  const named = MONTHS.indexOf(month.toLowerCase()) + 1
  return (named > 0 ? String(named) : month).padStart(2, '0')
}

/** `1:00:00` and `PM` as `13:00:00`. */
function toClock(time: string, half: string | undefined): string {
  const [hour = '', minute = '00', rest = '00'] = time.split(':')
  const isTwelve = half !== undefined && Number(hour) === 12
  const hours = (isTwelve ? 0 : Number(hour)) + (half?.toUpperCase() === 'PM' ? 12 : 0)
  return `${String(hours).padStart(2, '0')}:${minute}:${rest === '' ? '00' : rest}`
}
