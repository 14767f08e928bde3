/** Numbers from 0 (with) to 1 (without) that look random and are the same for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    return mix(state) / 0x1_0000_0000
  }
}

/** One of the items. */
export function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)] as T
}

/** An item by its weight: one of weight 3 is three times as frequent as one of weight 1. */
export function pickWeighted<T extends { weight: number }>(
  items: readonly T[],
  random: () => number,
): T {
  let left = random() * items.reduce((sum, { weight }) => sum + weight, 0)
  for (const item of items) {
    left -= item.weight
    if (left < 0) return item
  }
  return items[items.length - 1] as T
}

/** A whole number from `min` to `max`, both included. */
export function wholeNumber(min: number, max: number, random: () => number): number {
  return min + Math.floor(random() * (max - min + 1))
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** A UUID that hangs on seed and index alone, for as many indexes as there are numbers. */
export function uuidOf(seed: number, index: number): string {
  const high = Math.floor(index / 0x1_0000_0000)
  const a = mix((index ^ Math.imul(seed, 0x9e3779b1) ^ high) >>> 0)
  const b = mix((a + 0x85ebca6b) >>> 0)
  const c = mix((b ^ (index + 0xc2b2ae35)) >>> 0)
  const d = mix((c + seed) >>> 0)
  const versioned = ((b & 0xffff0fff) | 0x4000) >>> 0
  const variant = ((c & 0x3fffffff) | 0x80000000) >>> 0
  return `${hex32(a)}-${hex16(versioned >>> 16)}-${hex16(versioned)}-${hex16(variant >>> 16)}-${hex16(variant)}${hex32(d)}`
}

function hex16(value: number): string {
  return `${HEX[(value >>> 8) & 255]}${HEX[value & 255]}`
}

function hex32(value: number): string {
  return hex16(value >>> 16) + hex16(value)
}

/** Spreads the bits of a 32-bit number over all of it (the finish of MurmurHash3). */
function mix(value: number): number {
  let bits = value
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
