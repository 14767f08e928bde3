/** Far above any message. A record that does not end in it has lost a quotation mark. */
export const MAX_RECORD_LENGTH = 262_144

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')
const NOTHING = Buffer.alloc(0)

const QUOTE = 0x22
const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09

/** In place of a record's end: it ends further on, or its quotation marks do not match. */
const OPEN = -1
const DAMAGED = -2

const ODD_QUOTES = 'its quotation marks do not match'
const TOO_LONG = `it is longer than ${MAX_RECORD_LENGTH} bytes`

/** How a file separates its fields and lines: one character each. LF stands for CRLF as well. */
export interface CsvFormat {
  readonly delimiter: string
  readonly lineEnd: '\n' | '\r'
}

const RFC_4180: CsvFormat = { delimiter: ',', lineEnd: '\n' }

/** Who a reader tells of what it reads, in the file's order. */
export interface CsvListener {
  /** The first record; names are in latin1. */
  header(names: readonly string[]): void
  /**
   * A record with as many fields as the header; it is valid until the next call. Gives why it cannot
   * be read, if it cannot.
   */
  record(record: CsvRecord): string | undefined
  /** The line, from 1, at which something begins that cannot be read, and why. */
  unreadable(line: number, reason: string): void
}

/** Where the fields of one record stand: texts are made of those alone that are asked for. */
export class CsvRecord {
  /** A field is the bytes from its start to before its end, without its quotes. */
  bytes: Buffer = NOTHING
  readonly starts: number[] = []
  readonly ends: number[] = []
  /** Some field of it has doubled quotation marks. */
  hasDoubled = false

  /** Whether the bytes of a field are its text, as all are but those with doubled quotation marks. */
  isPlain(place: number): boolean {
    return !this.hasDoubled || this.bytes[(this.starts[place] as number) - 1] !== QUOTE
  }

  /** A field in latin1, a character for each byte, which is safe for UTF-8. */
  text(place: number): string {
    const text = this.bytes.toString('latin1', this.starts[place], this.ends[place])
    return this.isPlain(place) ? text : text.replaceAll('""', '"')
  }
}

/**
 * Reads CSV (RFC 4180) from bytes, as they come: quotes, line breaks in fields, CRLF and LF, a byte
 * order mark, a last line without an end. Empty lines are no records.
 *
 * Quotation marks that RFC 4180 does not know are text, as long as the record is one line. A record
 * over several lines has none of them, as many fields as the header, and MAX_RECORD_LENGTH at most.
 * Otherwise its first line alone is left out, and the next is read as a new record. So no file costs
 * more time than its length: each line of a record that is given up is read once more, and one in its
 * middle begins no record over several lines, as it ends in quotes when it begins in quotes.
 */
export class CsvReader {
  readonly #listener: CsvListener
  readonly #delimiter: number
  readonly #lineEnd: number
  /** Of each byte, 1 if a field without quotes may end there: delimiter, line's end, quotation mark. */
  readonly #isMark = new Uint8Array(256)
  readonly #record = new CsvRecord()
  /** As many as the header has, once that is read. */
  #columns = Number.POSITIVE_INFINITY
  /** Of the record that was read last. */
  #fieldCount = 0
  #lineCount = 1
  /** It has quotation marks that RFC 4180 does not know. */
  #isOdd = false
  /** Where the text of the field ends that was read last. */
  #textEnd = 0
  /** Bytes that are not decided on, and behind them one line's end, at which each search stops. */
  #data: Buffer = NOTHING
  #length = 0
  #line = 1
  #hasBegun = false
  #isWithinLine = false

  constructor(listener: CsvListener, { delimiter, lineEnd } = RFC_4180) {
    this.#listener = listener
    this.#delimiter = delimiter.charCodeAt(0)
    this.#lineEnd = lineEnd.charCodeAt(0)
    for (const byte of [this.#delimiter, this.#lineEnd, QUOTE]) this.#isMark[byte] = 1
  }

  push(bytes: Buffer): void {
    this.#append(bytes)
    this.#read(false)
  }

  /** Says that no more bytes come. */
  end(): void {
    const isWhole = this.#length === 0 || this.#data[this.#length - 1] === this.#lineEnd
    this.#append(isWhole ? NOTHING : Buffer.of(this.#lineEnd))
    this.#read(true)
  }

  #append(bytes: Buffer): void {
    const length = this.#length + bytes.length
    if (this.#data.length <= length) {
      const data = Buffer.allocUnsafe(length + 1)
      this.#data.copy(data, 0, 0, this.#length)
      this.#data = data
    }
    bytes.copy(this.#data, this.#length)
    this.#data[length] = this.#lineEnd
    this.#length = length
    this.#record.bytes = this.#data
  }

  #read(isLast: boolean): void {
    const length = this.#length
    let at = 0
    if (this.#isWithinLine) at = this.#endLine(0)
    if (!this.#hasBegun) {
      this.#hasBegun = isLast || length >= BYTE_ORDER_MARK.length
      const mark = this.#data.subarray(0, Math.min(length, BYTE_ORDER_MARK.length))
      if (this.#hasBegun && mark.equals(BYTE_ORDER_MARK)) at = BYTE_ORDER_MARK.length
    }
    while (this.#hasBegun && at < length) {
      const end = this.#readRecord(at)
      if (end === OPEN && !isLast && length - at <= MAX_RECORD_LENGTH) break
      const isWhole = end >= 0 && end - at <= MAX_RECORD_LENGTH
      at = isWhole && this.#tell() ? end : this.#leaveOutLine(at)
    }
    this.#data.copyWithin(0, at, length)
    this.#length = length - at
  }

  /** The place after the record at `start`; or OPEN, or DAMAGED. */
  #readRecord(start: number): number {
    const data = this.#data
    const isMark = this.#isMark
    const columns = this.#columns
    const { starts, ends } = this.#record
    this.#record.hasDoubled = false
    this.#lineCount = 1
    this.#isOdd = false
    for (let place = 0, at = start; ; place++) {
      const isQuoted = data[at] === QUOTE
      let end = at
      while (isMark[data[end] as number] === 0) end += 1
      let textEnd = end
      if (data[end] !== this.#delimiter) {
        end = isQuoted ? this.#endQuoted(at) : this.#endPlain(end)
        if (end < 0) return end
        textEnd = isQuoted ? this.#textEnd : this.#isCrlf(at, end) ? end - 1 : end
      }
      if (place < columns) {
        starts[place] = isQuoted ? at + 1 : at
        ends[place] = textEnd
      }
      at = end + 1
      if (data[end] !== this.#lineEnd) continue
      const isEmpty = place === 0 && starts[0] === ends[0]
      this.#fieldCount = isEmpty ? 0 : place + 1
      return at
    }
  }

  /** The place of the delimiter or the line's end after a field that is not in quotes; or OPEN, or DAMAGED. */
  #endPlain(start: number): number {
    const data = this.#data
    let end = start
    while (data[end] !== this.#delimiter && data[end] !== this.#lineEnd) {
      if (data[end] === QUOTE) this.#isOdd = true
      end += 1
    }
    if (this.#isOdd && this.#lineCount > 1) return DAMAGED
    return end === this.#length ? OPEN : end
  }

  #isCrlf(start: number, end: number): boolean {
    const data = this.#data
    return this.#lineEnd === LF && data[end] === LF && end > start && data[end - 1] === CR
  }

  /** The same of a field whose first quotation mark is at `start`. */
  #endQuoted(start: number): number {
    const data = this.#data
    for (let at = start + 1; ; at++) {
      for (; data[at] !== QUOTE; at++) {
        if (data[at] !== this.#lineEnd) continue
        if (at === this.#length) return OPEN
        this.#lineCount += 1
        if (this.#isOdd) return DAMAGED
      }
      if (data[at + 1] === QUOTE) {
        this.#record.hasDoubled = true
        at += 1
        continue
      }
      const end = this.#skipBlanks(at + 1)
      if (end >= this.#length) return OPEN
      if (data[end] === this.#delimiter || data[end] === this.#lineEnd) {
        this.#textEnd = at
        return end
      }
      this.#isOdd = true
      if (this.#lineCount > 1) return DAMAGED
    }
  }

  #skipBlanks(start: number): number {
    const data = this.#data
    let at = start
    while ((data[at] === SPACE || data[at] === TAB) && data[at] !== this.#delimiter) at += 1
    return data[at] === CR && this.#lineEnd === LF ? at + 1 : at
  }

  /** Hands on the record that has been read; false for one that is to be read anew. */
  #tell(): boolean {
    if (this.#fieldCount > 0) {
      if (this.#columns === Number.POSITIVE_INFINITY) this.#takeHeader()
      else if (this.#fieldCount === this.#columns) this.#takeRecord()
      else if (this.#lineCount > 1) return false
      else this.#listener.unreadable(this.#line, this.#describeCount())
    }
    this.#line += this.#lineCount
    return true
  }

  #takeRecord(): void {
    const reason = this.#listener.record(this.#record)
    if (reason !== undefined) this.#listener.unreadable(this.#line, reason)
  }

  #describeCount(): string {
    return `it has ${this.#fieldCount} fields and the header ${this.#columns}`
  }

  #takeHeader(): void {
    this.#columns = this.#fieldCount
    const places = Array.from({ length: this.#columns }, (_, place) => place)
    this.#listener.header(places.map((place) => this.#record.text(place)))
  }

  #leaveOutLine(start: number): number {
    const end = this.#endLine(start)
    const isLong = this.#isWithinLine || end - start > MAX_RECORD_LENGTH
    this.#listener.unreadable(this.#line, isLong ? TOO_LONG : ODD_QUOTES)
    this.#line += 1
    return end
  }

  #endLine(start: number): number {
    const end = this.#data.indexOf(this.#lineEnd, start) + 1
    this.#isWithinLine = end === 0 || end > this.#length
    return this.#isWithinLine ? this.#length : end
  }
}
