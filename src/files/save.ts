import { constants } from 'node:fs'
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Clock } from '../clock.js'
import { isSystemError, StepError, systemCodeOf } from '../errors.js'
import { explainFault, newPartialPath } from './folder.js'

/** Bytes that are written at a time: fewer writes, at little memory. */
const BATCH_BYTES = 1_048_576

/** Phone numbers and bodies are for the runner's own user. */
const PRIVATE = 0o600

/** Virus scanners, indexers and spreadsheets hold a file for a moment, and refuse a rename with these. */
const HELD = ['EPERM', 'EBUSY', 'EACCES']
const RENAME_WAITS_MS = [50, 100, 200, 400, 800, 1_500, 3_000, 4_000]

/** What some network disks answer to fsync, which they do not have. */
const NO_FSYNC = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** How often a file is written again that was taken away before it had its name. */
const MAX_COPIES = 3

/** Read and write, made by this call, and never through a link. */
const NEW_FILE =
  constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/** Follows a file while it is written. */
export interface SaveListener {
  /** This many bytes are on the disk, from the first on. */
  grew(bytes: number): void
  /** The bytes are to be forgotten: it is written anew. */
  restarted(): void
}

export interface SaveOptions {
  readonly clock: Clock
  /** Ends the wait for a rename that another program blocks. */
  readonly signal: AbortSignal
  /** Where it goes when it is whole, on the same file system; without it, beside its partial file. */
  readonly finalPath?: string
  /** Who may read the file; without it, its owner alone. */
  readonly mode?: number
}

/**
 * A file that gets its final name only when it is whole, even if others write to the folder. Its
 * methods reject with a StepError that names the file and what is wrong, or with
 * the signal's reason.
 *
 * Its partial file has a name of its own, which is opened exclusively. If somebody removes or
 * replaces that, the bytes are still behind the handle, and are copied to a new file.
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

  /** Where its bytes are until it is finished. */
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
   * Takes the next bytes. Resolves at once, or, where the disk is slower than the wire, when it has
   * caught up: undefined is the answer for "at once", which spares a promise for each chunk.
   */
  write(chunk: Buffer): Promise<void> | undefined {
    this.#batch.push(chunk)
    this.#batchBytes += chunk.length
    this.#position += chunk.length
    if (this.#batchBytes < BATCH_BYTES) return undefined
    return this.#flushBatch().then(collectYoungSooner)
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

  /** Brings all bytes to the disk, counts them, and gives the file its final name. */
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

  /** Removes what there is of it; what cannot be removed, a later run removes. */
  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined)
    await this.#handle?.close().catch(() => undefined)
    this.#handle = undefined
    await rm(this.#partialPath, { force: true }).catch(() => undefined)
  }

  #openNew(file: string): Promise<FileHandle> {
    return open(file, NEW_FILE, this.#options.mode ?? PRIVATE)
  }

  /** Waits for the batch before this one, so that at most two are in memory. */
  async #flushBatch(): Promise<void> {
    const batch = this.#batch
    const end = this.#position
    const from = end - this.#batchBytes
    this.#batch = []
    this.#batchBytes = 0
    await this.#guard(() => this.#writing)
    if (batch.length > 0) this.#writing = this.#writeBatch(batch, from, end)
    // The next call reports its failure; until then it must not be unhandled.
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

  /** All bytes on the disk, and the file under the name that is renamed next. */
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
      // Windows numbers a volume in two ways, as its files are asked for by handle or by name.
      const isOnDisk = process.platform === 'win32' || found?.dev === dev
      if (found?.ino === ino && isOnDisk) return
      if (copies === MAX_COPIES) throw this.#fail('another program takes it away')
      await this.#copy(this.#handle)
    }
  }

  /** What lies in the old place now is somebody else's. */
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
 * Has garbage of this process collected sooner, from the first call on. Nearly all that a large
 * file leaves in memory is buffers that are done with; collected before they pile up they take a
 * third less at the peak, and less time, as fewer new ones are asked of the system.
 *
 * Not before it is needed: once a flag of V8 is changed, what Node.js has compiled ahead does not
 * fit it any more, and loading modules takes 15 ms longer.
 */
async function collectYoungSooner(): Promise<void> {
  if (isGarbageCollectedSooner) return
  isGarbageCollectedSooner = true
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--minor-gc-task-trigger=20')
}
