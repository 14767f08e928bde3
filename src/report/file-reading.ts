import { createHash } from 'node:crypto'
import { CsvReader } from './csv.js'
import { COLUMNS, type Figures } from './figures.js'
import type { FileFacts } from './findings.js'
import { RecordReader, readHeader } from './record.js'
import { Tally } from './tally.js'

/** All that one file has told; names are in latin1 still. */
export interface FileFigures extends Omit<FileFacts, 'name'> {
  readonly figures: Figures
}

/** One file as it is read, from its first byte on. */
export class FileReading {
  readonly #hash = createHash('sha256')
  readonly #csv: CsvReader
  #records: RecordReader | undefined
  #tally = new Tally(COLUMNS)
  #firstUnreadable: FileFacts['firstUnreadable']
  /** Why the record that has just been read makes no sense; one without an end is not read. */
  #reason: string | undefined
  #bytes = 0

  constructor() {
    this.#csv = new CsvReader({
      record: (fields) => this.#record(fields),
      unreadable: (line) => {
        this.#tally.countUnreadable()
        const reason = this.#reason ?? 'a quotation mark is not closed'
        this.#firstUnreadable ??= { line, reason }
        this.#reason = undefined
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
    const figures = this.#tally.plain()
    const { records, unreadable, missing } = figures
    const [bytes, sha256] = [this.#bytes, this.#hash.digest('hex')]
    const firstUnreadable = this.#firstUnreadable
    return { figures, bytes, sha256, records, unreadable, firstUnreadable, missing }
  }

  #record(fields: readonly string[]): boolean {
    if (this.#records === undefined) {
      const header = readHeader(fields)
      this.#records = new RecordReader(header)
      this.#tally = new Tally(header.missing)
      return true
    }
    const record = this.#records.read(fields)
    if (typeof record === 'string') {
      this.#reason = record
      return false
    }
    this.#tally.count(record)
    return true
  }
}
