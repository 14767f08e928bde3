import { type LocalMs, localTimeAt, type TimeZone } from './time-zone.js'

/** `2026-11-01T08:00:00+08:00`: an instant with the zone's offset at it, in whole seconds. */
export function formatWithOffset(instant: number, zone: TimeZone): string {
  const offsetMinutes = zone.offsetMs(instant) / 60_000
  // Before railways, zones were off by odd seconds, which the API's form cannot say: UTC can.
  if (!Number.isInteger(offsetMinutes)) return `${isoSeconds(instant)}Z`
  const sign = offsetMinutes < 0 ? '-' : '+'
  const hours = Math.floor(Math.abs(offsetMinutes) / 60)
  const minutes = Math.abs(offsetMinutes) % 60
  return `${isoSeconds(localTimeAt(instant, zone))}${sign}${twoDigits(hours)}:${twoDigits(minutes)}`
}

/** `2026-11-01 08:00`, or with seconds where they are not zero. */
export function formatLocal(local: LocalMs): string {
  return isoSeconds(local).replace('T', ' ').replace(/:00$/, '')
}

function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().slice(0, 'yyyy-MM-ddTHH:mm:ss'.length)
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
