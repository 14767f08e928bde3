import { mayHoldPhoneNumber } from '../sanitize.js'
import type { CsvRecord } from './csv.js'
import { type Decimal, parseDecimal } from './decimal.js'
import {
  COLUMNS,
  type Column,
  GROUP_NAMES,
  GROUP_RULES,
  type GroupName,
  type SmsRecord,
  UNKNOWN,
} from './figures.js'
import { Meanings } from './meanings.js'
import { cutName, MAX_NAME_LENGTH } from './names.js'

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

/** A phone number begins with a digit, or with a sign that comes before the digits (`+`, `(`). */
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

const OUTBOUND = 'outbound'
const NO_PRICE = 'none'
const NO_NUMBER = 'no number'

/** What a status says of an outbound record. */
interface Status {
  readonly name: string
  readonly isDelivered: boolean
  /** Whether its timestamp is that of the delivery. */
  readonly isTimed: boolean
  readonly isPending: boolean
}

/** Reads what the records of one file say. */
export class RecordReader {
  readonly #parts: Meanings<number>
  readonly #price: Meanings<Decimal | typeof NO_PRICE | typeof NO_NUMBER>
  readonly #currency: Meanings<string>
  readonly #direction: Meanings<string>
  readonly #status: Meanings<Status>
  readonly #confirmation: Meanings<SmsRecord['confirmedBy']>
  readonly #errorCode: Meanings<string | undefined>
  /** Of each group whose names are texts. */
  readonly #names: readonly (Meanings<string> | undefined)[]
  /**
   * What makes the key. A column that `read` uses and that is not here is counted as the first record
   * of its kind had it. `#ofOutbound`: the same, of outbound records alone.
   */
  readonly #columns: readonly Meanings<unknown>[]
  readonly #ofOutbound: readonly Meanings<unknown>[]

  constructor({ places }: Header) {
    this.#parts = new Meanings(places.smscount, readParts)
    this.#price = new Meanings(places.price_total, readPrice)
    this.#currency = new Meanings(places.price_currency, readName)
    // Without the column all are outbound.
    const hasDirection = places.direction !== undefined
    this.#direction = new Meanings(places.direction, hasDirection ? readDirection : () => OUTBOUND)
    this.#status = new Meanings(places.status_value, readStatus)
    this.#confirmation = new Meanings(places.status_details, readConfirmation)
    this.#errorCode = new Meanings(places.status_errorcode, readErrorCode)
    this.#names = GROUP_NAMES.map((name) => {
      const { names, column } = GROUP_RULES[name]
      return names === 'text' ? new Meanings(places[column], readName) : undefined
    })
    const namesOf = (of?: 'outbound') =>
      this.#names.filter(
        (names, at) => names && GROUP_RULES[GROUP_NAMES[at] as GroupName].of === of,
      ) as Meanings<string>[]
    this.#columns = [
      this.#parts,
      this.#price,
      this.#currency,
      this.#direction,
      this.#status,
      this.#errorCode,
      ...namesOf(),
    ]
    this.#ofOutbound = [this.#confirmation, ...namesOf('outbound')]
  }

  /** How many numbers `key` gives. */
  get keyLength(): number {
    return this.#columns.length + this.#ofOutbound.length
  }

  /**
   * Writes the record's key: two records with the same key count for the same, but for their times.
   * Returns a hash of it.
   */
  key(record: CsvRecord, numbers: Int32Array): number {
    const columns = this.#columns
    const ofOutbound = this.#ofOutbound
    let hash = 0
    for (let at = 0; at < columns.length; at++) {
      const number = (columns[at] as Meanings<unknown>).numberOf(record)
      numbers[at] = number
      hash = (Math.imul(hash, 31) + number) | 0
    }
    // The sender of an inbound message is a person, and in no figure.
    const isOutbound = this.#direction.of(record) === OUTBOUND
    for (let at = 0; at < ofOutbound.length; at++) {
      const number = isOutbound ? (ofOutbound[at] as Meanings<unknown>).numberOf(record) : 0
      numbers[columns.length + at] = number
      hash = (Math.imul(hash, 31) + number) | 0
    }
    return hash
  }

  /** What the record counts for, or why it makes no sense. */
  read(record: CsvRecord): SmsRecord | Unreadable {
    const parts = this.#parts.of(record)
    if (parts < 0) return 'smscount is no number'
    const price = this.#price.of(record)
    if (price === NO_NUMBER) return 'price_total is no number'

    const direction = this.#direction.of(record)
    const isOutbound = direction === OUTBOUND
    const status = this.#status.of(record)
    const isDelivered = isOutbound && status.isDelivered
    const isPending = isOutbound && status.isPending
    const isPriced = price !== NO_PRICE
    return {
      names: this.#names.map((names) => names?.of(record)),
      isOutbound,
      direction,
      status: status.name,
      isDelivered,
      isPending,
      isFailed: isOutbound && !isDelivered && !isPending,
      confirmedBy: isDelivered ? this.#confirmation.of(record) : undefined,
      errorCode: this.#errorCode.of(record),
      isTimed: isOutbound && status.isTimed,
      parts,
      currency: isPriced ? this.#currency.of(record) : UNKNOWN,
      price: isPriced ? price : undefined,
    }
  }
}

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
  if (text === '1') return OUTBOUND
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
