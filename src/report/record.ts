import { mayHoldPhoneNumber } from '../sanitize.js'
import type { CsvRecord } from './csv.js'
import { type Decimal, parseDecimal } from './decimal.js'
import {
  COLUMNS,
  type Column,
  GROUP_NAMES,
  GROUP_RULES,
  type SmsRecord,
  UNKNOWN,
} from './figures.js'
import { cutName, MAX_NAME_LENGTH } from './names.js'
import { bucketOf } from './sketch.js'
import { Times } from './times.js'

/** Where a file has its columns, by its header. */
export interface Header {
  /** Of each column that is there, the place from 0. */
  readonly places: Readonly<Partial<Record<Column, number>>>
  readonly missing: readonly Column[]
}

/** Why a record makes no sense. */
export type Unreadable = 'smscount is no number' | 'price_total is no number'

/** What exporters write for nothing. `NA` is Namibia. */
const BLANK = /^\s*(?:--?|#?n\/a|\(?null\)?|\\n|nil|none)?\s*$/i
const MAX_BLANK_LENGTH = 12

/** Longer than any price; it bounds the work that a hostile file can ask for. */
const MAX_PRICE_LENGTH = 40

/** No text for a person begins with what is above it, but numbers do. */
const NINE = 0x39

/** Finds the columns by their names, in any order and any case; the first of two is taken. */
export function readHeader(fields: readonly string[]): Header {
  const names = fields.map((field) => field.trim().toLowerCase())
  const found = COLUMNS.map((column) => [column, names.indexOf(column)] as const)
  return {
    places: Object.fromEntries(found.filter(([, place]) => place >= 0)),
    missing: found.filter(([, place]) => place < 0).map(([column]) => column),
  }
}

/** Places for the distinct fields of a column, of which most columns have few. A power of 2. */
const SLOTS = 4_096
const PROBES = 4

/**
 * What the fields of a column mean. Each distinct one is made a text and read once, as long as it
 * has a slot: the slot is found by the field's bytes, and what finds all its slots taken takes one.
 */
class Meanings<T> {
  readonly #place: number | undefined
  readonly #read: (text: string) => T
  readonly #ofBlank: T
  readonly #texts: (string | undefined)[] = new Array(SLOTS).fill(undefined)
  readonly #values: T[]
  /** The last one that was asked for, which mostly comes again. */
  #lastText = ''
  #last: T

  /** Where a file does not have the column, its fields are blank. */
  constructor(place: number | undefined, read: (text: string) => T) {
    this.#place = place
    this.#read = read
    this.#ofBlank = read('')
    this.#last = this.#ofBlank
    this.#values = new Array(SLOTS).fill(this.#ofBlank)
  }

  of(record: CsvRecord): T {
    const place = this.#place
    if (place === undefined) return this.#ofBlank
    const { bytes } = record
    const start = record.starts[place] as number
    const end = record.ends[place] as number
    if (end === start) return this.#ofBlank
    if (isSame(this.#lastText, bytes, start, end) && record.isPlain(place)) return this.#last
    if (end - start > MAX_NAME_LENGTH || !record.isPlain(place)) {
      return this.#read(record.text(place))
    }
    let hash = 0
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & (SLOTS - 1)
      const text = this.#texts[slot]
      if (text === undefined) return this.#take(slot, record.text(place))
      if (isSame(text, bytes, start, end)) {
        this.#lastText = text
        this.#last = this.#values[slot] as T
        return this.#last
      }
    }
    return this.#take(hash & (SLOTS - 1), record.text(place))
  }

  #take(slot: number, text: string): T {
    const value = this.#read(text)
    this.#texts[slot] = text
    this.#values[slot] = value
    return value
  }
}

function isSame(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) !== bytes[start + at]) return false
  }
  return true
}

/** What a status says of an outbound record. */
interface Status {
  readonly name: string
  readonly isDelivered: boolean
  /** Whether its timestamp is that of the delivery. */
  readonly isTimed: boolean
  readonly isPending: boolean
}

/** Reads the records of one file. */
export class RecordReader {
  readonly #places: Header['places']
  readonly #parts: Meanings<number>
  readonly #prices: Meanings<Decimal | typeof NO_PRICE | typeof NO_NUMBER>
  readonly #currencies: Meanings<string>
  readonly #directions: Meanings<string>
  readonly #statuses: Meanings<Status>
  readonly #confirmations: Meanings<SmsRecord['confirmedBy']>
  readonly #errorCodes: Meanings<string | undefined>
  /** Of each group whose names are texts. */
  readonly #names: readonly (Meanings<string> | undefined)[]
  readonly #times = new Times()
  readonly #record = {
    names: GROUP_NAMES.map(() => UNKNOWN),
    isOutbound: false,
    direction: UNKNOWN,
    status: UNKNOWN,
    isDelivered: false,
    isPending: false,
    isFailed: false,
    confirmedBy: undefined as SmsRecord['confirmedBy'],
    errorCode: undefined as string | undefined,
    createdMs: Number.NaN,
    timeBucket: -1,
    parts: 0,
    currency: UNKNOWN,
    price: undefined as Decimal | undefined,
  }

  constructor({ places }: Header) {
    this.#places = places
    this.#parts = new Meanings(places.smscount, readParts)
    this.#prices = new Meanings(places.price_total, readPrice)
    this.#currencies = new Meanings(places.price_currency, readName)
    this.#directions = new Meanings(places.direction, readDirection)
    this.#statuses = new Meanings(places.status_value, readStatus)
    this.#confirmations = new Meanings(places.status_details, readConfirmation)
    this.#errorCodes = new Meanings(places.status_errorcode, readErrorCode)
    this.#names = GROUP_NAMES.map((name) => {
      const { names, column } = GROUP_RULES[name]
      return names === 'text' ? new Meanings(places[column], readName) : undefined
    })
  }

  /** The record, which is good until the next one is read, or why it makes no sense. */
  read(fields: CsvRecord): SmsRecord | Unreadable {
    const parts = this.#parts.of(fields)
    if (parts < 0) return 'smscount is no number'
    const price = this.#prices.of(fields)
    if (price === NO_NUMBER) return 'price_total is no number'

    const record = this.#record
    record.parts = parts
    record.price = price === NO_PRICE ? undefined : price
    record.currency = record.price === undefined ? UNKNOWN : this.#currencies.of(fields)
    // Without the column all are outbound.
    record.direction =
      this.#places.direction === undefined ? 'outbound' : this.#directions.of(fields)
    record.isOutbound = record.direction === 'outbound'
    const status = this.#statuses.of(fields)
    record.status = status.name
    record.isDelivered = record.isOutbound && status.isDelivered
    record.isPending = record.isOutbound && status.isPending
    record.isFailed = record.isOutbound && !status.isDelivered && !status.isPending
    record.confirmedBy = record.isDelivered ? this.#confirmations.of(fields) : undefined
    record.errorCode = this.#errorCodes.of(fields)
    this.#readTimes(fields, record.isOutbound && status.isTimed)
    this.#readNames(fields)
    return record
  }

  #readTimes(fields: CsvRecord, isTimed: boolean): void {
    const { createdat, status_timestamp } = this.#places
    const record = this.#record
    record.createdMs = this.#times.read(fields, createdat)
    record.timeBucket = isTimed
      ? bucketOf(this.#times.read(fields, status_timestamp) - record.createdMs)
      : -1
  }

  #readNames(fields: CsvRecord): void {
    const { names, createdMs } = this.#record
    const hasTime = !Number.isNaN(createdMs)
    for (let at = 0; at < names.length; at++) {
      const texts = this.#names[at]
      if (texts) names[at] = texts.of(fields)
      else if (!hasTime) names[at] = UNKNOWN
      else names[at] = IS_DAY[at] ? this.#times.dayOf(createdMs) : this.#times.hourOf(createdMs)
    }
  }
}

const IS_DAY = GROUP_NAMES.map((name) => GROUP_RULES[name].names === 'day')

const NO_PRICE = 'none'
const NO_NUMBER = 'no number'

function readPrice(field: string): Decimal | typeof NO_PRICE | typeof NO_NUMBER {
  const text = field.trim()
  if (isBlank(text)) return NO_PRICE
  return (text.length <= MAX_PRICE_LENGTH && parseDecimal(text)) || NO_NUMBER
}

function readStatus(text: string): Status {
  const word = text.length > MAX_NAME_LENGTH ? '' : text.trim().toLowerCase()
  const isDelivered = word === 'delivered' || word === 'read'
  return {
    name: readName(text),
    isDelivered,
    isTimed: word === 'delivered',
    isPending: !isDelivered && !['undelivered', 'rejected', 'failed'].includes(word),
  }
}

/**
 * A number would be a person's if columns were mixed up, and is one where it is a sender. It is
 * looked for in each record, so that there are not as many names as people; what stands in the
 * middle of a text is found when the names are put out.
 */
function readName(text: string): string {
  const name = cutName(text)
  if (isBlank(name)) return UNKNOWN
  return name.trimStart().charCodeAt(0) <= NINE && mayHoldPhoneNumber(name) ? UNKNOWN : name
}

function isBlank(text: string): boolean {
  return text.length <= MAX_BLANK_LENGTH ? BLANK.test(text) : text.trim() === ''
}

function readDirection(field: string): string {
  const text = field.trim()
  if (text === '1') return 'outbound'
  if (text === '0') return 'inbound'
  return /^(out|in)bound$/i.test(text) ? text.toLowerCase() : UNKNOWN
}

/** A whole number from 0, `2` or `2.0`; 0 for none; -1 for anything else. */
function readParts(field: string): number {
  const text = field.trim()
  if (/^\+?\d{1,9}(\.0*)?$/.test(text)) return Number(text)
  return isBlank(text) ? 0 : -1
}

function readConfirmation(field: string): SmsRecord['confirmedBy'] {
  const text = field.trim().toLowerCase()
  if (text === 'delivered_to_recipient') return 'recipient'
  return text === 'delivered_to_operator' ? 'operator' : undefined
}

/** Zeros and what stands for nothing are no error. */
function readErrorCode(text: string): string | undefined {
  const name = readName(text)
  const isNone = name === UNKNOWN ? isBlank(text) : /^\s*0+\s*$/.test(name)
  return isNone ? undefined : name
}
