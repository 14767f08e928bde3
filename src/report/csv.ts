/** Text that is read at a time: what fits the processor's caches is read twice as fast. */
const BLOCK_LENGTH = 32_768

/** Far above any message. A record that does not end in it has lost a quotation mark. */
export const MAX_RECORD_LENGTH = 262_144

const BYTE_ORDER_MARK = '\xef\xbb\xbf'

/** In place of a record's end: it ends further on, or its quotation marks do not match. */
const OPEN = -1
const DAMAGED = -2

const ODD_QUOTES = 'its quotation marks do not match'
const TOO_LONG = `it is longer than ${MAX_RECORD_LENGTH} bytes`

/** How a file parts its fields and lines: one character each. LF stands for CRLF as well. */
export interface CsvFormat {
  readonly delimiter: string
  readonly lineEnd: '\n' | '\r'
}

const RFC_4180: CsvFormat = { delimiter: ',', lineEnd: '\n' }

/** Who a reader tells of what it reads, in the file's order. */
export interface CsvListener {
  /** The first record; gives the places, from 0, of the columns whose fields are wanted. */
  header(names: readonly string[]): readonly number[]
  /**
   * A record with as many fields as the header. The wanted ones are filled in, in a list that is
   * used again for the next record. The record is the bytes from `start` to before `end` of all
   * that was pushed, its line's end included. Gives why it cannot be read, if it cannot.
   */
  record(fields: readonly string[], start: number, end: number): string | undefined
  /** The line, from 1, at which something begins that cannot be read, and why. */
  unreadable(line: number, reason: string): void
}

/**
 * Reads CSV (RFC 4180) from bytes, as they come: quotes, line breaks in fields, CRLF and LF, a byte
 * order mark, a last line without an end. Fields are given in latin1, a character for each byte,
 * which is safe for UTF-8 and quick. Empty lines are no records.
 *
 * Quotation marks that RFC 4180 does not know are text, as long as the record is one line. A record
 * over several lines has none of them, as many fields as the header, and MAX_RECORD_LENGTH at most.
 * Otherwise its first line alone is left out, and the next is read as a new record. So each line is
 * looked at twice at most: one in the middle of a record that was given up ends in quotes when it
 * begins in quotes, and begins no record over several lines itself.
 *
 * For copying a file record by record: what stands before `position` has been decided on. That of
 * it which was not told to `record` is header, empty lines, or cannot be read.
 */
export class CsvReader {
  readonly #listener: CsvListener
  readonly #lineEnd: string
  readonly #quotes = new Finder('"')
  readonly #delimiters: Finder
  readonly #lineEnds: Finder
  readonly #finders: readonly Finder[]
  /** Of the record that was read last; as many as the header has, once that is read. */
  #fields: string[] = []
  #count = 0
  /** Where its first line ends, and whether it has quotation marks that RFC 4180 does not know. */
  #firstEnd = 0
  #isOdd = false
  /** Where the text of the field ends that was read last. */
  #textEnd = 0
  /** Of each place, whether its field is wanted; undefined before the header. */
  #wanted: boolean[] | undefined
  #rest = ''
  #position = 0
  #pushed = 0
  #line = 1
  #hasBegun = false
  #isWithinLine = false

  constructor(listener: CsvListener, { delimiter, lineEnd } = RFC_4180) {
    this.#listener = listener
    this.#lineEnd = lineEnd
    this.#delimiters = new Finder(delimiter)
    this.#lineEnds = new Finder(lineEnd)
    this.#finders = [this.#quotes, this.#delimiters, this.#lineEnds]
  }

  /** How many bytes have been read to their end; those after them wait for more. */
  get position(): number {
    return this.#position
  }

  push(bytes: Buffer): void {
    this.#pushed += bytes.length
    for (let start = 0; start < bytes.length; start += BLOCK_LENGTH) {
      this.#read(this.#rest + bytes.toString('latin1', start, start + BLOCK_LENGTH), false)
    }
  }

  /** Says that no more bytes come. */
  end(): void {
    const isWhole = this.#rest === '' || this.#rest.endsWith(this.#lineEnd)
    this.#read(isWhole ? this.#rest : this.#rest + this.#lineEnd, true)
    this.#position = this.#pushed
  }

  #read(text: string, isLast: boolean): void {
    let at = 0
    if (this.#isWithinLine) at = this.#endLine(text, 0)
    if (!this.#hasBegun) {
      this.#hasBegun = isLast || text.length >= BYTE_ORDER_MARK.length
      if (this.#hasBegun && text.startsWith(BYTE_ORDER_MARK)) at = BYTE_ORDER_MARK.length
    }
    for (const finder of this.#finders) finder.take(text)
    while (this.#hasBegun && at < text.length) {
      const end = this.#readRecord(text, at)
      if (end === OPEN && !isLast && text.length - at <= MAX_RECORD_LENGTH) break
      const isWhole = end >= 0 && end - at <= MAX_RECORD_LENGTH
      at = isWhole && this.#tell(text, at, end) ? end : this.#leaveOutLine(text, at)
    }
    this.#rest = text.slice(at)
    this.#position += at
  }

  /** The place after the record at `start`, with its fields in `#fields`; or OPEN, or DAMAGED. */
  #readRecord(text: string, start: number): number {
    const fields = this.#fields
    const wanted = this.#wanted
    for (const finder of this.#finders) finder.mark()
    this.#firstEnd = this.#lineEnds.from(start)
    this.#isOdd = false
    let lineEnd = this.#firstEnd
    for (let place = 0, at = start; ; place++) {
      const quote = this.#quotes.from(at)
      const plainEnd = this.#delimiters.from(at)
      if (plainEnd < quote && plainEnd < lineEnd) {
        if (wanted === undefined || wanted[place]) fields[place] = text.slice(at, plainEnd)
        at = plainEnd + 1
        continue
      }
      const isQuoted = quote === at
      const end = isQuoted ? this.#endQuoted(text, at) : this.#endPlain(text, at)
      if (end < 0) return end
      if (wanted === undefined || wanted[place]) {
        fields[place] = isQuoted
          ? text.slice(at + 1, this.#textEnd).replaceAll('""', '"')
          : text.slice(at, this.#textEnd)
      }
      if (end === this.#lineEnds.from(end)) {
        if (this.#isOdd && end > this.#firstEnd) return DAMAGED
        this.#count = place === 0 && this.#textEnd <= (isQuoted ? at + 1 : at) ? 0 : place + 1
        return end + 1
      }
      at = end + 1
      lineEnd = this.#lineEnds.from(at)
    }
  }

  /** The place of the delimiter or the line's end after a field that is not in quotes. */
  #endPlain(text: string, start: number): number {
    const lineEnd = this.#lineEnds.from(start)
    const end = Math.min(this.#delimiters.from(start), lineEnd)
    if (end === text.length) return OPEN
    if (this.#quotes.from(start) < end) this.#isOdd = true
    const isCrlf = end === lineEnd && this.#lineEnd === '\n' && text[end - 1] === '\r'
    this.#textEnd = isCrlf && end > start ? end - 1 : end
    return end
  }

  /** The same of a field whose first quotation mark is at `start`. */
  #endQuoted(text: string, start: number): number {
    let at = start
    for (;;) {
      const quote = this.#quotes.from(at + 1)
      if (this.#isOdd && quote > this.#firstEnd) return DAMAGED
      at = quote + 1
      if (text[at] === '"') continue
      const end = this.#skipBlanks(text, at)
      if (end >= text.length) return OPEN
      if (end === this.#delimiters.from(end) || end === this.#lineEnds.from(end)) {
        this.#textEnd = quote
        return end
      }
      this.#isOdd = true
      at = quote
    }
  }

  #skipBlanks(text: string, start: number): number {
    let at = start
    while ((text[at] === ' ' || text[at] === '\t') && at !== this.#delimiters.from(at)) at += 1
    return text[at] === '\r' && this.#lineEnd === '\n' ? at + 1 : at
  }

  /** Hands on the record that has been read; false for one that is to be read anew. */
  #tell(text: string, start: number, end: number): boolean {
    const lines = end === this.#firstEnd + 1 ? 1 : this.#countLines(text, start, end)
    if (this.#count > 0) {
      if (this.#wanted === undefined) this.#takeHeader()
      else if (this.#count === this.#fields.length) this.#takeRecord(start, end)
      else if (lines > 1) return false
      else this.#listener.unreadable(this.#line, this.#describeCount())
    }
    this.#line += lines
    return true
  }

  #takeRecord(start: number, end: number): void {
    const base = this.#position
    // The last line's end may have been added.
    const endInFile = Math.min(base + end, this.#pushed)
    const reason = this.#listener.record(this.#fields, base + start, endInFile)
    if (reason !== undefined) this.#listener.unreadable(this.#line, reason)
  }

  #describeCount(): string {
    return `it has ${this.#count} fields and the header ${this.#fields.length}`
  }

  #takeHeader(): void {
    const names = this.#fields
    const places = this.#listener.header(names)
    this.#wanted = names.map((_, place) => places.includes(place))
    this.#fields = names.map(() => '')
  }

  #leaveOutLine(text: string, start: number): number {
    for (const finder of this.#finders) finder.goBack()
    const end = this.#endLine(text, start)
    const isLong = this.#isWithinLine || end - start > MAX_RECORD_LENGTH
    this.#listener.unreadable(this.#line, isLong ? TOO_LONG : ODD_QUOTES)
    this.#line += 1
    return end
  }

  #endLine(text: string, start: number): number {
    const end = text.indexOf(this.#lineEnd, start) + 1
    this.#isWithinLine = end === 0
    return this.#isWithinLine ? text.length : end
  }

  #countLines(text: string, start: number, end: number): number {
    let lines = 0
    for (let at = start; at < end; at = text.indexOf(this.#lineEnd, at) + 1) lines += 1
    return lines
  }
}

/** Finds the places of a character in a text, each looked for once. */
class Finder {
  readonly #character: string
  #text = ''
  #place = -1
  #marked = -1

  constructor(character: string) {
    this.#character = character
  }

  take(text: string): void {
    this.#text = text
    this.#place = -1
  }

  /** Remembers where it is, to go back to. */
  mark(): void {
    this.#marked = this.#place
  }

  goBack(): void {
    this.#place = this.#marked
  }

  /** The first place from `at` on, the text's length where there is none; `at` never goes back. */
  from(at: number): number {
    if (this.#place < at) {
      const place = this.#text.indexOf(this.#character, at)
      this.#place = place < 0 ? this.#text.length : place
    }
    return this.#place
  }
}
