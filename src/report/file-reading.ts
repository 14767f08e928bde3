import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { systemCodeOf } from '../errors.js'
import { CsvReader } from './csv.js'
import { detectFormat, type ForeignFile } from './csv-format.js'
import { COLUMNS, type Column, type Figures } from './figures.js'
import { readHeader } from './record.js'
import { RecordCounter } from './record-counter.js'
import { Tally } from './tally.js'

/** What is known of one file besides its figures. */
export interface FileFacts {
  readonly name: string
  readonly bytes: number
  /** In hexadecimal. */
  readonly sha256: string
  readonly records: number
  readonly unreadable: number
  /** The first record that cannot be read: its line, from 1, and why. */
  readonly firstUnreadable: { readonly line: number; readonly reason: string } | undefined
  /** Columns that it lacks. */
  readonly missing: readonly Column[]
}

/** What was found in one file; names are still in latin1. */
export interface FileFigures extends Omit<FileFacts, 'name'> {
  readonly figures: Figures
}

/** Reads one file from its first byte on. */
export class FileReading {
  readonly #hash = createHash('sha256')
  readonly #tally = new Tally()
  #records: RecordCounter | undefined
  #firstUnreadable: FileFacts['firstUnreadable']
  #bytes = 0
  /** Bytes from which it cannot be told yet how to read the file. */
  #beginning: Buffer = Buffer.alloc(0)
  #read: ((bytes: Buffer) => void) | undefined
  #csv: CsvReader | undefined
  #foreign: ForeignFile | undefined

  constructor() {
    this.#tally.setMissing(COLUMNS)
  }

  /** How many bytes have been read. */
  get bytes(): number {
    return this.#bytes
  }

  /** What the file looks like if it is no SMS log, once that is known. */
  get foreign(): ForeignFile | undefined {
    return this.#foreign
  }

  push(bytes: Buffer): void {
    this.#bytes += bytes.length
    this.#hash.update(bytes)
    if (this.#read) this.#read(bytes)
    else if (!this.#foreign) this.#begin(Buffer.concat([this.#beginning, bytes]), false)
  }

  /** To be called when there are no more bytes. */
  end(): FileFigures {
    if (!this.#read && this.#beginning.length > 0) this.#begin(this.#beginning, true)
    this.#csv?.end()
    this.#records?.settle()
    const figures = this.#tally.plain()
    const { records, unreadable, missing } = figures
    const [bytes, sha256] = [this.#bytes, this.#hash.digest('hex')]
    const firstUnreadable = this.#firstUnreadable
    return { figures, bytes, sha256, records, unreadable, firstUnreadable, missing }
  }

  #begin(beginning: Buffer, isWhole: boolean): void {
    const format = detectFormat(beginning, isWhole)
    this.#beginning = format === undefined ? beginning : Buffer.alloc(0)
    if (format === undefined) return
    if ('looksLike' in format) {
      this.#foreign = format
      return
    }
    const csv = new CsvReader(
      {
        header: (names) => this.#takeHeader(names),
        record: (record) => this.#records?.count(record),
        unreadable: (line, reason) => {
          this.#tally.countUnreadable()
          this.#firstUnreadable ??= { line, reason }
        },
      },
      format,
    )
    const decoder = format.encoding === 'utf-8' ? undefined : new TextDecoder(format.encoding)
    this.#csv = csv
    this.#read = decoder
      ? (bytes) => csv.push(Buffer.from(decoder.decode(bytes, { stream: true })))
      : (bytes) => csv.push(bytes)
    this.#read(beginning)
  }

  #takeHeader(names: readonly string[]): void {
    const header = readHeader(names)
    this.#records = new RecordCounter(header, this.#tally)
    this.#tally.setMissing(header.missing)
  }
}

const BUFFER_BYTES = 262_144

const buffer = Buffer.allocUnsafe(BUFFER_BYTES)

/** What is told of a file that is being written. */
export type Order =
  /** So many bytes are on the disk, at this path for now. */
  | { readonly kind: 'grew'; readonly path: string; readonly bytes: number }
  /** It is written again from its first byte. */
  | { readonly kind: 'restarted' }
  | Ended

/** It is complete, with so many bytes, at its final path. */
export interface Ended {
  readonly kind: 'ended'
  readonly path: string
  readonly bytes: number
}

/** What was found in a file, at its end. */
export type Answer = FileFigures | ForeignFile

/**
 * Reads files one after another, each while it is written. What it reads has just been written, and
 * comes from memory.
 */
export class FileFollower {
  #descriptor: number | undefined
  #reading = new FileReading()

  take(order: Exclude<Order, Ended>): void {
    if (order.kind === 'restarted') {
      this.#reading = new FileReading()
      return
    }
    // By now it may have its final name; `ended` brings that.
    this.#descriptor ??= openIfThere(order.path)
    this.#readTo(order.bytes)
  }

  end({ path, bytes }: Ended): Answer {
    this.#descriptor ??= openSync(path, 'r')
    this.#readTo(bytes)
    closeSync(this.#descriptor)
    this.#descriptor = undefined
    const ended = this.#reading
    this.#reading = new FileReading()
    if (ended.bytes !== bytes) throw new Error(`${ended.bytes} of ${bytes} bytes were read`)
    const figures = ended.end()
    return ended.foreign ?? figures
  }

  /** Reads on to so many bytes; to fewer if the file has been cut since: the next order says so. */
  #readTo(bytes: number): void {
    if (this.#descriptor === undefined) return
    while (this.#reading.bytes < bytes) {
      const position = this.#reading.bytes
      const length = Math.min(BUFFER_BYTES, bytes - position)
      const read = readSync(this.#descriptor, buffer, { length, position })
      if (read === 0) return
      this.#reading.push(buffer.subarray(0, read))
    }
  }
}

/** An open file can still be renamed or removed: Node.js opens it so on Windows, too. */
function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
