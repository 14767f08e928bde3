import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { systemCodeOf } from '../errors.js'
import { CsvReader } from './csv.js'
import { detectFormat, type ForeignFile } from './csv-format.js'
import { COLUMNS, type Column, type Figures } from './figures.js'
import { readHeader } from './record.js'
import { RecordCounter } from './record-counter.js'

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

/** Reads one file from its first byte on. Its records are counted by a counter of several files. */
export class FileReading {
  readonly #hash = createHash('sha256')
  readonly #counter: RecordCounter
  #records = 0
  #unreadable = 0
  #firstUnreadable: FileFacts['firstUnreadable']
  #missing: readonly Column[] = COLUMNS
  #bytes = 0
  /** Bytes from which it cannot be told yet how to read the file. */
  #beginning: Buffer = Buffer.alloc(0)
  #read: ((bytes: Buffer) => void) | undefined
  #csv: CsvReader | undefined
  #foreign: ForeignFile | undefined

  constructor(counter = new RecordCounter()) {
    this.#counter = counter
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
  end(): Omit<FileFacts, 'name'> {
    if (!this.#read && this.#beginning.length > 0) this.#begin(this.#beginning, true)
    this.#csv?.end()
    this.#counter.settle()
    const [records, unreadable, missing] = [this.#records, this.#unreadable, this.#missing]
    if (records + unreadable > 0) this.#counter.tally.addMissing(missing)
    const [bytes, sha256] = [this.#bytes, this.#hash.digest('hex')]
    return { bytes, sha256, records, unreadable, firstUnreadable: this.#firstUnreadable, missing }
  }

  /** The figures of all files that the counter has counted; names are still in latin1. */
  figures(): Figures {
    return this.#counter.tally.plain()
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
        record: (record) => {
          const reason = this.#counter.count(record)
          if (reason === undefined) this.#records += 1
          return reason
        },
        unreadable: (line, reason) => {
          this.#unreadable += 1
          this.#counter.tally.countUnreadable()
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
    this.#counter.begin(header)
    this.#missing = header.missing
  }
}

const BUFFER_BYTES = 262_144

/** Figures of so many bytes are kept together: small files are not worth a message each. */
const KEPT_BYTES = 8_388_608

/** A file that has fewer bytes yet is read later: it may begin again before it has more. */
const FEWEST_BYTES = 524_288

/** What is told of a file that is being written. */
export type Order =
  /** So many bytes are on the disk, at this path for now. */
  | { readonly kind: 'grew'; readonly path: string; readonly bytes: number }
  /** It is written again from its first byte. */
  | { readonly kind: 'restarted' }

/** A file that is complete. */
export interface WholeFile {
  readonly path: string
  readonly bytes: number
}

/** What was found in a file, at its end; and the figures, where there are many. */
export type Answer =
  | ForeignFile
  | (Omit<FileFacts, 'name'> & { readonly figures?: Figures | undefined })

/**
 * Reads files one after another, each while it is written. What it reads has just been written, and
 * comes from memory.
 */
export class FileFollower {
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  #counter = new RecordCounter()
  /** How many bytes of whole files are in the counter's figures. */
  #keptBytes = 0
  /** The figures without those of a file that is being read: it may begin again. */
  #kept: Figures | undefined
  #descriptor: number | undefined
  #reading = new FileReading(this.#counter)

  take(order: Order): void {
    if (order.kind === 'restarted') {
      this.#startOver()
      return
    }
    if (order.bytes < FEWEST_BYTES) return
    this.#kept ??= this.#counter.tally.plain()
    // By now it may have its final name; `end` brings that.
    this.#descriptor ??= openIfThere(order.path)
    this.#readTo(order.bytes)
  }

  end(file: WholeFile): Answer {
    this.#descriptor ??= openSync(file.path, 'r')
    this.#readTo(file.bytes)
    closeSync(this.#descriptor)
    this.#descriptor = undefined
    const reading = this.#reading
    this.#reading = new FileReading(this.#counter)
    if (reading.bytes !== file.bytes) {
      throw new Error(`${reading.bytes} of ${file.bytes} bytes were read`)
    }
    const facts = reading.end()
    if (reading.foreign) return reading.foreign
    this.#kept = undefined
    this.#keptBytes += file.bytes
    return this.#keptBytes < KEPT_BYTES ? facts : { ...facts, figures: this.handOver() }
  }

  /** The figures of all whole files since the last call; names are still in latin1. */
  handOver(): Figures {
    const figures = this.#counter.tally.plain()
    this.#begin(new RecordCounter())
    this.#keptBytes = 0
    return figures
  }

  /** What has been counted cannot be taken back, so it is counted from what there was before. */
  #startOver(): void {
    if (this.#kept === undefined) return
    const counter = new RecordCounter()
    counter.tally.add(this.#kept)
    this.#begin(counter)
  }

  /** Reads on to so many bytes; to fewer if the file has been cut since: the next order says so. */
  #readTo(bytes: number): void {
    if (this.#descriptor === undefined) return
    while (this.#reading.bytes < bytes) {
      const position = this.#reading.bytes
      const length = Math.min(BUFFER_BYTES, bytes - position)
      const read = readSync(this.#descriptor, this.#buffer, { length, position })
      if (read === 0) return
      this.#reading.push(this.#buffer.subarray(0, read))
    }
  }

  #begin(counter: RecordCounter): void {
    this.#counter = counter
    this.#kept = undefined
    this.#reading = new FileReading(counter)
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
