import { createHash } from 'node:crypto'
import { StepError } from '../errors.js'

/** Receives the bytes of a part, each once. */
interface PartTarget {
  push(bytes: Buffer): Promise<void> | undefined
  end(): Promise<void> | undefined
}

/** Receives one file of an export from its transfer, which may begin again at any time. */
export class DayPart {
  readonly name: string
  readonly #into: PartTarget
  #position = 0
  /** Bytes that are in the day's file, and cannot be taken out again. */
  #taken = 0
  #hash = createHash('sha256')
  #repetition = createHash('sha256')

  constructor(name: string, into: PartTarget) {
    this.name = name
    this.#into = into
  }

  get position(): number {
    return this.#position
  }

  write(chunk: Buffer): Promise<void> | undefined {
    const known = Math.max(0, Math.min(chunk.length, this.#taken - this.#position))
    this.#position += chunk.length
    if (known > 0) {
      this.#repetition.update(chunk.subarray(0, known))
      if (this.#position >= this.#taken) this.#checkRepetition()
    }
    if (known === chunk.length) return undefined
    const fresh = chunk.subarray(known)
    this.#taken += fresh.length
    this.#hash.update(fresh)
    return this.#into.push(fresh)
  }

  /** The transfer begins again. It must bring the same bytes as before, and then more. */
  async restart(): Promise<void> {
    this.#position = 0
    this.#repetition = createHash('sha256')
  }

  /** To be called when the file is whole. */
  async end(): Promise<void> {
    if (this.#position < this.#taken) throw new PartChangedError(this.name)
    await this.#into.end()
  }

  #checkRepetition(): void {
    const isSame = this.#repetition.digest().equals(this.#hash.copy().digest())
    this.#repetition = createHash('sha256')
    if (!isSame) throw new PartChangedError(this.name)
  }
}

/** A file of an export had changed when its transfer began again. */
export class PartChangedError extends StepError {
  override name = 'PartChangedError'

  constructor(part: string) {
    super(`The file ${part} had changed when its transfer began again.`)
  }
}
