export const HOUR_MS = 3_600_000

/** How busy the days are, from Sunday on. */
const WEEKDAYS = [0.6, 1.14, 1.14, 1.14, 1.14, 1.14, 0.7]

/** What was sent at one moment; all else about it follows from its bits. */
export interface Message {
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** 32 bits of its own, unique in its hour. */
  readonly bits: number
}

/**
 * The messages of one hour, counted from the epoch, in the order of their creation: a matter of the
 * seed and the messages a day alone. A day's first and last ones, if there are any in its first and
 * last hour, are on its very first and last millisecond, as that is where windows go wrong.
 */
export function messagesOf(hour: number, seed: number, recordsPerDay: number): Message[] {
  const hourBits = mix(hour ^ mix(seed))
  const day = Math.floor(hour / 24)
  // Most is sent in Asia's afternoon, least in its night. The epoch began on a Thursday.
  const busyHour = 1 + 0.9 * Math.sin(((hour % 24) / 24) * 2 * Math.PI)
  const busyDay = (WEEKDAYS[(day + 4) % 7] ?? 1) * (0.9 + 0.2 * shareOf(mix(day ^ mix(seed + 1))))
  const count = Math.floor((recordsPerDay / 24) * busyHour * busyDay + shareOf(hourBits))
  return Array.from({ length: count }, (_, number) => {
    const bits = mix(hourBits + Math.imul(number + 1, 0x9e3779b1))
    let offset = Math.floor(((number + shareOf(bits)) * HOUR_MS) / count)
    if (hour % 24 === 0 && number === 0) offset = 0
    if (hour % 24 === 23 && number === count - 1) offset = HOUR_MS - 1
    return { createdAt: hour * HOUR_MS + offset, bits }
  })
}

/** Numbers from 0 (with) to 1 (without) that look random and are the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state += 0x6d2b79f5
    return shareOf(mix(state))
  }
}

/** From 0 (with) to 1 (without). */
export function shareOf(bits: number): number {
  return bits / 0x1_0000_0000
}

/** Spreads the last 32 bits of a number over all of them (the finish of MurmurHash3). */
export function mix(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
