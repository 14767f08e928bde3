import { type CsvFormat, CsvReader, type CsvRecord } from '../report/csv.js'

const LF = 0x0a
const QUOTE = 0x22

interface CopyOptions {
  readonly format: CsvFormat
  readonly isLeftOut: (record: CsvRecord) => boolean
  /** Takes the bytes that stay. */
  readonly onBytes: (bytes: Buffer) => void
}

/**
 * Copies the records of a CSV file byte for byte, except those that are left out. What is no record
 * stays: empty lines, and what cannot be read.
 */
export class RecordCopy {
  readonly #reader: CsvReader
  readonly #onBytes: CopyOptions['onBytes']
  /** The file from this place on, as far as it is not known whether it stays. */
  #place: number
  #rest: Buffer = Buffer.alloc(0)

  /** The header row is not copied. */
  constructor(header: Buffer, { format, isLeftOut, onBytes }: CopyOptions) {
    let last = 0
    this.#onBytes = onBytes
    this.#reader = new CsvReader(
      {
        header: ({ length }) => {
          last = length - 1
        },
        record: (record) => {
          if (isLeftOut(record)) this.#leaveOut(record, last)
          return undefined
        },
        unreadable: () => undefined,
      },
      format,
    )
    this.#place = header.length
    this.#reader.push(header)
  }

  push(bytes: Buffer): void {
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes
    this.#reader.push(bytes)
    this.#copyTo(this.#reader.position)
    // A part would keep the whole chunk in memory.
    this.#rest = Buffer.from(this.#rest)
  }

  /** To be called when there are no more bytes. */
  end(): void {
    this.#reader.end()
    this.#copyTo(Number.POSITIVE_INFINITY)
  }

  #leaveOut({ bytes, starts, ends }: CsvRecord, last: number): void {
    const first = starts[0] as number
    const start = bytes[first - 1] === QUOTE ? first - 1 : first
    const end = bytes.indexOf(LF, ends[last]) + 1
    this.#copyTo(this.#reader.position + start)
    this.#rest = this.#rest.subarray(end - start)
    this.#place += end - start
  }

  #copyTo(place: number): void {
    const stays = this.#rest.subarray(0, Math.max(0, place - this.#place))
    this.#rest = this.#rest.subarray(stays.length)
    this.#place += stays.length
    if (stays.length > 0) this.#onBytes(stays)
  }
}
