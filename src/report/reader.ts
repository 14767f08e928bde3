import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { StepError } from '../errors.js'
import type { ForeignFile } from './csv-format.js'
import type { Figures } from './figures.js'
import type { FileFacts, FileFigures } from './file-reading.js'
import { decodeName } from './names.js'
import { Tally } from './tally.js'

/** What is read is forgotten at once: more room for it makes the process larger, not quicker. */
const YOUNG_MEMORY_MB = 8

/** As many as files come at a time; no more of them than can work at once. */
const MAX_THREADS = 4

/** What a thread is told of the one file that it reads. */
export type Order =
  /** So many bytes of it are on the disk, at this path for now. */
  | { readonly kind: 'grew'; readonly path: string; readonly bytes: number }
  /** It is written anew from its first byte. */
  | { readonly kind: 'restarted' }
  /** It is whole, with so many bytes, at its final path. */
  | { readonly kind: 'ended'; readonly path: string; readonly bytes: number }

/** What a thread answers to `ended`. */
export type Answer = FileFigures | ForeignFile

/** All that the files of an export have told, as plain data. */
export interface Findings {
  readonly figures: Figures
  readonly files: readonly FileFacts[]
}

/** Tells the reader how one file progresses. */
export interface GrowingFile {
  /** So many bytes of it are on the disk. */
  grew(bytes: number): void
  /** It is written anew from its first byte. */
  restarted(): void
  /**
   * It is whole, with so many bytes, at its final path; resolves when it has been read. Rejects with
   * a StepError where it is no SMS log.
   */
  ended(path: string, bytes: number): Promise<void>
}

/**
 * Reads the files of one export while they are written, in threads beside the step's. Each thread
 * reads one file at a time; a further one is started when the first bytes of a file are there and no
 * other thread is free. A file that finds none waits for one: nothing of it is lost, for it is on the disk.
 */
export class ExportReader {
  readonly #entry: string
  readonly #threads: Thread[] = []
  readonly #free: Thread[] = []
  readonly #waiting: ((thread: Thread) => void)[] = []
  readonly #tally = new Tally()
  readonly #files: FileFacts[] = []
  #followed = 0

  /**
   * `entry` is the thread's script, src/report/worker.ts as it is built. The first thread starts at
   * once, while the first file is asked for: a small export would have to wait for it.
   */
  constructor(entry: string) {
    this.#entry = entry
    this.#free.push(this.#startThread())
  }

  /** Begins to follow a file, which lies at `partialPath` until it has ended. */
  follow(name: string, partialPath: string): GrowingFile {
    const place = this.#followed++
    let thread: Promise<Thread> | undefined
    const tell = (order: Order): void => {
      // Where no thread can be had, `ended` says so.
      thread?.then((taken) => taken.tell(order)).catch(() => undefined)
    }
    return {
      grew: (bytes) => {
        thread ??= this.#takeThread()
        tell({ kind: 'grew', path: partialPath, bytes })
      },
      // Before its first bytes are there, a file has no thread, and nothing to forget.
      restarted: () => tell({ kind: 'restarted' }),
      ended: async (path, bytes) => {
        thread ??= this.#takeThread()
        const taken = await thread
        try {
          const answer = await taken.end({ kind: 'ended', path, bytes })
          if ('looksLike' in answer) throw foreignFileError(name, answer)
          const { figures, ...facts } = answer
          this.#tally.add(figures, decodeName)
          this.#files[place] = { name, ...facts }
        } finally {
          this.#giveBack(taken)
        }
      },
    }
  }

  /** What all files that have been read come to, in the order in which they were followed. */
  findings(): Findings {
    return { figures: this.#tally.plain(), files: this.#files.filter(Boolean) }
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }

  async #takeThread(): Promise<Thread> {
    const free = this.#free.pop()
    if (free) return free
    if (this.#threads.length >= Math.min(MAX_THREADS, availableParallelism())) {
      return new Promise((resolve) => this.#waiting.push(resolve))
    }
    return this.#startThread()
  }

  #startThread(): Thread {
    const thread = new Thread(this.#entry)
    this.#threads.push(thread)
    return thread
  }

  #giveBack(thread: Thread): void {
    const next = this.#waiting.shift()
    if (next) next(thread)
    else this.#free.push(thread)
  }
}

function foreignFileError(name: string, { looksLike }: ForeignFile): StepError {
  return new StepError(
    `The file ${name} is no SMS log: its first row has none of the columns of one, and it looks like ${looksLike}. It is saved as it came. Look into it, and check what stands between this runner and the API.`,
  )
}

/** The step's end of the line to a thread. */
class Thread {
  readonly #worker: Worker
  #asked: { resolve(answer: Answer): void; reject(error: Error): void } | undefined
  #failure: Error | undefined

  constructor(entry: string) {
    this.#worker = new Worker(entry, {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEMORY_MB },
    })
    this.#worker.on('message', (answer: Answer) => this.#asked?.resolve(answer))
    this.#worker.on('error', (error: Error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('the reading thread has ended')))
  }

  tell(order: Order): void {
    this.#worker.postMessage(order)
  }

  /** What is in the file, when it has been read to its end. */
  end(order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject }
      if (this.#failure) reject(this.#failure)
      else this.tell(order)
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  /** Whoever waits would wait forever. */
  #fail(error: Error): void {
    this.#failure ??= error
    this.#asked?.reject(this.#failure)
  }
}
