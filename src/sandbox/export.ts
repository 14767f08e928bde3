import { UTCDateMini } from '@date-fns/utc/date/mini'
import { addMonths } from 'date-fns/addMonths'
import {
  HEADER_LINE,
  HOUR_MS,
  type Message,
  messagesOf,
  type RowOptions,
  RowWriter,
} from './rows.js'

const CHUNK_BYTES = 262_144
/** How far logs reach back (docs/api.md#limits). */
const KEPT_MONTHS = 6
/** One of so many messages has the phone number that is asked for. */
const MESSAGES_PER_NUMBER = 100

/** What a start asks for: a window from `from` to before `to`, in epoch milliseconds. */
export interface ExportRequest {
  readonly from: number
  readonly to: number
  /** Digits alone. */
  readonly phoneNumber: string | undefined
  /** Empty for all. */
  readonly countries: readonly string[]
  readonly limit: number
}

export type ExportSource = ExportRequest & RowOptions & { readonly records: number }

/** What is in a file of one hour. */
type Hour = { readonly hour: number; readonly rows: number; readonly bytes: number }

/**
 * The CSV files of an export. They have about the same number of rows, and each has whole hours.
 * Only the last 6 months before `asOf` are in them.
 */
export function createFiles(wanted: ExportSource, files: number): ExportFile[] {
  const kept = addMonths(new UTCDateMini(wanted.asOf), -KEPT_MONTHS).getTime()
  const from = Math.max(wanted.from, kept)
  const source = { ...wanted, from, to: Math.min(wanted.to, wanted.asOf + 1) }
  const hours = countByHour(source)
  const all = hours.reduce((sum, { rows }) => sum + rows, 0)
  const parts: Hour[][] = Array.from({ length: files }, () => [])
  let before = 0
  for (const hour of hours) {
    parts[Math.floor((before * files) / all)]?.push(hour)
    before += hour.rows
  }
  return parts.map((part) => new ExportFile(source, part))
}

function countByHour(source: ExportSource): Hour[] {
  const writer = new RowWriter(source)
  const hours: Hour[] = []
  let left = source.limit || Number.POSITIVE_INFINITY
  for (let hour = Math.floor(source.from / HOUR_MS); hour * HOUR_MS < source.to; hour++) {
    const messages = rowsOf(hour, source, writer).slice(0, left)
    const bytes = messages.reduce((sum, message) => sum + writer.bytesOf(message), 0)
    if (messages.length > 0) hours.push({ hour, rows: messages.length, bytes })
    left -= messages.length
  }
  return hours
}

/** The messages in the window that pass the filters. */
function rowsOf(hour: number, source: ExportSource, writer: RowWriter): Message[] {
  const { seed, records, from, to, countries, phoneNumber } = source
  return messagesOf(hour, seed, records).filter((message) => {
    if (message.createdAt < from || message.createdAt >= to) return false
    const { country, callingCode } = writer.kindOf(message)
    if (countries.length > 0 && !countries.includes(country)) return false
    if (phoneNumber === undefined) return true
    return phoneNumber.startsWith(callingCode) && message.bits % MESSAGES_PER_NUMBER === 0
  })
}

/**
 * One of an export's CSV files. Its rows are made when they are read, from any place on. Only their
 * number and their length in each hour are kept.
 */
export class ExportFile {
  readonly bytes: number
  readonly rows: number
  readonly #source: ExportSource
  readonly #hours: readonly Hour[]

  constructor(source: ExportSource, hours: readonly Hour[]) {
    this.#source = source
    this.#hours = hours
    this.rows = hours.reduce((sum, { rows }) => sum + rows, 0)
    this.bytes = hours.reduce((sum, { bytes }) => sum + bytes, HEADER_LINE.length)
  }

  /** The bytes from `start` to `end` (not included), in chunks of some 256 kB. */
  *read(start: number, end: number): Generator<Buffer> {
    let position = 0
    const partOf = (text: string): Buffer => {
      const chunk = Buffer.from(text)
      const part = chunk.subarray(Math.max(0, start - position), Math.max(0, end - position))
      position += chunk.length
      return part
    }
    yield partOf(HEADER_LINE)
    const writer = new RowWriter(this.#source)
    for (const { hour, rows, bytes } of this.#hours) {
      if (position + bytes <= start) {
        position += bytes
        continue
      }
      let text = ''
      for (const message of rowsOf(hour, this.#source, writer).slice(0, rows)) {
        if (position >= end) return
        text += writer.format(message)
        if (text.length < CHUNK_BYTES) continue
        yield partOf(text)
        text = ''
      }
      yield partOf(text)
    }
  }
}
