import type { CsvFormat } from './csv.js'

/** The columns of an export (docs/api.md#csv-columns), by which a header row is recognized. */
const KNOWN_COLUMNS = new Set(
  `umid subaccountid direction country operator mcc mnc status_value status_details
  status_errorcode status_errormessage status_timestamp msisdn source encoding createdat smscount
  price_currency price_persms price_total clientmessageid clientbatchid batchid body`.split(/\s+/),
)

/** The API writes commas; the others come from programs that have saved a file again. */
const DELIMITERS = [',', ';', '\t', '|']

/** The header row must be within so many bytes. */
export const MAX_BEGINNING_BYTES = 65_536

const UTF_8_MARK = '\xef\xbb\xbf'

/** How to read the bytes of an SMS log. */
export interface FileFormat extends CsvFormat {
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be'
}

/** What a file that is no SMS log looks like, in words for a message. */
export interface ForeignFile {
  readonly looksLike: string
}

/**
 * Detects from a file's beginning how to read it, or that it is no SMS log, because its header row
 * has none of the known columns. Undefined if more bytes are needed.
 */
export function detectFormat(
  beginning: Buffer,
  isWhole: boolean,
): FileFormat | ForeignFile | undefined {
  const encoding = encodingOf(beginning)
  const text = decode(beginning.subarray(0, MAX_BEGINNING_BYTES), encoding).trimStart()
  const end = text.search(/[\r\n]/)
  // An LF may follow the CRs.
  const isCut = end < 0 || /^\r*$/.test(text.slice(end))
  if (isCut && !isWhole && beginning.length < MAX_BEGINNING_BYTES) return undefined

  const header = end < 0 ? text : text.slice(0, end)
  const known = DELIMITERS.map((delimiter) => countKnown(header, delimiter))
  const most = Math.max(...known)
  if (most === 0) return { looksLike: describe(header) }
  const isLoneReturn = end >= 0 && /^\r(?!\r*\n)/.test(text.slice(end))
  return {
    encoding,
    delimiter: DELIMITERS[known.indexOf(most)] as string,
    lineEnd: isLoneReturn ? '\r' : '\n',
  }
}

/** By its byte order mark; without one, ASCII in UTF-16 is recognized by its zeros. */
function encodingOf([a, b, c, d]: Buffer): FileFormat['encoding'] {
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0 && c !== 0 && d === 0)) return 'utf-16le'
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0 && c === 0 && d !== 0)) return 'utf-16be'
  return 'utf-8'
}

/** UTF-8 as latin1, without its mark, as the rest of the file is read. */
function decode(bytes: Buffer, encoding: FileFormat['encoding']): string {
  if (encoding !== 'utf-8') {
    return new TextDecoder(encoding).decode(bytes.subarray(0, bytes.length & ~1))
  }
  const text = bytes.toString('latin1')
  return text.startsWith(UTF_8_MARK) ? text.slice(UTF_8_MARK.length) : text
}

function countKnown(header: string, delimiter: string): number {
  const names = header.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
  return names.filter((name) => KNOWN_COLUMNS.has(name.trim().toLowerCase())).length
}

function describe(header: string): string {
  if (header === '') return 'a file of blanks'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells it from text.
  if (/[\0-\x08\x0e-\x1f]/.test(header)) return 'packed or other binary data'
  return header.includes(',') || header.includes(';') || header.includes('\t')
    ? 'a table with other columns, or without a header row'
    : 'plain text'
}
