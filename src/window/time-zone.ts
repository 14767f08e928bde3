import { tzOffset } from '@date-fns/tz/tzOffset'
import { formatUtc } from '../clock.js'
import { didYouMean, Mistake, readSlips } from '../errors.js'
import { quote } from '../sanitize.js'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/**
 * A local time, as the clocks of a zone show it: the epoch milliseconds at which UTC shows the
 * same. It has a type of its own, so that it is never taken for an instant.
 */
export type LocalMs = number & { readonly local: unique symbol }

/** A clock change that skips local times: at `instant` the clocks go on from `from` to `to`. */
export interface Gap {
  readonly instant: number
  readonly from: LocalMs
  readonly to: LocalMs
}

/** A zone of the IANA database. */
export interface TimeZone {
  readonly name: string
  /** What the zone's clocks are ahead of UTC at an instant, in milliseconds. */
  offsetMs(instant: number): number
}

/** UTC needs no zone data; loading it takes a fifth of the start-up. */
export const UTC: TimeZone = { name: 'UTC', offsetMs: () => 0 }

/**
 * Abbreviations that the database does not have, with the zones that may be meant. ICU, which Intl
 * uses, accepts some of them: `BST` for Bangladesh, `AST` for Alaska, `IST` for India.
 */
const ABBREVIATIONS =
  readSlips(`Australia/Darwin: ACT|Australia/Sydney: AET AEST AEDT|America/Argentina/Buenos_Aires: AGT|
America/Argentina/Buenos_Aires or Africa/Cairo: ART|America/Halifax or Asia/Riyadh: AST|
America/Anchorage: AKST AKDT|Australia/Adelaide: ACST ACDT|Australia/Perth: AWST|
America/Sao_Paulo: BET BRT|Europe/London or Asia/Dhaka: BST|Africa/Maputo: CAT|
America/St_Johns: CNT NST NDT|America/Chicago or Asia/Shanghai: CST|America/Chicago: CDT|
Asia/Shanghai: CTT|Europe/Berlin: CEST|Africa/Nairobi: EAT|Europe/Paris or America/Guayaquil: ECT|
America/New_York: EDT|Europe/Athens: EEST|Asia/Dubai: GST|Asia/Hong_Kong: HKT|Asia/Bangkok: ICT|
America/Indiana/Indianapolis: IET|Asia/Kolkata, Europe/Dublin or Asia/Jerusalem: IST|
Asia/Tokyo: JST|Asia/Seoul: KST|America/Denver: MDT|Pacific/Apia: MIT|Europe/Moscow: MSK|
Asia/Kuala_Lumpur: MYT|Asia/Yerevan: NET|Pacific/Auckland: NZST NZDT|America/Los_Angeles: PDT|
Asia/Manila: PHT|Asia/Karachi: PLT PKT|America/Phoenix: PNT|America/Puerto_Rico: PRT|
America/Los_Angeles or Asia/Manila: PST|Africa/Johannesburg: SAST|Asia/Singapore: SGT|
Pacific/Pago_Pago or Pacific/Guadalcanal: SST|Asia/Ho_Chi_Minh: VST|Africa/Lagos: WAT|
Europe/Lisbon: WEST|Asia/Jakarta: WIB|Asia/Makassar: WITA|Asia/Jayapura: WIT|UTC: Z`)

/** A zone by its name in the IANA database, in any case; `UTC` is UTC. */
export function parseTimeZone(text: string): TimeZone {
  if (text.toUpperCase() === 'UTC') return UTC
  const format = isOfIcuAlone(text) ? undefined : longOffsetFormat(text)
  if (format === undefined) {
    throw new Mistake(
      `${quote(text)} is not a time zone of the IANA database${didYouMean(zonesMeantBy(text))} Write its name, like Asia/Singapore or Europe/London.`,
    )
  }
  return {
    name: text,
    offsetMs: (instant) => {
      const minutes = tzOffset(text, new Date(instant))
      // The library reads -00:44, as in Monrovia until 1972, as +00:44.
      const isBehind = minutes > 0 && minutes < 60 && format.format(instant).includes('GMT-')
      return Math.round((isBehind ? -minutes : minutes) * MINUTE_MS)
    },
  }
}

function isOfIcuAlone(text: string): boolean {
  return ABBREVIATIONS.has(text.toUpperCase()) || /^SystemV\/|^US\/Pacific-New$/i.test(text)
}

/** The zones behind an abbreviation, an offset (`GMT+8`, `+08:00`) or a place (`London`). */
function zonesMeantBy(text: string): string | undefined {
  const abbreviated = ABBREVIATIONS.get(text.toUpperCase())
  if (abbreviated !== undefined) return abbreviated
  const [, sign, hours] = /^(?:GMT|UTC)? ?([+-])(0?\d|1[0-2])(?::?00)?$/i.exec(text) ?? []
  if (hours !== undefined) {
    const ahead = sign === '+'
    return `a place there, or Etc/GMT${ahead ? '-' : '+'}${Number(hours)} (${Number(hours)} hours ${ahead ? 'ahead of' : 'behind'} UTC: its sign is the other way round)`
  }
  const place = `/${text.toLowerCase().replace(/[\s-]+/g, '_')}`
  return Intl.supportedValuesOf('timeZone').find((name) => name.toLowerCase().endsWith(place))
}

/**
 * Writes `GMT-05:00`; undefined if the text is not a zone. The library finds an offset in any text
 * that holds one, and Intl also accepts an offset (+07:00) as a zone; the database has only names.
 */
function longOffsetFormat(text: string): Intl.DateTimeFormat | undefined {
  if (!/^[A-Za-z]/.test(text)) return undefined
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: text, timeZoneName: 'longOffset' })
  } catch {
    return undefined
  }
}

/** What the zone's clocks show at an instant (epoch milliseconds). */
export function localTimeAt(instant: number, zone: TimeZone): LocalMs {
  return (instant + zone.offsetMs(instant)) as LocalMs
}

/**
 * The instants at which the zone's clocks show a local time, the earliest first: one as a rule,
 * two where clocks go back, none where they go forward.
 */
export function instantsOf(local: LocalMs, zone: TimeZone): number[] {
  // Offsets are shorter than a day, so these two lie before and after each instant in question.
  const offsets = new Set([zone.offsetMs(local - DAY_MS), zone.offsetMs(local + DAY_MS)])
  return [...offsets]
    .map((offsetMs) => local - offsetMs)
    .filter((instant) => localTimeAt(instant, zone) === local)
    .sort((a, b) => a - b)
}

/** The gap that a local time without an instant lies in. */
export function gapAround(local: LocalMs, zone: TimeZone): Gap {
  const offsetBefore = zone.offsetMs(local - DAY_MS)
  let before = local - DAY_MS
  let after = local + DAY_MS
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (zone.offsetMs(middle) === offsetBefore) before = middle
    else after = middle
  }
  return {
    instant: after,
    from: (after + offsetBefore) as LocalMs,
    to: localTimeAt(after, zone),
  }
}

/**
 * The first instant of the local day that begins at `midnight`: where a clock change skips
 * midnight it is the first after it (as in Cairo or Havana), and undefined where the whole day is
 * skipped (as 2011-12-30 in Samoa).
 */
export function firstInstantOfDay(midnight: LocalMs, zone: TimeZone): number | undefined {
  const [first] = instantsOf(midnight, zone)
  if (first !== undefined) return first
  const { instant } = gapAround(midnight, zone)
  return localTimeAt(instant, zone) < midnight + DAY_MS ? instant : undefined
}

/** `2026-11-01T08:00:00+08:00`: an instant with the zone's offset at it, in whole seconds. */
export function formatWithOffset(instant: number, zone: TimeZone): string {
  const offsetMs = zone.offsetMs(instant)
  // Before standard time, offsets had odd seconds, which the API's form cannot express; UTC can.
  if (offsetMs % MINUTE_MS !== 0) return `${formatUtc(instant)}Z`
  const [hours, minutes] = formatUtc(Math.abs(offsetMs)).split(/[T:]/).slice(1)
  return `${formatUtc(localTimeAt(instant, zone))}${offsetMs < 0 ? '-' : '+'}${hours}:${minutes}`
}

/** `2026-11-01 08:00`, or with seconds where they are not zero. */
export function formatLocal(local: LocalMs): string {
  return formatUtc(local).replace('T', ' ').replace(/:00$/, '')
}
