import type { CsvRecord } from './csv.js'
import { MAX_NAME_LENGTH } from './names.js'

/** Slots for the distinct fields of a column; most columns have few. Powers of 2. */
const FEWEST_SLOTS = 64
const MOST_SLOTS = 4_096

/** How many slots are tried for a field, whatever a file holds. */
export const PROBES = 4

/** The slots for a blank field and for a field that is not kept; those of all others follow. */
const BLANK = 0
const NOT_KEPT = 1
const FIRST = 2

/**
 * What the fields of a column mean. Each distinct field is read once and kept in a slot, which is
 * found by the field's bytes. If all slots for a field are taken, it replaces one.
 */
export class Meanings<T> {
  readonly #place: number | undefined
  readonly #read: (text: string) => T
  #slots = FEWEST_SLOTS
  #kept = new Array<string | undefined>(FIRST + FEWEST_SLOTS).fill(undefined)
  #meanings: T[]
  #numbers = new Int32Array(FIRST + FEWEST_SLOTS)
  /** Numbers given so far. */
  #given = 0
  /** What was asked for last, and often comes again. */
  #lastBytes = ''
  #lastSlot = BLANK

  /** `place` is undefined if the file does not have the column: its fields are blank then. */
  constructor(place: number | undefined, read: (text: string) => T) {
    this.#place = place
    this.#read = read
    this.#meanings = new Array<T>(FIRST + FEWEST_SLOTS).fill(read(''))
  }

  /** What the field of a record means. */
  of(record: CsvRecord): T {
    // Find the slot first: that may replace the array.
    const slot = this.#slotOf(record)
    return this.#meanings[slot] as T
  }

  /** A number for that. Two meanings never share one, but one meaning may have several. */
  numberOf(record: CsvRecord): number {
    const slot = this.#slotOf(record)
    return this.#numbers[slot] as number
  }

  #slotOf(record: CsvRecord): number {
    const place = this.#place
    if (place === undefined) return BLANK
    const { bytes } = record
    let start = record.starts[place] as number
    let end = record.ends[place] as number
    if (end === start) return BLANK
    if (!record.isPlain(place)) {
      // With its quotation marks its bytes are no plain field's.
      start -= 1
      end += 1
    }
    if (end - start > MAX_NAME_LENGTH) return this.#take(NOT_KEPT, record.text(place))
    if (isText(this.#lastBytes, bytes, start, end)) return this.#lastSlot
    let hash = 0
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0
    hash = spread(hash)
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = FIRST + ((hash + probe) & (this.#slots - 1))
      const kept = this.#kept[slot]
      if (kept === undefined) return this.#keep(slot, start, end, record)
      if (!isText(kept, bytes, start, end)) continue
      this.#lastBytes = kept
      this.#lastSlot = slot
      return slot
    }
    if (this.#slots < MOST_SLOTS) this.#grow()
    const slot = FIRST + ((hash + (this.#given % PROBES)) & (this.#slots - 1))
    return this.#keep(slot, start, end, record)
  }

  /** More slots, all free: what comes again is read again. */
  #grow(): void {
    this.#slots *= 8
    const blank = this.#meanings[BLANK] as T
    this.#kept = new Array<string | undefined>(FIRST + this.#slots).fill(undefined)
    this.#meanings = new Array<T>(FIRST + this.#slots).fill(blank)
    this.#numbers = new Int32Array(FIRST + this.#slots)
  }

  #keep(slot: number, start: number, end: number, record: CsvRecord): number {
    this.#lastBytes = record.bytes.toString('latin1', start, end)
    this.#lastSlot = slot
    this.#kept[slot] = this.#lastBytes
    return this.#take(slot, record.text(this.#place as number))
  }

  #take(slot: number, text: string): number {
    this.#given += 1
    this.#numbers[slot] = this.#given
    this.#meanings[slot] = this.#read(text)
    return slot
  }
}

/**
 * A hash whose low bits depend on all of its bits: names that differ in their last character would
 * otherwise find slots side by side, and push each other out. It is the end of MurmurHash3.
 */
export function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return mixed ^ (mixed >>> 13)
}

function isText(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) !== bytes[start + at]) return false
  }
  return true
}
