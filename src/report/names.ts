/** Distinct names that one map takes; further ones count together. */
const MAX_NAMES = 10_000

/** The name under which further ones count. */
export const OTHER = 'other'

/** Things by their names, of which there are only so many, whatever a file holds. */
export class Names<T> {
  readonly #byName = new Map<string, T>()
  readonly #create: () => T
  readonly #mayAdd: (() => boolean) | undefined
  #hasMore = false

  /** `mayAdd` is asked before each new name. */
  constructor(create: () => T, mayAdd?: () => boolean) {
    this.#create = create
    this.#mayAdd = mayAdd
  }

  /** What has the name, made if it is new; past the most names, what stands for all others. */
  at(name: string): T {
    return this.#byName.get(name) ?? this.#add(name)
  }

  entries(): [string, T][] {
    return [...this.#byName]
  }

  /** Whether some names count together. */
  get hasMore(): boolean {
    return this.#hasMore
  }

  #add(name: string): T {
    if (name !== OTHER && (this.#isFull() || this.#mayAdd?.() === false)) {
      this.#hasMore = true
      return this.at(OTHER)
    }
    const created = this.#create()
    this.#byName.set(detached(name), created)
    return created
  }

  #isFull(): boolean {
    return this.#byName.size - (this.#byName.has(OTHER) ? 1 : 0) >= MAX_NAMES
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
