/** Far longer than any message. A longer record has lost a quotation mark. */
export const MAX_RECORD_LENGTH = 262_144

const BYTE_ORDER_MARK = Buffer.from('\uFEFF')
const NOTHING = Buffer.alloc(0)

const QUOTE = 0x22
const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const TAB = 0x09

/** Returned in place of a record's end: it is not there yet, or the quotation marks do not match. */
const OPEN = -1
const DAMAGED = -2

const ODD_QUOTES = 'its quotation marks do not match'
const TOO_LONG = `it is longer than ${MAX_RECORD_LENGTH} bytes`

/** How a file separates fields and lines: one character each. LF includes CRLF. */
export interface CsvFormat {
  readonly delimiter: string
  readonly lineEnd: '\n' | '\r'
}

const RFC_4180: CsvFormat = { delimiter: ',', lineEnd: '\n' }

/** Receives what a reader reads, in the file's order. */
export interface CsvListener {
  /** The first record; names are in latin1. */
  header(names: readonly string[]): void
  /**
   * A record with as many fields as the header; it is valid until the next call. Returns why it
   * cannot be read, if it cannot.
   */
  record(record: CsvRecord): string | undefined
  /** Something that cannot be read begins at this line, from 1. */
  unreadable(line: number, reason: string): void
}

/** Where the fields of one record are. A text is made only of a field that is asked for. */
export class CsvRecord {
  /** A field is the bytes from its start to before its end, without its quotes. */
  bytes: Buffer = NOTHING
  readonly starts: number[] = []
  readonly ends: number[] = []
  /** Whether some field has doubled quotation marks. */
  hasDoubled = false

  /** Whether a field's bytes are its text: it has no doubled quotation marks. */
  isPlain(place: number): boolean {
    return !this.hasDoubled || this.bytes[(this.starts[place] as number) - 1] !== QUOTE
  }

  /** A field in latin1, one character per byte, which loses nothing of UTF-8. */
  text(place: number): string {
    const text = this.bytes.toString('latin1', this.starts[place], this.ends[place])
    return this.isPlain(place) ? text : text.replaceAll('""', '"')
  }
}

/**
 * Reads CSV (RFC 4180) from bytes as they arrive: quotes, line breaks in fields, CRLF and LF, a byte
 * order mark, a last line without an end. Empty lines are not records.
 *
 * Quotation marks that RFC 4180 does not allow are text, if the record is a single line. A record of
 * several lines may not have any, must have as many fields as the header, and at most
 * MAX_RECORD_LENGTH bytes. Otherwise only its first line is left out, and the next line begins a new
 * record. The time stays proportional to the file's length: each line of a record that is given up is
 * read once more, and no line in the middle of it begins another record of several lines, because
 * what ends in quotes has begun in quotes.
 */
export class CsvReader {
  readonly #listener: CsvListener
  readonly #delimiter: number
  readonly #lineEnd: number
  /** For each byte, 1 if a field without quotes may end at it: delimiter, line end, quotation mark. */
  readonly #isMark = new Uint8Array(256)
  readonly #record = new CsvRecord()
  /** How many the header has, once it has been read. */
  #columns = Number.POSITIVE_INFINITY
  /** Of the last record that was read. */
  #fieldCount = 0
  #lineCount = 1
  /** Whether it has quotation marks that RFC 4180 does not allow. */
  #isOdd = false
  /** Where the text of the last field ends. */
  #textEnd = 0
  /** Bytes that have not been read, and after them one line end, at which each search stops. */
  #data: Buffer = NOTHING
  #length = 0
  #position = 0
  #line = 1
  #hasBegun = false
  #isWithinLine = false

  constructor(listener: CsvListener, { delimiter, lineEnd } = RFC_4180) {
    this.#listener = listener
    this.#delimiter = delimiter.charCodeAt(0)
    this.#lineEnd = lineEnd.charCodeAt(0)
    for (const byte of [this.#delimiter, this.#lineEnd, QUOTE]) this.#isMark[byte] = 1
  }

  /**
   * Where in the file the bytes of its records begin: all before has been read, and passed on or left
   * out. It stays the same during a push.
   */
  get position(): number {
    return this.#position
  }

  push(bytes: Buffer): void {
    this.#append(bytes)
    this.#read(false)
  }

  /** To be called when there are no more bytes. */
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
      at = isWhole && this.#pass() ? end : this.#leaveOutLine(at)
    }
    this.#data.copyWithin(0, at, length)
    this.#length = length - at
    this.#position += at
  }

  /** The place after the record at `start`, OPEN, or DAMAGED. */
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

  /** Where the delimiter or line end after a field without quotes is, OPEN, or DAMAGED. */
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

  /** Passes the record on; false if its lines have to be read again, one by one. */
  #pass(): boolean {
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
