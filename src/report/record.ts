import { type Decimal, parseDecimal } from './decimal.js'
import { detached } from './names.js'

/** The columns that figures are made from (docs/api.md#csv-columns). */
export const COLUMNS = [
  'direction',
  'country',
  'operator',
  'status_value',
  'status_errorcode',
  'createdat',
  'smscount',
  'price_currency',
  'price_total',
] as const

export type Column = (typeof COLUMNS)[number]

/** Where a file has its columns, by its header. */
export interface Header {
  /** How many fields each record has to have. */
  readonly fields: number
  /** Of each column that is there, the place from 0. */
  readonly places: Readonly<Partial<Record<Column, number>>>
  readonly missing: readonly Column[]
}

/** What is counted of one record. Names are in latin1, as the file's bytes are. */
export interface SmsRecord {
  readonly isOutbound: boolean
  readonly direction: string
  readonly isDelivered: boolean
  readonly status: string
  /** Undefined where there was no error. */
  readonly errorCode: string | undefined
  readonly country: string
  readonly operator: string
  /** `2026-11-01`, in UTC. */
  readonly day: string
  readonly parts: number
  readonly currency: string
  /** Undefined where the file gives none. */
  readonly price: Decimal | undefined
}

/** For what a record does not say. */
export const UNKNOWN = 'unknown'

/**
 * A name that would be a person's number if columns were mixed up. It is looked for in each record,
 * so that there are not as many names as people; what is written in another way is found when the
 * names are put out.
 */
const PHONE_NUMBER = /^\+?\d{7,15}$/

/** A time in UTC that is one on any day, as nearly all are. */
const UTC_TIME = /^.{10}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/

/** What begins with a character above it is neither blank nor a number. */
const NINE = 0x39

/** Longer than any price; it bounds the work that a hostile file can ask for. */
const MAX_PRICE_LENGTH = 40

const MAX_REMEMBERED = 10_000

/** Finds the columns by their names, in any order and any case; the first of two is taken. */
export function readHeader(fields: readonly string[]): Header {
  const names = fields.map((field) => field.trim().toLowerCase())
  const found = COLUMNS.map((column) => [column, names.indexOf(column)] as const)
  return {
    fields: fields.length,
    places: Object.fromEntries(found.filter(([, place]) => place >= 0)),
    missing: found.filter(([, place]) => place < 0).map(([column]) => column),
  }
}

/** Reads the records of one file. */
export class RecordReader {
  readonly #header: Header
  readonly #prices = new Map<string, Decimal | undefined>()
  readonly #days = new Map<string, string>()

  constructor(header: Header) {
    this.#header = header
  }

  /** Undefined for one with too few or too many fields, a price or a `smscount` that is none. */
  read(fields: readonly string[]): SmsRecord | undefined {
    if (fields.length !== this.#header.fields) return undefined
    const { places } = this.#header
    const parts = readParts(textAt(fields, places.smscount))
    const priceText = textAt(fields, places.price_total)
    const price = priceText === '' ? undefined : this.#readPrice(priceText)
    if (parts === undefined || (priceText !== '' && price === undefined)) return undefined

    const direction = readDirection(fields, places.direction)
    const status = nameAt(fields, places.status_value)
    const errorCode = fields[places.status_errorcode ?? -1] ?? ''
    return {
      isOutbound: direction === 'outbound',
      direction,
      isDelivered: direction === 'outbound' && isDelivered(status),
      status,
      errorCode: isNoError(errorCode) ? undefined : nameOf(errorCode),
      country: nameAt(fields, places.country),
      operator: nameAt(fields, places.operator),
      day: this.#readDay(textAt(fields, places.createdat)),
      parts,
      currency: nameAt(fields, places.price_currency),
      price,
    }
  }

  /** Prices are few, and parsing one costs more than remembering it. */
  #readPrice(text: string): Decimal | undefined {
    const known = this.#prices.get(text)
    if (known !== undefined || this.#prices.has(text)) return known
    const price = text.length > MAX_PRICE_LENGTH ? undefined : parseDecimal(text)
    if (this.#prices.size < MAX_REMEMBERED) this.#prices.set(detached(text), price)
    return price
  }

  /** The same of times: of those in UTC the day alone has to be looked up. */
  #readDay(text: string): string {
    const known = UTC_TIME.test(text) ? this.#days.get(text.slice(0, 10)) : undefined
    if (known !== undefined) return known
    const day = utcDayOf(text)
    if (day !== UNKNOWN && this.#days.size < MAX_REMEMBERED) this.#days.set(day, day)
    return day
  }
}

/**
 * The UTC day of a time in ISO 8601, with a `T` or a space in it; one without a zone is in UTC,
 * as all of the API's are.
 */
function utcDayOf(text: string): string {
  const [, day, time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?)?$/i.exec(
      text,
    ) ?? []
  if (day === undefined) return UNKNOWN
  const offset = /^(Z|UTC)$/i.test(zone) ? 'Z' : zone.replace(/^(...)(\d\d)$/, '$1:$2')
  const instant = new Date(`${day}T${time}${offset}`)
  const isRealDay = new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day)
  const utc = isRealDay && !Number.isNaN(instant.getTime()) ? instant.toISOString() : ''
  // Years before 0 and after 9999 have a sign and more digits.
  return /^\d/.test(utc) ? utc.slice(0, 10) : UNKNOWN
}

/** Without the column all are outbound. */
function readDirection(fields: readonly string[], place: number | undefined): string {
  if (place === undefined) return 'outbound'
  const text = textAt(fields, place)
  if (text === '1') return 'outbound'
  if (text === '0') return 'inbound'
  return /^(out|in)bound$/i.test(text) ? text.toLowerCase() : UNKNOWN
}

/** A whole number from 0, `2` or `2.0`; 0 for none; undefined for anything else. */
function readParts(text: string): number | undefined {
  if (text === '1' || text === '') return text.length
  return /^\+?\d{1,9}(\.0*)?$/.test(text) ? Number(text) : undefined
}

function isDelivered(status: string): boolean {
  return status === 'delivered' || /^(delivered|read)$/i.test(status)
}

function isNoError(errorCode: string): boolean {
  return errorCode === '' || errorCode === '0' || /^\s*0?\s*$/.test(errorCode)
}

function textAt(fields: readonly string[], place: number | undefined): string {
  return place === undefined ? '' : (fields[place] as string).trim()
}

function nameAt(fields: readonly string[], place: number | undefined): string {
  return place === undefined ? UNKNOWN : nameOf(fields[place] as string)
}

function nameOf(text: string): string {
  const isName = text.charCodeAt(0) > NINE
  return isName || !(text.trim() === '' || PHONE_NUMBER.test(text.trim())) ? text : UNKNOWN
}
