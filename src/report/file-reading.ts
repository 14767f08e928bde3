import { createHash } from 'node:crypto'
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
