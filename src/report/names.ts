import { mayHoldPhoneNumber } from '../sanitize.js'
import { OTHER, UNKNOWN } from './figures.js'

/** How many distinct names one map takes; further ones are counted together. */
const MAX_NAMES = 10_000

/** In characters; a longer name is cut. */
export const MAX_NAME_LENGTH = 200

/** A character has up to four bytes in UTF-8. */
const MAX_NAME_BYTES = 4 * MAX_NAME_LENGTH

/** What all maps of one tally may hold together, so that no file can use up the memory. */
export class Room {
  /** Characters of all names together. */
  names = 6_000_000
  /** Sums by group and currency. */
  sums = 100_000
  /** Cells of all sketches. */
  cells = 2_000_000
  /** The maps that could not take a name. */
  readonly crowded = new Set<string>()

  /** Tells whether the map may take another name; otherwise the map is crowded. */
  takes(map: string): Takes {
    return ({ length }, size) => {
      const hasRoom = size < MAX_NAMES && length <= this.names
      if (hasRoom) this.names -= length
      else this.crowded.add(map)
      return hasRoom
    }
  }

  /** The same for the currencies of a group: there may be many groups. */
  readonly takesSum: Takes = (currency, size) => {
    if (this.sums > 0) {
      this.sums -= 1
      return this.takes('cost')(currency, size)
    }
    this.crowded.add('cost')
    return false
  }
}

/** Whether there is room for another name, in a map of this size. */
export type Takes = (name: string, size: number) => boolean

/** Things by their names; how many there can be is limited, whatever a file holds. */
export class Names<T> {
  readonly #byName = new Map<string, T>()
  readonly #create: () => T
  readonly #takes: Takes
  readonly #other: string
  /** What was asked for last, and is often asked for again. */
  #lastName: string | undefined
  #last: T | undefined

  /** `takes` is asked before each new name; what it refuses is counted as `other`. */
  constructor(create: () => T, takes: Takes, other = OTHER) {
    this.#create = create
    this.#takes = takes
    this.#other = other
  }

  /** The thing with this name, created if it is new; without room for it, the one for all others. */
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
    const size = this.#byName.size - (this.#byName.has(this.#other) ? 1 : 0)
    if (name !== this.#other && !this.#takes(name, size)) return this.at(this.#other)
    const created = this.#create()
    this.#byName.set(detached(name), created)
    return created
  }
}

/**
 * The same text in memory of its own. A slice keeps the whole text in memory, so a name that is kept
 * would keep a whole block of the file. Blocks are read in latin1.
 */
function detached(text: string): string {
  const isOfBlock = /^[\0-\xff]*$/.test(text)
  return isOfBlock ? Buffer.from(text, 'latin1').toString('latin1') : text
}

/** A name from a file, in latin1, cut at 200 characters of UTF-8. */
export function cutName(text: string): string {
  if (text.length <= MAX_NAME_LENGTH) return text
  const start = Buffer.from(text.slice(0, MAX_NAME_BYTES), 'latin1')
  const name = [...start.toString('utf8')].slice(0, MAX_NAME_LENGTH).join('')
  return start.toString('latin1', 0, Math.min(start.length, Buffer.byteLength(name)))
}

/**
 * A name in UTF-8, as the file has it: files are read in latin1, one character per byte. A name that
 * may hold a person's number, for example because columns were mixed up, becomes `unknown`.
 */
export function decodeName(text: string): string {
  const name = Buffer.from(text, 'latin1').toString('utf8')
  return mayHoldPhoneNumber(name) ? UNKNOWN : name
}
