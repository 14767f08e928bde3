import Papa from 'papaparse'

/** Text that is parsed at a time: what fits the processor's caches is read twice as fast. */
const BLOCK_LENGTH = 32_768

/** Far above any message. A record that does not end in it has lost a quotation mark. */
const MAX_RECORD_LENGTH = 262_144

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
  /** Within a line that is too long to be kept. */
  #isSkipping = false

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
    let text = this.#takeWhole(this.#withoutMark(this.#rest))
    this.#rest = ''
    while (text !== '') text = this.#takeWhole(this.#takeLast(text))
  }

  #read(block: string): void {
    let text = this.#isSkipping ? this.#afterSkipped(block) : this.#rest + block
    if (!this.#hasBegun) {
      if (text.length < BYTE_ORDER_MARK.length) {
        this.#rest = text
        return
      }
      text = this.#withoutMark(text)
      this.#hasBegun = true
    }
    text = this.#takeWhole(text)
    while (text.length > MAX_RECORD_LENGTH) text = this.#takeWhole(this.#leaveOutLine(text))
    this.#rest = text
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
    if (errors.some(({ code }) => code === 'MissingQuotes')) return this.#leaveOutLine(text)
    this.#handOn(data, text)
    return ''
  }

  #leaveOutLine(text: string): string {
    this.#listener.unreadable(this.#line)
    const end = text.indexOf('\n') + 1
    if (end === 0) {
      this.#isSkipping = true
      return ''
    }
    this.#line += 1
    return text.slice(end)
  }

  #afterSkipped(block: string): string {
    const end = block.indexOf('\n') + 1
    if (end === 0) return ''
    this.#isSkipping = false
    this.#line += 1
    return block.slice(end)
  }

  #handOn(records: string[][], text: string): void {
    for (let at = 0; at < records.length; at++) {
      const fields = records[at] as string[]
      withoutReturn(fields)
      const isEmptyLine = fields.length === 1 && fields[0] === ''
      if (isEmptyLine || this.#listener.record(fields)) continue
      this.#listener.unreadable(this.#line + countLinesIn(records.slice(0, at)))
    }
    this.#line += countLines(text)
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

function countLinesIn(records: readonly string[][]): number {
  return records.reduce((lines, fields) => lines + 1 + countLines(fields.join('')), 0)
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
