/** Far above any message: a record that is longer has lost a quotation mark. */
const MAX_RECORD_BYTES = 262_144

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22

/**
 * Cuts the bytes of a CSV file into records, with neither a copy nor a change: all bytes that go in
 * come out, in their order. A record whose quotation marks make no sense is its first line alone,
 * and so is one without an end within 256 KiB: the next line is a new record then.
 *
 * It is linear: a line with an even number of quotation marks ends where it ends, and a record that
 * begins on a line with an odd number ends on the next such line at the latest.
 */
export class RecordCutter {
  readonly #delimiter: number
  readonly #onRecord: (record: Buffer) => void
  #rest: Buffer = Buffer.alloc(0)

  /** What a record is given as is a part of the bytes that were pushed. */
  constructor(delimiter: number, onRecord: (record: Buffer) => void) {
    this.#delimiter = delimiter
    this.#onRecord = onRecord
  }

  push(bytes: Buffer): void {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes
    this.#rest = this.#cut(data, false)
  }

  /** To be called when there are no more bytes. */
  end(): void {
    this.#rest = this.#cut(this.#rest, true)
  }

  /** Gives what is left: a record without its end. */
  #cut(data: Buffer, isLast: boolean): Buffer {
    let start = 0
    let quote = data.indexOf(QUOTE)
    while (start < data.length) {
      if (quote >= 0 && quote < start) quote = data.indexOf(QUOTE, start)
      const isWhole = isLast || data.length - start > MAX_RECORD_BYTES
      const lineEnd = data.indexOf(LF, start) + 1
      const isPlain = quote < 0 || (lineEnd > 0 && quote >= lineEnd)
      const end = isPlain ? lineEnd : this.#endOfQuoted(data, start, { lineEnd, isLast })
      // Where the end is not in sight, the first line is taken once nothing more can come of it.
      if (end === 0 && !isWhole) break
      const taken = end || lineEnd || data.length
      this.#onRecord(data.subarray(start, taken))
      start = taken
    }
    // Copied, as a part would keep the whole chunk in memory.
    return start === 0 ? data : Buffer.from(data.subarray(start))
  }

  /**
   * The place after a record; 0 where it is not in sight, the first line's end if it is damaged.
   */
  #endOfQuoted(
    data: Buffer,
    start: number,
    { lineEnd, isLast }: { lineEnd: number; isLast: boolean },
  ): number {
    const endOfAll = isLast ? data.length : 0
    const limit = Math.min(data.length, start + MAX_RECORD_BYTES)
    let at = start
    while (at < limit) {
      if (data[at] === QUOTE) {
        at = closingQuote(data, at) + 1
        if (at === 0) return 0
        if (data[at] === CR) at += 1
        if (at >= data.length) return endOfAll
        if (data[at] !== this.#delimiter && data[at] !== LF) return lineEnd
      } else {
        while (at < limit && data[at] !== this.#delimiter && data[at] !== LF) at += 1
      }
      if (data[at] === LF) return at + 1
      at += 1
    }
    return at >= data.length ? endOfAll : 0
  }
}

/** Where a field in quotation marks is closed; -1 where that is not in sight. Two marks are one. */
function closingQuote(data: Buffer, opening: number): number {
  let at = data.indexOf(QUOTE, opening + 1)
  while (at >= 0 && data[at + 1] === QUOTE) at = data.indexOf(QUOTE, at + 2)
  return at
}

/** The fields of a record that is one, as text. */
export function fieldsOf(record: Buffer, delimiter: number): string[] {
  const fields: string[] = []
  let at = 0
  for (;;) {
    const end = endOfField(record, at, delimiter)
    fields.push(textOf(record, at, end))
    if (record[end] !== delimiter) return fields
    at = end + 1
  }
}

/** Where the field of a place (from 0) begins; -1 where the record has fewer. */
export function startOfField(record: Buffer, place: number, delimiter: number): number {
  let at = 0
  for (let passed = 0; passed < place; passed++) {
    at = endOfField(record, at, delimiter)
    if (record[at] !== delimiter) return -1
    at += 1
  }
  return at
}

/**
 * Where the field that begins at a place ends: at a delimiter, at the line's end, or at the last
 * byte.
 */
function endOfField(record: Buffer, start: number, delimiter: number): number {
  let at = start
  if (record[at] === QUOTE) {
    const closing = closingQuote(record, at)
    if (closing > 0) at = closing + 1
  }
  while (at < record.length && record[at] !== delimiter && record[at] !== LF) at += 1
  return at
}

function textOf(record: Buffer, start: number, end: number): string {
  const text = record.toString('utf8', start, end).trim()
  return /^".*"$/s.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text
}
