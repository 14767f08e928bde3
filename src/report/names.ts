import { mayHoldPhoneNumber } from '../sanitize.js'
import { OTHER, UNKNOWN } from './figures.js'

/** Distinct names that one map takes; further ones count together. */
const MAX_NAMES = 10_000

/** In characters; what is longer is cut. */
export const MAX_NAME_LENGTH = 200

/** A character has up to four bytes in UTF-8. */
const MAX_NAME_BYTES = 4 * MAX_NAME_LENGTH

/** What all maps of one tally may hold together: whatever a file holds, memory has its end. */
export class Room {
  /** Characters of all names. */
  names = 6_000_000
  /** Sums of a currency in a group. */
  sums = 100_000
  /** Cells of all sketches. */
  cells = 2_000_000
  /** What has found no room, by the name of its map. */
  readonly crowded = new Set<string>()

  /** Whether a name may be added to a map that has so many; the map is crowded otherwise. */
  takeName(map: string, size: number, length: number): boolean {
    const hasRoom = size < MAX_NAMES && length <= this.names
    if (hasRoom) this.names -= length
    else this.crowded.add(map)
    return hasRoom
  }
}

/** Things by their names, of which there are only so many, whatever a file holds. */
export class Names<T> {
  readonly #byName = new Map<string, T>()
  readonly #create: () => T
  readonly #takes: (name: string, size: number) => boolean
  /** What was asked for last, which mostly is asked for again. */
  #lastName: string | undefined
  #last: T | undefined

  /** `takes` is asked before each new name. */
  constructor(create: () => T, takes: (name: string, size: number) => boolean) {
    this.#create = create
    this.#takes = takes
  }

  /** What has the name, made if it is new; where it finds no room, what stands for all others. */
  at(name: string): T {
    if (name === this.#lastName) return this.#last as T
    this.#last = this.#byName.get(name) ?? this.#add(name)
    this.#lastName = name
    return this.#last
  }

  entries(): [string, T][] {
    return [...this.#byName]
  }

  clear(): void {
    this.#byName.clear()
    this.#lastName = undefined
  }

  #add(name: string): T {
    const size = this.#byName.size - (this.#byName.has(OTHER) ? 1 : 0)
    if (name !== OTHER && !this.#takes(name, size)) return this.at(OTHER)
    const created = this.#create()
    this.#byName.set(detached(name), created)
    return created
  }
}

/**
 * The same text in memory of its own. A piece of a text keeps all of that in memory, and what is
 * kept for long must not keep a whole block of the file. Blocks are read in latin1.
 */
export function detached(text: string): string {
  const isOfBlock = /^[\0-\xff]*$/.test(text)
  return isOfBlock ? Buffer.from(text, 'latin1').toString('latin1') : text
}

/** A name of a file, in latin1, cut at 200 characters of UTF-8. */
export function cutName(text: string): string {
  if (text.length <= MAX_NAME_LENGTH) return text
  const start = Buffer.from(text.slice(0, MAX_NAME_BYTES), 'latin1')
  const name = [...start.toString('utf8')].slice(0, MAX_NAME_LENGTH).join('')
  return start.toString('latin1', 0, Math.min(start.length, Buffer.byteLength(name)))
}

/**
 * A name in UTF-8, as the file has it: files are read in latin1, a character for each byte. One with
 * a person's number in it, as where columns were mixed up, is none.
 */
export function decodeName(text: string): string {
  const name = Buffer.from(text, 'latin1').toString('utf8')
  return mayHoldPhoneNumber(name) ? UNKNOWN : name
}
