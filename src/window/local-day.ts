import { gapAround, instantsOf, type LocalMs, localTimeAt, type TimeZone } from './time-zone.js'

const DAY_MS = 86_400_000

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
