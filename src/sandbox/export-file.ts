import { formatRow, HEADER_LINE, type RowTemplate } from './rows.js'

const CHUNK_BYTES = 262_144

/** What an export holds: the rows that are left of a seed's after the filters. */
export interface ExportContent {
  readonly seed: number
  /** The rows' templates, in their order and then again. */
  readonly templates: readonly RowTemplate[]
  /** Rows in all files. */
  readonly rows: number
  /** Which row of the export without filters a row is, both from 0. */
  readonly indexOf: (row: number) => number
  /** Rows of the export without filters: they lie evenly in the window. */
  readonly records: number
  /** The window, in epoch milliseconds. */
  readonly from: number
  readonly to: number
}

/** One of an export's CSV files: its bytes are made as they are read, from any place on. */
export class ExportFile {
  readonly bytes: number
  readonly #content: ExportContent
  readonly #firstRow: number
  readonly #lastRow: number
  /** Bytes of the templates before each, and of all of them at the end. */
  readonly #offsets: readonly number[]

  /** The file `number` (from 0) of `files`. */
  constructor(content: ExportContent, number: number, files: number) {
    this.#content = content
    this.#firstRow = Math.floor((content.rows * number) / files)
    this.#lastRow = Math.floor((content.rows * (number + 1)) / files)
    let sum = 0
    this.#offsets = [0, ...content.templates.map(({ bytes }) => (sum += bytes))]
    this.bytes = HEADER_LINE.length + this.#offsetOf(this.#lastRow)
  }

  /** Whether it has no row. */
  get isEmpty(): boolean {
    return this.#firstRow === this.#lastRow
  }

  /** The bytes from `start` to `end` (not included), in chunks of some 256 kB. */
  *read(start: number, end: number): Generator<Buffer> {
    if (start >= end) return
    if (start < HEADER_LINE.length) {
      yield Buffer.from(HEADER_LINE).subarray(start, Math.min(end, HEADER_LINE.length))
    }
    let row = this.#rowAt(Math.max(start, HEADER_LINE.length))
    let position = HEADER_LINE.length + this.#offsetOf(row)
    while (position < end) {
      let text = ''
      while (text.length < CHUNK_BYTES && row < this.#lastRow) text += this.#formatRow(row++)
      const chunk = Buffer.from(text)
      yield chunk.subarray(Math.max(0, start - position), Math.min(chunk.length, end - position))
      position += chunk.length
    }
  }

  #formatRow(row: number): string {
    const { seed, templates, indexOf, records, from, to } = this.#content
    const index = indexOf(row)
    const createdAt = Math.floor(from + ((to - from) * index) / records)
    return formatRow(templates[row % templates.length] as RowTemplate, { seed, index, createdAt })
  }

  /** Where a row begins, counted from the end of the header. */
  #offsetOf(row: number): number {
    return this.#bytesBefore(row) - this.#bytesBefore(this.#firstRow)
  }

  #bytesBefore(row: number): number {
    const count = this.#offsets.length - 1
    if (count === 0) return 0
    const all = this.#offsets[count] as number
    return Math.floor(row / count) * all + (this.#offsets[row % count] as number)
  }

  /** The row in which a byte of the file lies. */
  #rowAt(byte: number): number {
    let low = this.#firstRow
    let high = this.#lastRow
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (HEADER_LINE.length + this.#offsetOf(middle) <= byte) low = middle
      else high = middle
    }
    return low
  }
}
