import { mayHoldPhoneNumber } from '../sanitize.js'
import { type Decimal, parseDecimal } from './decimal.js'
import {
  COLUMNS,
  type Column,
  GROUP_NAMES,
  GROUP_RULES,
  type SmsRecord,
  UNKNOWN,
} from './figures.js'
import { cutName, detached, MAX_NAME_LENGTH } from './names.js'
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

/** What begins with a character above it is neither blank nor a number. */
const NINE = 0x39

/** What exporters write for nothing. `NA` is Namibia. */
const BLANK = /^\s*(?:--?|#?n\/a|\(?null\)?|\\n|nil|none)?\s*$/i
const MAX_BLANK_LENGTH = 12

/** Longer than any price; it bounds the work that a hostile file can ask for. */
const MAX_PRICE_LENGTH = 40

const MAX_REMEMBERED = 10_000

/** Finds the columns by their names, in any order and any case; the first of two is taken. */
export function readHeader(fields: readonly string[]): Header {
  const names = fields.map((field) => field.trim().toLowerCase())
  const found = COLUMNS.map((column) => [column, names.indexOf(column)] as const)
  return {
    places: Object.fromEntries(found.filter(([, place]) => place >= 0)),
    missing: found.filter(([, place]) => place < 0).map(([column]) => column),
  }
}

/** Things by a field's text, which are read once; what is new is read each time when there are too many. */
class Remembered<T> {
  readonly #byText = new Map<string, T>()
  readonly #read: (text: string) => T

  constructor(read: (text: string) => T) {
    this.#read = read
  }

  at(text: string): T {
    return this.#byText.get(text) ?? this.#add(text)
  }

  #add(text: string): T {
    const value = this.#read(text)
    if (this.#byText.size < MAX_REMEMBERED && text.length <= MAX_NAME_LENGTH) {
      this.#byText.set(detached(text), value)
    }
    return value
  }
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
  readonly #header: Header
  readonly #prices = new Remembered(readPrice)
  readonly #statuses = new Remembered(readStatus)
  readonly #rareNames = new Remembered(readRareName)
  readonly #currencies = new Remembered((text: string) => detached(this.#nameOf(text)))
  readonly #times = new Times()
  /** Of each group, its column's place where its names are texts. */
  readonly #namePlaces: readonly (number | undefined)[]
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

  constructor(header: Header) {
    this.#header = header
    this.#namePlaces = GROUP_NAMES.map((name) => header.places[GROUP_RULES[name].column])
  }

  /** The record, which is good until the next one is read, or why it makes no sense. */
  read(fields: readonly string[]): SmsRecord | Unreadable {
    const { places } = this.#header
    const parts = readParts(textAt(fields, places.smscount))
    if (parts < 0) return 'smscount is no number'
    const price = this.#prices.at(textAt(fields, places.price_total))
    if (price === NO_NUMBER) return 'price_total is no number'

    const record = this.#record
    record.parts = parts
    record.price = price === NO_PRICE ? undefined : price
    record.currency =
      record.price === undefined
        ? UNKNOWN
        : this.#currencies.at(fieldAt(fields, places.price_currency))
    record.direction = readDirection(fields, places.direction)
    record.isOutbound = record.direction === 'outbound'
    const status = this.#statuses.at(fieldAt(fields, places.status_value))
    record.status = status.name
    record.isDelivered = record.isOutbound && status.isDelivered
    record.isPending = record.isOutbound && status.isPending
    record.isFailed = record.isOutbound && !status.isDelivered && !status.isPending
    record.confirmedBy = record.isDelivered
      ? readConfirmation(textAt(fields, places.status_details))
      : undefined
    record.errorCode = this.#readErrorCode(fieldAt(fields, places.status_errorcode))
    this.#readTimes(fields, record.isOutbound && status.isTimed)
    this.#readNames(fields)
    return record
  }

  #readTimes(fields: readonly string[], isTimed: boolean): void {
    const { createdat, status_timestamp } = this.#header.places
    const record = this.#record
    record.createdMs = this.#times.parse(textAt(fields, createdat))
    record.timeBucket = isTimed
      ? bucketOf(this.#times.parse(textAt(fields, status_timestamp)) - record.createdMs)
      : -1
  }

  #readNames(fields: readonly string[]): void {
    const { names, createdMs } = this.#record
    const hasTime = !Number.isNaN(createdMs)
    for (let at = 0; at < names.length; at++) {
      switch (NAMES_OF[at]) {
        case 'day':
          names[at] = hasTime ? this.#times.dayOf(createdMs) : UNKNOWN
          break
        case 'hour':
          names[at] = hasTime ? this.#times.hourOf(createdMs) : UNKNOWN
          break
        default:
          names[at] = this.#nameOf(fieldAt(fields, this.#namePlaces[at]))
      }
    }
  }

  #readErrorCode(text: string): string | undefined {
    if (text === '' || text === '0' || text === '00') return undefined
    const name = this.#nameOf(text)
    const isNone = name === UNKNOWN ? isBlank(text) : /^\s*0+\s*$/.test(name)
    return isNone ? undefined : name
  }

  /** Few names begin with what a number or a word for nothing begins with. */
  #nameOf(text: string): string {
    const first = text.charCodeAt(0)
    const isPlain = first > NINE && first !== 0x4e && first !== 0x6e && first !== 0x5c
    return isPlain && text.length <= MAX_NAME_LENGTH ? text : this.#rareNames.at(text)
  }
}

const NAMES_OF = GROUP_NAMES.map((name) => GROUP_RULES[name].names)

const NO_PRICE = 'none'
const NO_NUMBER = 'no number'

function readPrice(text: string): Decimal | typeof NO_PRICE | typeof NO_NUMBER {
  if (isBlank(text)) return NO_PRICE
  return (text.length <= MAX_PRICE_LENGTH && parseDecimal(text)) || NO_NUMBER
}

function readStatus(text: string): Status {
  const word = text.length > MAX_NAME_LENGTH ? '' : text.trim().toLowerCase()
  const isDelivered = word === 'delivered' || word === 'read'
  return {
    name: readRareName(text),
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
function readRareName(text: string): string {
  const name = cutName(text)
  if (isBlank(name)) return UNKNOWN
  return name.trimStart().charCodeAt(0) <= NINE && mayHoldPhoneNumber(name) ? UNKNOWN : name
}

function isBlank(text: string): boolean {
  return text.length <= MAX_BLANK_LENGTH ? BLANK.test(text) : text.trim() === ''
}

/** Without the column all are outbound. */
function readDirection(fields: readonly string[], place: number | undefined): string {
  if (place === undefined) return 'outbound'
  const text = textAt(fields, place)
  if (text === '1') return 'outbound'
  if (text === '0') return 'inbound'
  return /^(out|in)bound$/i.test(text) ? text.toLowerCase() : UNKNOWN
}

/** A whole number from 0, `2` or `2.0`; 0 for none; -1 for anything else. */
function readParts(text: string): number {
  if (text === '1' || text === '') return text.length
  if (/^\+?\d{1,9}(\.0*)?$/.test(text)) return Number(text)
  return isBlank(text) ? 0 : -1
}

function readConfirmation(text: string): SmsRecord['confirmedBy'] {
  if (text === 'delivered_to_recipient') return 'recipient'
  if (text === 'delivered_to_operator') return 'operator'
  if (/^delivered_to_recipient$/i.test(text)) return 'recipient'
  return /^delivered_to_operator$/i.test(text) ? 'operator' : undefined
}

function textAt(fields: readonly string[], place: number | undefined): string {
  const text = fieldAt(fields, place)
  // A blank comes before all letters and digits; asking is cheaper than trimming.
  const isTrimmed = isInk(text.charCodeAt(0)) && isInk(text.charCodeAt(text.length - 1))
  return isTrimmed ? text : text.trim()
}

function isInk(code: number): boolean {
  return code > 0x20 && code < 0x7f
}

/** What a file has no column for is blank. */
function fieldAt(fields: readonly string[], place: number | undefined): string {
  return place === undefined ? '' : (fields[place] as string)
}
