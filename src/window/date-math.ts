import { UTCDateMini } from '@date-fns/utc/date/mini'
import { addDays } from 'date-fns/addDays'
import { addMonths } from 'date-fns/addMonths'
import { addWeeks } from 'date-fns/addWeeks'
import { addYears } from 'date-fns/addYears'
import { startOfDay } from 'date-fns/startOfDay'
import { startOfHour } from 'date-fns/startOfHour'
import { startOfISOWeek } from 'date-fns/startOfISOWeek'
import { startOfMinute } from 'date-fns/startOfMinute'
import { startOfMonth } from 'date-fns/startOfMonth'
import { startOfSecond } from 'date-fns/startOfSecond'
import { startOfYear } from 'date-fns/startOfYear'
import { didYouMean, Mistake } from '../errors.js'
import { quote } from '../sanitize.js'
import { gapAround, instantsOf, type LocalMs, localTimeAt, type TimeZone } from './time-zone.js'

/** Years by the calendar to seconds by the clock, as in Elasticsearch: `M` months, `m` minutes. */
type Unit = 'y' | 'M' | 'w' | 'd' | 'h' | 'm' | 's'

/** What the meaning of a moment depends on. */
export interface MomentContext {
  /** Applies to moments without an offset. */
  readonly zone: TimeZone
  /** Epoch milliseconds, on a whole second. */
  readonly now: number
}

const DATE_MATH = /^now((?:[+-]\d+[yMwdhms])*)(?:\/([yMwdhms]))?$/

type Step = (date: Date, amount: number) => Date

/** A unit of the calendar changes the local date; a unit of the clock is always the same time. */
const CALENDAR_STEPS: Record<'y' | 'M' | 'w' | 'd', Step> & Partial<Record<Unit, Step>> = {
  y: addYears,
  M: addMonths,
  w: addWeeks,
  d: addDays,
}

const CLOCK_UNIT_MS: Partial<Record<Unit, number>> = { h: 3_600_000, m: 60_000, s: 1_000 }

const FLOORS: Record<Unit, (date: Date) => Date> = {
  y: startOfYear,
  M: startOfMonth,
  w: startOfISOWeek,
  d: startOfDay,
  h: startOfHour,
  m: startOfMinute,
  s: startOfSecond,
}

/** The instants of the years 0001 to 9999, with a day's room for any offset. */
const FIRST_INSTANT = Date.parse('0001-01-02T00:00:00Z')
const LAST_INSTANT = Date.parse('9999-12-30T23:59:59Z')

/**
 * The instant that date math comes to, in epoch milliseconds. Steps are taken one after another in the
 * zone. Throws a Mistake for what is no date math, and past the years 0001 to 9999.
 */
export function evaluateDateMath(text: string, { zone, now }: MomentContext): number {
  const [matched, steps = '', roundTo] = DATE_MATH.exec(text) ?? []
  if (matched === undefined) {
    throw new Mistake(
      `${quote(text)} is not date math${didYouMean(mathMeantBy(text))} Write now, then steps like -7d or +1h, then at most one rounding like /M, with no spaces. Units are y M w d h m s: M is a month, m a minute.`,
    )
  }
  let instant = now
  for (const [, amount, unit] of steps.matchAll(/([+-]\d+)([yMwdhms])/g)) {
    instant = takeStep(instant, Number(amount), unit as Unit, zone)
    if (!(instant >= FIRST_INSTANT && instant <= LAST_INSTANT)) {
      throw new Mistake('leads past the years 0001 to 9999. Write fewer or smaller steps.')
    }
  }
  return roundTo === undefined ? instant : roundDown(instant, roundTo as Unit, zone)
}

/** `Now - 7 days` means `now-7d`, and `now/d-1d` means `now-1d/d`. */
function mathMeantBy(text: string): string | undefined {
  const plain = text
    .replace(/\s+/g, '')
    .replace(/^now/i, 'now')
    .replace(/(?<=[\d/])(?:months?|mo)(?![a-z])/gi, 'M')
    .replace(
      /(?<=[\d/])(?:(y)ears?|(w)eeks?|(d)ays?|(h)ours?|(m)in(?:ute)?s?|(s)ec(?:ond)?s?)(?![a-z])/gi,
      (unit) => unit.charAt(0).toLowerCase(),
    )
    .replace(/(?<=[\d/])[YWDHS](?![a-z])/g, (unit) => unit.toLowerCase())
    .replace(
      /^now(\/[yMwd])([+-]\d+)([yMwd])$/,
      (whole, rounding: string, amount: string, unit: string) =>
        rounding === `/${unit}` ? `now${amount}${unit}${rounding}` : whole,
    )
  return DATE_MATH.test(plain) ? plain : undefined
}

function takeStep(instant: number, amount: number, unit: Unit, zone: TimeZone): number {
  const addToDate = CALENDAR_STEPS[unit]
  if (addToDate === undefined) return instant + amount * (CLOCK_UNIT_MS[unit] ?? 0)
  if (amount === 0) return instant
  const local = localMs(addToDate(new UTCDateMini(localTimeAt(instant, zone)), amount))
  return Number.isNaN(local) ? Number.NaN : firstInstantAt(local, zone)
}

/** A local time that a clock change skips is moved on by as much: 02:30 becomes 03:30. */
function firstInstantAt(local: LocalMs, zone: TimeZone): number {
  const [first] = instantsOf(local, zone)
  if (first !== undefined) return first
  const gap = gapAround(local, zone)
  return gap.instant + (local - gap.from)
}

function roundDown(instant: number, unit: Unit, zone: TimeZone): number {
  const local = FLOORS[unit](new UTCDateMini(localTimeAt(instant, zone)))
  if (CALENDAR_STEPS[unit]) return beginningOf(local, zone)
  // An hour may come twice: the last start that is not after the instant is its own.
  const start = instantsOf(localMs(local), zone).findLast((candidate) => candidate <= instant)
  return start ?? gapAround(localMs(local), zone).instant
}

/** The first instant of the zone's next day, week or month; both in epoch milliseconds. */
export function nextBeginning(instant: number, unit: 'd' | 'w' | 'M', zone: TimeZone): number {
  let local = FLOORS[unit](new UTCDateMini(localTimeAt(instant, zone)))
  for (;;) {
    local = CALENDAR_STEPS[unit](local, 1)
    const beginning = beginningOf(local, zone)
    if (beginning > instant) return beginning
  }
}

/** The first instant of a day; of the next one, if the zone has skipped this day. */
function beginningOf(day: Date, zone: TimeZone): number {
  return instantsOf(localMs(day), zone)[0] ?? gapAround(localMs(day), zone).instant
}

function localMs(date: Date): LocalMs {
  return date.getTime() as LocalMs
}
