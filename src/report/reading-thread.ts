import { readSync } from 'node:fs'
import { type FileFigures, FileReading } from './file-reading.js'
import type { FileFacts } from './findings.js'
import { decodeName } from './names.js'
import { Tally } from './tally.js'
import type { Answer, Order } from './thread-messages.js'

const BUFFER_BYTES = 262_144

/** The thread's end of the line to the step. */
export interface ReadingPort {
  on(event: 'message', listener: (order: Order) => void): void
  postMessage(answer: Answer): void
}

/**
 * Reads files while they are written, in a thread of its own, so that the download waits for
 * neither the figures nor the hash. What it reads has just been written, and comes from memory.
 */
export function readInThread(port: ReadingPort): void {
  const followed = new Map<number, FollowedFile>()
  const files: FileFacts[] = []
  const tally = new Tally()
  port.on('message', (order) => {
    if (order.kind === 'follow') {
      followed.set(order.file, new FollowedFile(order.name, order.descriptor))
      return
    }
    if (order.kind === 'finish') {
      // Numbers of files have gaps where one is not read yet.
      const findings = { figures: tally.plain(), files: files.filter(Boolean) }
      port.postMessage({ kind: 'findings', findings })
      return
    }
    const file = followed.get(order.file)
    if (file === undefined) throw new Error(`no file ${order.file}`)
    switch (order.kind) {
      case 'grew':
        file.readTo(order.bytes)
        return
      case 'restarted':
        file.restart()
        return
      case 'ended': {
        const { figures, ...rest } = file.end(order.bytes)
        const facts = { name: file.name, ...rest }
        tally.add(figures, decodeName)
        files[order.file] = facts
        followed.delete(order.file)
        port.postMessage({ kind: 'read', file: order.file, facts })
        return
      }
      default:
        order satisfies never
    }
  })
}

/** A file that grows. */
class FollowedFile {
  readonly name: string
  readonly #descriptor: number
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  #reading = new FileReading()

  constructor(name: string, descriptor: number) {
    this.name = name
    this.#descriptor = descriptor
  }

  /** Reads on to so many bytes; less where the file has been cut since, which is told next. */
  readTo(bytes: number): void {
    while (this.#reading.bytes < bytes) {
      const position = this.#reading.bytes
      const length = Math.min(BUFFER_BYTES, bytes - position)
      const read = readSync(this.#descriptor, this.#buffer, { length, position })
      if (read === 0) return
      this.#reading.push(this.#buffer.subarray(0, read))
    }
  }

  restart(): void {
    this.#reading = new FileReading()
  }

  end(bytes: number): FileFigures {
    this.readTo(bytes)
    const figures = this.#reading.end()
    if (figures.bytes !== bytes) throw new Error(`${figures.bytes} of ${bytes} bytes were read`)
    return figures
  }
}
