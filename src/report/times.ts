const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** Of `2026-11-01T13:00`. */
const MINUTE_LENGTH = 16

/** The years 0000 to 9999: others have a sign, or more digits. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00Z')
const END_MS = Date.parse('9999-12-31T00:00:00Z') + DAY_MS

/** Longer than any time; it bounds the work that a hostile file can ask for. */
const MAX_LENGTH = 80

const MAX_REMEMBERED = 10_000

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')

/** A time of day and a zone, as they may follow a day. */
const REST = String.raw`(?:[T ,]\s*(\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?)(?: ?([AP]M))?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$`

/** Days in other forms than that of ISO 8601, of which each can be read in one way only. */
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

interface Day {
  /** `2026-11-01`, in UTC. */
  readonly name: string
  /** `2026-11-01T13`, where they have been asked for. */
  readonly hours: string[]
}

/**
 * Reads times as they stand in a file, and names their days and hours. Days come again and again, so
 * each is looked up in the calendar once: a record has two times, and a Date for each would cost more
 * than all else.
 */
export class Times {
  readonly #midnights = new Map<string, number>()
  /** The last time up to its minute, which the next one mostly shares. */
  #lastText = '-'
  #lastMinute = Number.NaN
  readonly #days = new Map<number, Day>()
  #lastNumber = Number.NaN
  #lastDay: Day = { name: '', hours: [] }

  /**
   * Epoch ms, with a fraction; NaN for what is no time. Without a zone it is in UTC, as all of the
   * API's are. `2026-11-01`, `2026-11-01T13:00:00.1234567Z`, `2026-11-01 13:00 +07`, and other forms
   * that can be read in one way only.
   */
  parse(text: string): number {
    const ms = this.#parseIso(text)
    const found = Number.isNaN(ms) ? this.#parseIso(toIso(text)) : ms
    return found >= FIRST_MS && found < END_MS ? found : Number.NaN
  }

  /** `2026-11-01`, in UTC. */
  dayOf(ms: number): string {
    return this.#day(ms).name
  }

  /** `2026-11-01T13`, in UTC. */
  hourOf(ms: number): string {
    const { name, hours } = this.#day(ms)
    const hour = Math.floor(ms / HOUR_MS) - 24 * Math.floor(ms / DAY_MS)
    const known = hours[hour]
    if (known !== undefined) return known
    const text = `${name}T${String(hour).padStart(2, '0')}`
    hours[hour] = text
    return text
  }

  #day(ms: number): Day {
    const number = Math.floor(ms / DAY_MS)
    if (number === this.#lastNumber) return this.#lastDay
    const day = this.#days.get(number) ?? {
      name: new Date(number * DAY_MS).toISOString().slice(0, 10),
      hours: [],
    }
    if (this.#days.size < MAX_REMEMBERED) this.#days.set(number, day)
    this.#lastNumber = number
    this.#lastDay = day
    return day
  }

  #parseIso(text: string): number {
    if (text.length === 10) return this.#midnightOf(text)
    if (text.length < MINUTE_LENGTH) return Number.NaN
    if (!text.startsWith(this.#lastText)) {
      this.#lastText = text.slice(0, MINUTE_LENGTH)
      this.#lastMinute = this.#minuteOf(text)
    }
    let second = 0
    let fractionMs = 0
    let at = 16
    if (text.charCodeAt(16) === COLON) {
      second = twoDigits(text, 17)
      at = 19
      const mark = text.charCodeAt(19)
      if (mark === DOT || mark === COMMA) {
        let scale = 1_000
        let fraction = 0
        for (at = 20; isDigit(text.charCodeAt(at)); at++) {
          fraction = fraction * 10 + text.charCodeAt(at) - ZERO
          scale *= 10
        }
        if (at === 20) return Number.NaN
        fractionMs = (fraction * 1_000_000) / scale
      }
    }
    if (!(second < 60)) return Number.NaN
    const time = this.#lastMinute + second * 1_000 + fractionMs
    const isUtc = at === text.length - 1 && text.charCodeAt(at) === CAPITAL_Z
    return isUtc ? time : time - offsetMsAt(text, at)
  }

  #minuteOf(text: string): number {
    const separator = text.charCodeAt(10) | 0x20
    if ((separator !== T && separator !== SPACE) || text.charCodeAt(13) !== COLON) return Number.NaN
    const hour = twoDigits(text, 11)
    const minute = twoDigits(text, 14)
    if (!(hour < 24 && minute < 60)) return Number.NaN
    return this.#midnightOf(text) + hour * HOUR_MS + minute * MINUTE_MS
  }

  #midnightOf(text: string): number {
    const day = text.slice(0, 10)
    const midnight = this.#midnights.get(day) ?? midnightOf(day)
    if (this.#midnights.size < MAX_REMEMBERED) this.#midnights.set(day, midnight)
    return midnight
  }
}

const ZERO = 0x30
const COLON = 0x3a
const DOT = 0x2e
const COMMA = 0x2c
const SPACE = 0x20
const T = 0x74
const Z = 0x7a
const CAPITAL_Z = 0x5a

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** NaN where there are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at)
  const ones = text.charCodeAt(at + 1)
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : Number.NaN
}

/** What a zone is ahead of UTC, of what stands from there to the end; NaN for what is no zone. */
function offsetMsAt(text: string, start: number): number {
  const at = text.charCodeAt(start) === SPACE ? start + 1 : start
  const rest = text.length - at
  if (rest === 0 || (rest === 1 && (text.charCodeAt(at) | 0x20) === Z)) return 0
  const [, sign, hours = '', minutes = '0'] =
    /^(?:UTC|GMT|([+-])(\d\d)(?::?(\d\d))?)$/i.exec(text.slice(at, at + 7)) ?? []
  if (rest > 6 || (sign === undefined && rest !== 3)) return Number.NaN
  if (sign === undefined) return /^(?:UTC|GMT)$/i.test(text.slice(at)) ? 0 : Number.NaN
  if (Number(hours) > 23 || Number(minutes) > 59) return Number.NaN
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS)
}

function midnightOf(day: string): number {
  const date = /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00:00Z`) : new Date(Number.NaN)
  // What is not in the calendar comes to another day, or to none.
  return date.toJSON()?.startsWith(day) ? date.getTime() : Number.NaN
}

/** A time in another form as ISO 8601; an empty text where it has none of them. */
function toIso(text: string): string {
  if (text.length > MAX_LENGTH) return ''
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

/** `1:00:00` of an afternoon as `13:00:00`. */
function toClock(time: string, half: string | undefined): string {
  const [hour = '', minute = '00', rest = '00'] = time.split(':')
  const isTwelve = half !== undefined && Number(hour) === 12
  const hours = (isTwelve ? 0 : Number(hour)) + (half?.toUpperCase() === 'PM' ? 12 : 0)
  return `${String(hours).padStart(2, '0')}:${minute}:${rest === '' ? '00' : rest}`
}
