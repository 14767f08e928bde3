import { isDeepStrictEqual } from 'node:util'
import type { CsvRecord } from './csv.js'
import { UNKNOWN } from './figures.js'
import { PROBES } from './meanings.js'
import { type Header, RecordReader, type Unreadable } from './record.js'
import { bucketOf } from './sketch.js'
import { type Alike, Tally } from './tally.js'
import { Times } from './times.js'

/** Slots for kinds of records: powers of 2. */
const FEWEST_SLOTS = 256
const MOST_SLOTS = 16_384

const NO_PERIOD = { day: UNKNOWN, hour: UNKNOWN }

/** Records that differ only in their times, or why such records cannot be read. */
type Kind = Alike | Unreadable

/**
 * Counts the records of files, one file after another. Most records of an export are alike except for
 * their times, so a record is looked up by what its fields mean, and only the first of a kind is
 * read. If there are more kinds than there is room for, a new kind replaces an old one, which is
 * settled first.
 */
export class RecordCounter {
  readonly tally = new Tally()
  readonly #times = new Times()
  #header: Header = { places: {}, missing: [] }
  #reader = new RecordReader(this.#header)
  #slots = FEWEST_SLOTS
  #kinds = new Array<Kind | undefined>(FEWEST_SLOTS).fill(undefined)
  /** The current record's key. */
  readonly #key = new Int32Array(this.#reader.keyLength)
  /** The keys of the kinds, one after another. */
  #keys = new Int32Array(FEWEST_SLOTS * this.#key.length)
  #added = 0

  /** The records that follow are of a file with this header. */
  begin(header: Header): void {
    this.settle()
    this.tally.setMissing(header.missing)
    // Files of one export have the same header, and what was found of one's fields holds for all.
    if (!isDeepStrictEqual(header, this.#header)) {
      this.#reader = new RecordReader(header)
      this.#kinds.fill(undefined)
    }
    this.#header = header
  }

  /** Counts a record, or returns why it cannot be read. */
  count(record: CsvRecord): Unreadable | undefined {
    const kind = this.#kindOf(record)
    if (typeof kind === 'string') return kind
    const createdMs = this.#times.read(record, this.#header.places.createdat)
    const deliveredMs = kind.record.isTimed
      ? this.#times.read(record, this.#header.places.status_timestamp)
      : Number.NaN
    const timeBucket = bucketOf(deliveredMs - createdMs)
    this.tally.reach(createdMs, createdMs)
    const period = Number.isNaN(createdMs) ? NO_PERIOD : this.#times.periodOf(createdMs)
    this.tally.countTime(kind.record, period, timeBucket)
    kind.count(timeBucket)
    return undefined
  }

  /** Adds to the tally what is still waiting; only then is it complete. */
  settle(): void {
    for (const kind of this.#kinds) settle(kind)
  }

  #kindOf(record: CsvRecord): Kind {
    const hash = this.#reader.key(record, this.#key)
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & (this.#slots - 1)
      const kind = this.#kinds[slot]
      if (kind === undefined) return this.#add(slot, record)
      if (this.#isAt(slot)) return kind
    }
    if (this.#slots < MOST_SLOTS) this.#grow()
    return this.#add((hash + (this.#added % PROBES)) & (this.#slots - 1), record)
  }

  /** Makes more slots, all free. The kinds so far are settled, and read again if they come again. */
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

  #add(slot: number, record: CsvRecord): Kind {
    settle(this.#kinds[slot])
    this.#added += 1
    this.#keys.set(this.#key, slot * this.#key.length)
    const read = this.#reader.read(record)
    const kind = typeof read === 'string' ? read : this.tally.alike(read)
    this.#kinds[slot] = kind
    return kind
  }
}

function settle(kind: Kind | undefined): void {
  if (typeof kind === 'object') kind.settle()
}
