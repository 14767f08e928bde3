import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { StepError } from '../errors.js'
import type { ForeignFile } from './csv-format.js'
import type { Figures } from './figures.js'
import type { Answer, FileFacts, FileFollower, Order, WholeFile } from './file-reading.js'
import { decodeName } from './names.js'
import { Tally } from './tally.js'

/** Most of what is read can be freed at once: more room makes the process larger, not faster. */
const YOUNG_MEMORY_MB = 8

/** As many as files are downloaded at a time; and no more than the machine has cores. */
const MAX_THREADS = 4

/** So much of an export is read sooner than a thread starts, which takes 50 to 150 ms. */
const READ_HERE_BYTES = 8_388_608

/** What a thread is sent. */
export type Message =
  | Order
  | { readonly kind: 'end'; readonly file: WholeFile }
  | { readonly kind: 'handOver' }

/** What was found in the files of an export, as plain data. */
export interface Findings {
  readonly figures: Figures
  readonly files: readonly FileFacts[]
}

/** To be called as a file grows. */
export interface GrowingFile {
  /** Its first bytes have arrived, and it will have this many, where that is known. */
  announced(bytes: number | undefined): void
  /** So many bytes are on the disk. */
  grew(bytes: number): void
  /** It is written again from its first byte. */
  restarted(): void
  /**
   * It is complete, with so many bytes, at its final path. Resolves when it has been read; rejects
   * with a StepError if it is no SMS log.
   */
  ended(path: string, bytes: number): Promise<void>
}

/**
 * Reads the files of one export while they are written. The first, as long as they are small, are
 * read in the step itself; all others in threads beside it. Each thread reads one file at a time; a
 * further one is started when the first bytes of a file are there and no other thread is free. If
 * there are too many already, a file waits for one: it is on the disk.
 */
export class ExportReader {
  readonly #entry: string
  readonly #threads: Thread[] = []
  readonly #freeThreads: Thread[] = []
  /** Those in the step itself. */
  readonly #followers: FileFollower[] = []
  readonly #freeFollowers: FileFollower[] = []
  readonly #waiting: ((thread: Thread) => void)[] = []
  readonly #tally = new Tally()
  readonly #files: FileFacts[] = []
  #followed = 0
  #readHereBytes = READ_HERE_BYTES

  /** `entry` is the built script of src/report/worker.ts. */
  constructor(entry: string) {
    this.#entry = entry
  }

  /** Begins to follow a file, which is at `partialPath` until it has ended. */
  follow(name: string, partialPath: string): GrowingFile {
    const place = this.#followed++
    let follower: Promise<FileFollower | Thread> | undefined
    const begin = (bytes?: number) => (follower ??= this.#followerOf(bytes))
    const send = (order: Order): void => {
      follower = begin().then((taken) => {
        taken.take(order)
        return taken
      })
      // `ended` rejects with it.
      follower.catch(() => undefined)
    }
    return {
      announced: (bytes) => {
        if (!follower) begin(bytes).catch(() => undefined)
      },
      grew: (bytes) => send({ kind: 'grew', path: partialPath, bytes }),
      restarted: () => {
        // Before its first bytes are there, there is nothing to forget.
        if (follower) send({ kind: 'restarted' })
      },
      ended: async (path, bytes) => {
        const taken = await begin(bytes)
        try {
          const answer = await taken.end({ path, bytes })
          if ('looksLike' in answer) throw foreignFileError(name, answer)
          const { figures, ...facts } = answer
          if (figures) this.#tally.add(figures, decodeName)
          this.#files[place] = { name, ...facts }
        } finally {
          this.#giveBack(taken)
        }
      },
    }
  }

  /** What was found in all files that have been read, in the order in which they were followed. */
  async findings(): Promise<Findings> {
    const readers = [...this.#threads, ...this.#followers]
    for (const figures of await Promise.all(readers.map((each) => each.handOver()))) {
      this.#tally.add(figures, decodeName)
    }
    return { figures: this.#tally.plain(), files: this.#files.filter(Boolean) }
  }

  /** Ends the threads, whatever they are doing. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }

  async #followerOf(bytes = Number.POSITIVE_INFINITY): Promise<FileFollower | Thread> {
    if (bytes > this.#readHereBytes) return this.#takeThread()
    this.#readHereBytes -= bytes
    return this.#freeFollowers.pop() ?? this.#newFollower()
  }

  #newFollower(): FileFollower {
    // Not part of this bundle: a step without a report would load it for nothing.
    const script: typeof import('./worker.js') = createRequire(this.#entry)(this.#entry)
    const follower = new script.FileFollower()
    this.#followers.push(follower)
    return follower
  }

  async #takeThread(): Promise<Thread> {
    const free = this.#freeThreads.pop()
    if (free) return free
    if (this.#threads.length >= Math.min(MAX_THREADS, availableParallelism())) {
      return new Promise((resolve) => this.#waiting.push(resolve))
    }
    const thread = new Thread(this.#entry)
    this.#threads.push(thread)
    return thread
  }

  #giveBack(taken: FileFollower | Thread): void {
    if (!(taken instanceof Thread)) {
      this.#freeFollowers.push(taken)
      return
    }
    const next = this.#waiting.shift()
    if (next) next(taken)
    else this.#freeThreads.push(taken)
  }
}

function foreignFileError(name: string, { looksLike }: ForeignFile): StepError {
  return new StepError(
    `The file ${name} is no SMS log: its first row has none of the columns of one, and it looks like ${looksLike}. It is saved as it came. Look into it, and check what stands between this runner and the API.`,
  )
}

/** A thread, as the step sees it. It is asked for one thing at a time. */
class Thread {
  readonly #worker: Worker
  #asked: { resolve(answer: unknown): void; reject(error: Error): void } | undefined
  #failure: Error | undefined

  constructor(entry: string) {
    this.#worker = new Worker(entry, {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEMORY_MB },
    })
    this.#worker.on('message', (answer: unknown) => this.#asked?.resolve(answer))
    this.#worker.on('error', (error: Error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('the reading thread has ended')))
  }

  take(order: Order): void {
    this.#worker.postMessage(order)
  }

  /** Resolves to what is in the file, once it has been read to its end. */
  end(file: WholeFile): Promise<Answer> {
    return this.#ask<Answer>({ kind: 'end', file })
  }

  handOver(): Promise<Figures> {
    return this.#ask<Figures>({ kind: 'handOver' })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask<T>(message: Message): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#asked = { resolve: resolve as (answer: unknown) => void, reject }
      if (this.#failure) reject(this.#failure)
      else this.#worker.postMessage(message)
    })
  }

  /** Otherwise whoever waits would wait forever. */
  #fail(error: Error): void {
    this.#failure ??= error
    this.#asked?.reject(this.#failure)
  }
}
