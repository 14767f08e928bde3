import { constants } from 'node:fs'
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Clock } from '../clock.js'
import { isSystemError, StepError, systemCodeOf } from '../errors.js'
import { explainFault, newPartialPath } from './folder.js'

/** This many bytes are written at a time: few writes, and little memory. */
const BATCH_BYTES = 1_048_576

/** Files with phone numbers and message bodies are for the runner's own user. */
const PRIVATE = 0o600

/** The codes of a rename while a virus scanner, an indexer or a spreadsheet has the file open. */
const HELD = ['EPERM', 'EBUSY', 'EACCES']
const RENAME_WAITS_MS = [50, 100, 200, 400, 800, 1_500, 3_000, 4_000]

/** The codes of fsync on network disks that do not support it. */
const NO_FSYNC = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** How often a file is copied that was removed or replaced before it got its name. */
const MAX_COPIES = 3

/** For reading and writing; a new file, not one that exists, and not through a link. */
const NEW_FILE =
  constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/** Is told how a file grows. */
export interface SaveListener {
  /** The first `bytes` bytes are on the disk. */
  grew(bytes: number): void
  /** The file is empty again, and is written from its beginning. */
  restarted(): void
}

export interface SaveOptions {
  readonly clock: Clock
  /** Ends the wait for a rename that another program blocks. */
  readonly signal: AbortSignal
  /** Its final path, on the same file system; by default beside the partial file. */
  readonly finalPath?: string
  /** The file's permissions; by default only for its owner. */
  readonly mode?: number
}

/**
 * A file that gets its final name only when it is whole, even if others write to the folder. Its
 * methods reject with a StepError that names the file and what is wrong, or with the signal's reason.
 *
 * Its partial file has a unique name, and is opened exclusively. If another program removes or
 * replaces it, the bytes can still be read by the handle, and are copied to a new file.
 */
export class AtomicFile {
  readonly name: string
  readonly finalPath: string
  readonly #options: SaveOptions
  #partialPath: string
  #listener: SaveListener | undefined
  #handle: FileHandle | undefined
  #batch: Buffer[] = []
  #batchBytes = 0
  #position = 0
  #writing: Promise<void> = Promise.resolve()
  #failure: unknown

  constructor(folder: string, name: string, options: SaveOptions) {
    this.name = name
    this.finalPath = options.finalPath ?? path.join(folder, name)
    this.#options = options
    this.#partialPath = newPartialPath(folder, name)
  }

  /** Where the bytes are until the file is finished. */
  get partialPath(): string {
    return this.#partialPath
  }

  /** How many bytes have been taken. */
  get position(): number {
    return this.#position
  }

  async open(listener?: SaveListener): Promise<void> {
    this.#listener = listener
    await this.#guard(async () => {
      this.#handle = await this.#openNew(this.#partialPath)
    })
  }

  /**
   * Takes the next bytes. Returns undefined if more can be taken at once, which saves a promise for
   * each chunk; otherwise a promise that resolves when the disk has caught up.
   */
  write(chunk: Buffer): Promise<void> | undefined {
    this.#batch.push(chunk)
    this.#batchBytes += chunk.length
    this.#position += chunk.length
    if (this.#batchBytes < BATCH_BYTES) return undefined
    return this.#flushBatch().then(collectYoungSooner)
  }

  /** Empties the file, for a transfer that begins again. */
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

  /** Writes all bytes to the disk, checks their number, and gives the file its final name. */
  async finish(): Promise<void> {
    await this.#flushBatch()
    await this.#guard(async () => {
      await this.#writing
      await this.#settle()
      await this.#handle?.close()
      this.#handle = undefined
      await this.#rename()
    })
  }

  /** Removes the partial file. If that fails, a later run removes it. */
  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined)
    await this.#handle?.close().catch(() => undefined)
    this.#handle = undefined
    await rm(this.#partialPath, { force: true }).catch(() => undefined)
  }

  #openNew(file: string): Promise<FileHandle> {
    return open(file, NEW_FILE, this.#options.mode ?? PRIVATE)
  }

  /** Waits for the previous batch, so that at most two are in memory. */
  async #flushBatch(): Promise<void> {
    const batch = this.#batch
    const end = this.#position
    const from = end - this.#batchBytes
    this.#batch = []
    this.#batchBytes = 0
    await this.#guard(() => this.#writing)
    if (batch.length > 0) this.#writing = this.#writeBatch(batch, from, end)
    // The next call reports a failure; until then it must not count as unhandled.
    this.#writing.catch(() => undefined)
  }

  async #writeBatch(batch: Buffer[], from: number, end: number): Promise<void> {
    let rest = batch
    for (let position = from; position < end; ) {
      const { bytesWritten = 0 } = (await this.#handle?.writev(rest, position)) ?? {}
      position += bytesWritten
      // A disk may take less than it is given.
      if (position < end) rest = [Buffer.concat(rest).subarray(bytesWritten)]
    }
    this.#listener?.grew(end)
  }

  /** Makes sure that all bytes are on the disk, and that the partial path leads to them. */
  async #settle(): Promise<void> {
    for (let copies = 0; this.#handle; copies++) {
      await this.#handle.sync().catch((error: unknown) => {
        if (!NO_FSYNC.includes(systemCodeOf(error))) throw error
      })
      const { size, dev, ino } = await this.#handle.stat({ bigint: true })
      if (size !== BigInt(this.#position)) {
        throw this.#fail(`${size} of ${this.#position} bytes are on the disk`)
      }
      const found = await lstat(this.#partialPath, { bigint: true }).catch(() => undefined)
      // Windows gives a volume two numbers, one by handle and one by path.
      const isOnDisk = process.platform === 'win32' || found?.dev === dev
      if (found?.ino === ino && isOnDisk) return
      if (copies === MAX_COPIES) throw this.#fail('another program takes it away')
      await this.#copy(this.#handle)
    }
  }

  /** To a new partial path: the old one is another program's now. */
  async #copy(from: FileHandle): Promise<void> {
    this.#partialPath = newPartialPath(path.dirname(this.#partialPath), this.name)
    this.#handle = await this.#openNew(this.#partialPath)
    try {
      const buffer = Buffer.allocUnsafe(BATCH_BYTES)
      for (let at = 0; at < this.#position; ) {
        const { bytesRead } = await from.read(buffer, 0, BATCH_BYTES, at)
        if (bytesRead === 0) return
        await this.#handle.appendFile(buffer.subarray(0, bytesRead))
        at += bytesRead
      }
    } finally {
      await from.close()
    }
  }

  async #rename(): Promise<void> {
    const { clock, signal } = this.#options
    for (const waitMs of [...RENAME_WAITS_MS, undefined]) {
      try {
        await rename(this.#partialPath, this.finalPath)
        return
      } catch (error) {
        if (waitMs === undefined || !HELD.includes(systemCodeOf(error))) throw error
        await clock.sleep(waitMs, signal)
      }
    }
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    if (this.#failure) throw this.#failure
    try {
      await work()
    } catch (error) {
      this.#failure = isSystemError(error) ? this.#fail(explainFault(error), error) : error
      throw this.#failure
    }
  }

  #fail(reason: string, cause?: unknown): StepError {
    return new StepError(`The file ${this.name} cannot be saved: ${reason}.`, { cause })
  }
}

let isGarbageCollectedSooner = false

/**
 * Has the garbage of this process collected sooner, from the first call on. Nearly all that a large
 * file leaves in memory is used buffers. Collected before they pile up, they take a third less memory
 * at the peak, and less time, as fewer new ones are allocated.
 *
 * Not called before it is needed: once a flag of V8 is changed, the code cache of Node.js does not fit
 * any more, and loading modules takes 15 ms longer.
 */
async function collectYoungSooner(): Promise<void> {
  if (isGarbageCollectedSooner) return
  isGarbageCollectedSooner = true
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--minor-gc-task-trigger=20')
}
