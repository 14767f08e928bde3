import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { StepError } from '../errors.js'
import { explainFault } from './fault.js'
import { partialPath } from './folder.js'
import { collectYoungSooner } from './gc-hint.js'

/** Bytes that are written at a time: fewer writes, at little memory. */
const BATCH_BYTES = 1_048_576

/** Who wants to know how a file comes along. */
export interface SaveListener {
  /** So many bytes are on the disk, from the first on. */
  grew(bytes: number): void
  /** The bytes are to be forgotten: it is written anew. */
  restarted(): void
}

/**
 * A file on its way to the disk. It is written beside its final name, and gets that only when it
 * is whole. All its methods reject with a StepError that names the file and what is wrong.
 */
export class FileInMaking {
  readonly name: string
  readonly #finalPath: string
  readonly #partialPath: string
  readonly #listener: SaveListener | undefined
  #handle: FileHandle | undefined
  #batch: Buffer[] = []
  #batchBytes = 0
  #position = 0
  #writing: Promise<void> = Promise.resolve()
  #failure: StepError | undefined

  constructor(folder: string, name: string, listener?: SaveListener) {
    this.name = name
    this.#finalPath = path.join(folder, name)
    this.#partialPath = partialPath(folder, name)
    this.#listener = listener
  }

  get finalPath(): string {
    return this.#finalPath
  }

  /** How many bytes have been taken. */
  get position(): number {
    return this.#position
  }

  async open(): Promise<void> {
    await this.#guard(async () => {
      this.#handle = await open(this.#partialPath, 'w')
    })
  }

  /**
   * Takes the next bytes. Resolves at once, or, where the disk is slower than the wire, when it has
   * caught up: undefined is the answer for "at once", which spares a promise for each chunk.
   */
  write(chunk: Buffer): Promise<void> | undefined {
    this.#batch.push(chunk)
    this.#batchBytes += chunk.length
    this.#position += chunk.length
    if (this.#batchBytes < BATCH_BYTES) return undefined
    collectYoungSooner()
    return this.#flushBatch()
  }

  /** Forgets all bytes, for a transfer that begins again. */
  async restart(): Promise<void> {
    this.#batch = []
    this.#batchBytes = 0
    this.#position = 0
    await this.#guard(async () => {
      await this.#writing
      await this.#handle?.truncate(0)
    })
    this.#listener?.restarted()
  }

  /** Brings all bytes to the disk and gives the file its final name. */
  async finish(): Promise<void> {
    await this.#flushBatch()
    await this.#guard(async () => {
      await this.#writing
      await this.#handle?.sync()
      await this.#handle?.close()
      this.#handle = undefined
      await rename(this.#partialPath, this.#finalPath)
    })
  }

  /** Removes what there is of it; what cannot be removed, the next run removes. */
  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined)
    await this.#handle?.close().catch(() => undefined)
    this.#handle = undefined
    await rm(this.#partialPath, { force: true }).catch(() => undefined)
  }

  /** Waits for the batch before this one, so that at most two are in memory. */
  async #flushBatch(): Promise<void> {
    const batch = this.#batch
    const at = this.#position - this.#batchBytes
    this.#batch = []
    this.#batchBytes = 0
    await this.#guard(() => this.#writing)
    if (batch.length > 0) this.#writing = this.#writeBatch(batch, at)
    // Whoever writes next is told of its failure; until then it is nobody's.
    this.#writing.catch(() => undefined)
  }

  async #writeBatch(batch: Buffer[], at: number): Promise<void> {
    let rest = batch
    let position = at
    while (rest.length > 0) {
      const { bytesWritten } = (await this.#handle?.writev(rest, position)) ?? { bytesWritten: 0 }
      position += bytesWritten
      rest = withoutFirst(rest, bytesWritten)
    }
    this.#listener?.grew(position)
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    if (this.#failure) throw this.#failure
    try {
      await work()
    } catch (cause) {
      this.#failure = new StepError(
        `The file ${this.name} cannot be saved: ${explainFault(cause)}.`,
        {
          cause,
        },
      )
      throw this.#failure
    }
  }
}

/** A disk may take less than it is given. */
function withoutFirst(batch: Buffer[], bytes: number): Buffer[] {
  let left = bytes
  const rest = [...batch]
  for (let first = rest[0]; first !== undefined && left >= first.length; first = rest[0]) {
    left -= first.length
    rest.shift()
  }
  if (left > 0 && rest[0]) rest[0] = rest[0].subarray(left)
  return rest
}
