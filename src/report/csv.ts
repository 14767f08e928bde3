import Papa from 'papaparse'

/** Text that is parsed at a time: what fits the processor's caches is read twice as fast. */
const BLOCK_LENGTH = 32_768

/** Far above any message. A record that does not end in it has lost a quotation mark. */
export const MAX_RECORD_LENGTH = 262_144

/**
 * Each record without an end is looked for over its whole length. Past so many of them in a file,
 * twice as many lines are left out each time, so that no file can ask for endless work.
 */
const MAX_ENDLESS = 100

const BYTE_ORDER_MARK = '\xef\xbb\xbf'

/** Who a reader tells of what it reads, in the file's order. */
export interface CsvListener {
  /** The fields of a whole record; false says that it makes no sense. */
  record(fields: readonly string[]): boolean
  /**
   * The line, from 1, of a record that makes no sense, or that has no end: of the latter the first
   * line is left out, and the next is read as a new record.
   */
  unreadable(line: number): void
}

/**
 * Reads CSV (RFC 4180) from bytes, as they come: quotes, line breaks in fields, CRLF and LF, a byte
 * order mark, a last line without an end. Fields are given in latin1, a character for each byte,
 * which is safe for UTF-8 and quick. Empty lines are no records.
 *
 * The parser is Papa Parse's inner one, for it tells where the last whole record of a text ends:
 * the rest waits for more bytes, so that no block's end can cut a record.
 */
export class CsvReader {
  readonly #listener: CsvListener
  readonly #parser = new Papa.Parser({ delimiter: ',', newline: '\n' })
  #rest = ''
  #line = 1
  #hasBegun = false
  /** Records that had no end. */
  #endless = 0
  /** Lines that are not read as records any more, and whether the first of them has been told. */
  #toLeaveOut = 0
  #isWithinLine = false

  constructor(listener: CsvListener) {
    this.#listener = listener
  }

  push(bytes: Buffer): void {
    for (let start = 0; start < bytes.length; start += BLOCK_LENGTH) {
      this.#read(bytes.toString('latin1', start, start + BLOCK_LENGTH))
    }
  }

  /** Says that no more bytes come. */
  end(): void {
    // Half of a CRLF would stand between a closing quotation mark and the end.
    const last = this.#rest.replace(/\r$/, '')
    let text = this.#takeWhole(this.#withoutMark(last))
    this.#rest = ''
    while (text !== '') text = this.#takeWhole(this.#takeLast(text))
  }

  #read(block: string): void {
    let text = this.#leaveOutLines(this.#rest + block)
    if (!this.#hasBegun) {
      if (text.length < BYTE_ORDER_MARK.length) {
        this.#rest = text
        return
      }
      text = this.#withoutMark(text)
      this.#hasBegun = true
    }
    // A record is held to its longest length, not to what has come of it: how the bytes are cut must
    // not decide which records are read.
    while (text.length > MAX_RECORD_LENGTH) {
      const rest = this.#takeWhole(text.slice(0, MAX_RECORD_LENGTH))
      const hasTaken = rest.length < MAX_RECORD_LENGTH
      text = hasTaken ? rest + text.slice(MAX_RECORD_LENGTH) : this.#leaveOutEndless(text)
    }
    this.#rest = this.#takeWhole(text)
  }

  /** Hands on all records that have an end; gives the text after them. */
  #takeWhole(text: string): string {
    const { data, meta } = this.#parse(text, true)
    if (data.length === 0) return text
    this.#handOn(data, text.slice(0, meta.cursor))
    return text.slice(meta.cursor)
  }

  /** The last record, which has no line's end, or no closing quotation mark. */
  #takeLast(text: string): string {
    const { data, errors } = this.#parse(text, false)
    if (errors.some(({ code }) => code === 'MissingQuotes')) return this.#leaveOutEndless(text)
    this.#handOn(data, text)
    return ''
  }

  /** The line at which a record without an end begins; more where there are many of those. */
  #leaveOutEndless(text: string): string {
    this.#endless += 1
    this.#toLeaveOut = 2 ** Math.max(0, this.#endless - MAX_ENDLESS)
    return this.#leaveOutLines(text)
  }

  #leaveOutLines(text: string): string {
    let at = 0
    while (this.#toLeaveOut > 0 && at < text.length) {
      if (!this.#isWithinLine) this.#listener.unreadable(this.#line)
      const end = text.indexOf('\n', at) + 1
      this.#isWithinLine = end === 0
      if (this.#isWithinLine) return ''
      this.#line += 1
      this.#toLeaveOut -= 1
      at = end
    }
    return text.slice(at)
  }

  #handOn(records: string[][], text: string): void {
    const begin = this.#line
    let counted = 0
    for (let at = 0; at < records.length; at++) {
      const fields = records[at] as string[]
      withoutReturn(fields)
      const isEmptyLine = fields.length === 1 && fields[0] === ''
      if (isEmptyLine || this.#listener.record(fields)) continue
      // Only here, and each record once: lines cost more to count than to read.
      for (; counted < at; counted++) this.#line += countLinesOf(records[counted] as string[])
      this.#listener.unreadable(this.#line)
    }
    this.#line = begin + countLines(text)
  }

  #parse(text: string, leaveOutLast: boolean): Papa.ParseResult<string[]> {
    return this.#parser.parse(text, 0, leaveOutLast)
  }

  #withoutMark(text: string): string {
    const isMarked = !this.#hasBegun && text.startsWith(BYTE_ORDER_MARK)
    return isMarked ? text.slice(BYTE_ORDER_MARK.length) : text
  }
}

/** Lines end in LF for the parser, so that a file may have both ends: a CR before it is no text. */
function withoutReturn(fields: string[]): void {
  const last = fields.length - 1
  const field = fields[last] as string
  if (field.charCodeAt(field.length - 1) === 0x0d) fields[last] = field.slice(0, -1)
}

function countLinesOf(fields: readonly string[]): number {
  return fields.reduce((lines, field) => lines + countLines(field), 1)
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
