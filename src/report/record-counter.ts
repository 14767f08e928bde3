import type { CsvRecord } from './csv.js'
import { PROBES } from './meanings.js'
import { type Header, RecordReader, type Unreadable } from './record.js'
import { bucketOf } from './sketch.js'
import type { Alike, Tally } from './tally.js'
import { DAY_MS, HOUR_MS, Times } from './times.js'

/** Slots for the records that are alike: powers of 2. */
const FEWEST_SLOTS = 256
const MOST_SLOTS = 16_384

/** In place of the day or the hour of a record without a time. */
const NO_PERIOD = Number.MIN_SAFE_INTEGER

/** Records that differ in nothing but their times within an hour, or a day. */
interface Kind {
  readonly periodMs: number
  readonly isTimed: boolean
  /** In place of the records: why they make no sense. */
  readonly alike: Alike | Unreadable
}

/**
 * Counts the records of one file. An export says the same again and again, so a record is looked up
 * by what its fields mean, and what it counts for is worked out for the first of its kind alone.
 * Where a file has more kinds than there is room for, one takes the place of another, which is
 * settled before.
 */
export class RecordCounter {
  readonly #places: Header['places']
  readonly #tally: Tally
  readonly #times = new Times()
  readonly #reader: RecordReader
  #slots = FEWEST_SLOTS
  #kinds = new Array<Kind | undefined>(FEWEST_SLOTS).fill(undefined)
  /** Of the record at hand. */
  readonly #key: Int32Array
  /** Of the kinds, one behind the other. */
  #keys: Int32Array
  #added = 0

  constructor(header: Header, tally: Tally) {
    this.#places = header.places
    this.#tally = tally
    this.#reader = new RecordReader(header, this.#times)
    this.#key = new Int32Array(this.#reader.keyLength)
    this.#keys = new Int32Array(FEWEST_SLOTS * this.#key.length)
  }

  /** Counts a record, or gives why it makes no sense. */
  count(record: CsvRecord): Unreadable | undefined {
    const { createdat, status_timestamp } = this.#places
    const createdMs = this.#times.read(record, createdat)
    const { isTimed, alike } = this.#kindOf(record, createdMs)
    if (typeof alike === 'string') return alike
    this.#tally.reach(createdMs, createdMs)
    const deliveredMs = isTimed ? this.#times.read(record, status_timestamp) : Number.NaN
    alike.count(bucketOf(deliveredMs - createdMs))
    return undefined
  }

  /** Puts into the tally what has been counted: only then it has all. */
  settle(): void {
    for (const kind of this.#kinds) settle(kind)
  }

  /** Kinds within an hour stay good when hours are given up: they are of one day as well. */
  #kindOf(record: CsvRecord, createdMs: number): Kind {
    const unitMs = this.#tally.hasHours ? HOUR_MS : DAY_MS
    const period = Math.floor(createdMs / unitMs)
    const periodMs = Number.isNaN(period) ? NO_PERIOD : period * unitMs
    const hash = this.#reader.key(record, this.#key) + (period | 0)
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & (this.#slots - 1)
      const kind = this.#kinds[slot]
      if (kind === undefined) return this.#add(slot, record, { createdMs, periodMs })
      if (kind.periodMs === periodMs && this.#isAt(slot)) return kind
    }
    if (this.#slots < MOST_SLOTS) this.#grow()
    const slot = (hash + (this.#added % PROBES)) & (this.#slots - 1)
    return this.#add(slot, record, { createdMs, periodMs })
  }

  /** More slots, all free: what was counted is settled, and what comes again is read again. */
  #grow(): void {
    this.settle()
    this.#slots *= 8
    this.#kinds = new Array<Kind | undefined>(this.#slots).fill(undefined)
    this.#keys = new Int32Array(this.#slots * this.#key.length)
  }

  #isAt(slot: number): boolean {
    const key = this.#key
    const first = slot * key.length
    for (let at = 0; at < key.length; at++) if (key[at] !== this.#keys[first + at]) return false
    return true
  }

  #add(
    slot: number,
    record: CsvRecord,
    { createdMs, periodMs }: { createdMs: number; periodMs: number },
  ): Kind {
    settle(this.#kinds[slot])
    this.#added += 1
    this.#keys.set(this.#key, slot * this.#key.length)
    const read = this.#reader.read(record, createdMs)
    const kind =
      typeof read === 'string'
        ? { periodMs, isTimed: false, alike: read }
        : { periodMs, isTimed: read.isTimed, alike: this.#tally.alike(read) }
    this.#kinds[slot] = kind
    return kind
  }
}

function settle(kind: Kind | undefined): void {
  if (typeof kind?.alike === 'object') kind.alike.settle()
}
