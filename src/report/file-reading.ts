import { createHash } from 'node:crypto'
import { CsvReader } from './csv.js'
import { COLUMNS, type Column, type Header, RecordReader, readHeader } from './record.js'
import { Tally } from './tally.js'

/** All that one file has told. */
export interface FileFigures {
  readonly tally: Tally
  readonly unreadable: number
  /** The line, from 1, of the first record that makes no sense. */
  readonly firstUnreadableLine: number | undefined
  readonly missing: readonly Column[]
  readonly bytes: number
  /** Of the file's bytes, in hexadecimal. */
  readonly sha256: string
}

/** One file as it is read, from its first byte on. */
export class FileReading {
  readonly #tally = new Tally()
  readonly #hash = createHash('sha256')
  readonly #csv: CsvReader
  #header: Header | undefined
  #records: RecordReader | undefined
  #unreadable = 0
  #firstUnreadableLine: number | undefined
  #bytes = 0

  constructor() {
    this.#csv = new CsvReader({
      header: (names) => this.#takeHeader(names),
      record: (fields) => this.#record(fields),
      unreadable: (line) => {
        this.#unreadable += 1
        this.#firstUnreadableLine ??= line
      },
    })
  }

  /** How many bytes have been read. */
  get bytes(): number {
    return this.#bytes
  }

  push(bytes: Buffer): void {
    this.#bytes += bytes.length
    this.#hash.update(bytes)
    this.#csv.push(bytes)
  }

  /** Says that no more bytes come. */
  end(): FileFigures {
    this.#csv.end()
    return {
      tally: this.#tally,
      unreadable: this.#unreadable,
      firstUnreadableLine: this.#firstUnreadableLine,
      missing: this.#header?.missing ?? COLUMNS,
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
    }
  }

  #takeHeader(names: readonly string[]): readonly number[] {
    this.#header = readHeader(names)
    this.#records = new RecordReader(this.#header)
    return Object.values(this.#header.places)
  }

  #record(fields: readonly string[]): string | undefined {
    const record = this.#records?.read(fields)
    if (record === undefined) return 'a price or smscount of it is no number'
    this.#tally.add(record)
    return undefined
  }
}
