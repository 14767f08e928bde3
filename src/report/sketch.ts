import type { Buckets } from './figures.js'
import type { Room } from './names.js'

/** A bucket's end is 1 % above its start, so two times in one bucket differ by at most 1 %. */
const GROWTH = Math.log(1.01)

/** A message that took longer was scheduled, or its times are wrong. */
const MAX_TIME_MS = 10 * 86_400_000

export const MAX_BUCKET = 1 + Math.floor(Math.log(MAX_TIME_MS) / GROWTH)

/** So many buckets are kept as a list. With more, each bucket from the first to the last has a cell. */
const MAX_LISTED = 16

/** Cells are added in such steps. */
const CELLS_STEP = 64

/** The bucket of a time; -1 for none, for a negative one, and for one above 10 days. */
export function bucketOf(timeMs: number): number {
  if (!(timeMs >= 0 && timeMs <= MAX_TIME_MS)) return -1
  return timeMs < 1 ? 0 : 1 + Math.floor(Math.log(timeMs) / GROWTH)
}

/** The percentiles of times, in seconds, each within 1 % of the true one. */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** Each is the smallest time that 50, 95 or 99 per cent do not exceed; null if there are no times. */
export function percentilesOf(buckets: Buckets): Percentiles | null {
  let total = 0
  for (let at = 1; at < buckets.length; at += 2) total += buckets[at] as number
  if (total === 0) return null
  const at = (percent: number): number =>
    timeIn(bucketAt(buckets, Math.ceil((percent * total) / 100)))
  return { p50: at(50), p95: at(95), p99: at(99) }
}

function bucketAt(buckets: Buckets, rank: number): number {
  let below = 0
  for (let at = 0; at < buckets.length; at += 2) {
    below += buckets[at + 1] as number
    if (below >= rank) return buckets[at] as number
  }
  return buckets.at(-2) as number
}

/** The roundest time in a bucket, in seconds: for times in whole seconds, mostly the true one. */
function timeIn(bucket: number): number {
  if (bucket === 0) return 0
  const [fromMs, toMs] = [Math.exp((bucket - 1) * GROWTH), Math.exp(bucket * GROWTH)]
  for (let unitMs = 1e8; ; unitMs /= 10) {
    const timeMs = Math.ceil(fromMs / unitMs) * unitMs
    if (timeMs < toMs) return Number((timeMs / 1_000).toPrecision(8))
  }
}

/**
 * How long messages took to be delivered: counts in buckets with fixed limits, so that two sketches
 * add up without loss. The idea is DDSketch's (https://arxiv.org/abs/1908.10693).
 */
export class Sketch {
  readonly #room: Room
  /** `[bucket, count, …]` in no order, while there are few. */
  #listed: number[] | undefined = []
  #cells = new Float64Array(0)
  /** The bucket of the first cell. */
  #first = 0

  constructor(room: Room) {
    this.#room = room
  }

  add(bucket: number, count = 1): void {
    if (this.#listed === undefined) {
      this.#addToCells(bucket, count)
      return
    }
    const listed = this.#listed
    for (let at = 0; at < listed.length; at += 2) {
      if (listed[at] === bucket) {
        listed[at + 1] = (listed[at + 1] as number) + count
        return
      }
    }
    listed.push(bucket, count)
    if (listed.length <= 2 * MAX_LISTED) return
    this.#listed = undefined
    this.addAll(listed)
  }

  addAll(buckets: Buckets): void {
    for (let at = 0; at < buckets.length; at += 2) {
      this.add(buckets[at] as number, buckets[at + 1] as number)
    }
  }

  plain(): Buckets {
    if (this.#listed !== undefined) return inOrder(this.#listed)
    const buckets: number[] = []
    this.#cells.forEach((count, cell) => {
      if (count > 0) buckets.push(this.#first + cell, count)
    })
    return buckets
  }

  #addToCells(bucket: number, count: number): void {
    let cell = bucket - this.#first
    if (cell < 0 || cell >= this.#cells.length) {
      if (!this.#reach(bucket)) return
      cell = bucket - this.#first
    }
    this.#cells[cell] = (this.#cells[cell] as number) + count
  }

  /** Adds cells, so that the bucket has one; false if there is no room for them. */
  #reach(bucket: number): boolean {
    const isNew = this.#cells.length === 0
    const step = Math.floor(bucket / CELLS_STEP) * CELLS_STEP
    const first = isNew ? step : Math.min(this.#first, step)
    const end = isNew ? 0 : this.#first + this.#cells.length
    const length = Math.max(end, step + CELLS_STEP) - first
    if (length - this.#cells.length > this.#room.cells) {
      this.#room.crowded.add('timeToDeliver')
      return false
    }
    this.#room.cells -= length - this.#cells.length
    const cells = new Float64Array(length)
    cells.set(this.#cells, isNew ? 0 : this.#first - first)
    this.#first = first
    this.#cells = cells
    return true
  }
}

function inOrder(listed: readonly number[]): Buckets {
  const places = Array.from({ length: listed.length / 2 }, (_, place) => 2 * place)
  return places
    .sort((a, b) => (listed[a] as number) - (listed[b] as number))
    .flatMap((place) => [listed[place] as number, listed[place + 1] as number])
}
