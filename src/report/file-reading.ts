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
  readonly #tally = new Tally()
  #firstUnreadable: FileFacts['firstUnreadable']
  #bytes = 0

  constructor() {
    this.#tally.lack(COLUMNS)
    this.#csv = new CsvReader({
      header: (names) => this.#takeHeader(names),
      record: (fields) => this.#record(fields),
      unreadable: (line, reason) => {
        this.#tally.countUnreadable()
        this.#firstUnreadable ??= { line, reason }
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

  #takeHeader(names: readonly string[]): readonly number[] {
    const header = readHeader(names)
    this.#records = new RecordReader(header)
    this.#tally.lack(header.missing)
    return Object.values(header.places)
  }

  /** Why it cannot be read, if it cannot. */
  #record(fields: readonly string[]): string | undefined {
    const record = this.#records?.read(fields)
    if (record === undefined || typeof record === 'string') return record
    this.#tally.count(record)
    return undefined
  }
}
