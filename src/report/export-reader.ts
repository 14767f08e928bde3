import { closeSync, openSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { FileFacts, Findings } from './findings.js'
import type { Answer, Order } from './thread-messages.js'

/** Tells the reader how one file comes along. */
export interface FollowedFile {
  /** So many bytes of it are on the disk. */
  grew(bytes: number): void
  /** It is written anew from its first byte. */
  restarted(): void
  /** It is whole, with so many bytes; resolves when it has been read. */
  ended(bytes: number): Promise<FileFacts>
}

/** What is read is forgotten at once: more room for it makes the process larger, not quicker. */
const YOUNG_MEMORY_MB = 8

interface Waiting<T> {
  resolve(value: T): void
  reject(error: unknown): void
}

/** Reads the files of one export while they are written, in a thread beside the step's. */
export class ExportReader {
  readonly #worker: Worker
  readonly #files = new Map<number, Waiting<FileFacts>>()
  /** Of the files that are read; the process's threads share them. */
  readonly #descriptors = new Map<number, number>()
  #findings: Waiting<Findings> | undefined
  #failure: Error | undefined
  #followed = 0

  /** `entry` is the thread's script, src/report/worker.ts as it is built. */
  constructor(entry: string) {
    this.#worker = new Worker(entry, {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEMORY_MB },
    })
    this.#worker.on('message', (answer: Answer) => this.#take(answer))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('the reading thread has ended')))
  }

  /** Begins to follow a file, which has to be there once it has grown. */
  follow(name: string, path: string): FollowedFile {
    const file = this.#followed++
    return {
      grew: (bytes) => {
        if (!this.#descriptors.has(file)) this.#open(file, name, path)
        this.#tell({ kind: 'grew', file, bytes })
      },
      // A transfer may begin again before a byte of it is on the disk: the thread knows nothing then.
      restarted: () => {
        if (this.#descriptors.has(file)) this.#tell({ kind: 'restarted', file })
      },
      ended: (bytes) =>
        this.#ask<FileFacts>({ kind: 'ended', file, bytes }, (waiting) => {
          this.#files.set(file, waiting)
        }).finally(() => this.#close(file)),
    }
  }

  /** What all files that have ended come to. */
  findings(): Promise<Findings> {
    return this.#ask({ kind: 'finish' }, (waiting) => {
      this.#findings = waiting
    })
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    await this.#worker.terminate()
    for (const file of this.#descriptors.keys()) this.#close(file)
  }

  /** Opened here: by the time that the thread gets to it, the file may have another name. */
  #open(file: number, name: string, path: string): void {
    const descriptor = openSync(path, 'r')
    this.#descriptors.set(file, descriptor)
    this.#tell({ kind: 'follow', file, name, descriptor })
  }

  #close(file: number): void {
    const descriptor = this.#descriptors.get(file)
    if (descriptor === undefined) return
    this.#descriptors.delete(file)
    closeSync(descriptor)
  }

  #tell(order: Order): void {
    this.#worker.postMessage(order)
  }

  #ask<T>(order: Order, keep: (waiting: Waiting<T>) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure)
        return
      }
      keep({ resolve, reject })
      this.#tell(order)
    })
  }

  #take(answer: Answer): void {
    switch (answer.kind) {
      case 'read':
        this.#files.get(answer.file)?.resolve(answer.facts)
        this.#files.delete(answer.file)
        return
      case 'findings':
        this.#findings?.resolve(answer.findings)
        this.#findings = undefined
        return
      default:
        answer satisfies never
    }
  }

  /** Whoever waits would wait for ever. */
  #fail(error: Error): void {
    this.#failure ??= error
    for (const waiting of this.#files.values()) waiting.reject(this.#failure)
    this.#files.clear()
    this.#findings?.reject(this.#failure)
    this.#findings = undefined
  }
}
