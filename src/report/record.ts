import { mayHoldPhoneNumber } from '../sanitize.js'
import type { CsvRecord } from './csv.js'
import { type Decimal, parseDecimal } from './decimal.js'
import {
  COLUMNS,
  type Column,
  GROUP_NAMES,
  GROUPS,
  type GroupName,
  mapNames,
  type SmsRecord,
  UNKNOWN,
} from './figures.js'
import { Meanings, spread } from './meanings.js'
import { cutName, MAX_NAME_LENGTH } from './names.js'

/** Which columns a file has, and where, by its header. */
export interface Header {
  /** The place of each column that is there, from 0. */
  readonly places: Readonly<Partial<Record<Column, number>>>
  readonly missing: readonly Column[]
}

/** Why a record cannot be read. */
export type Unreadable = 'smscount is no number' | 'price_total is no number'

/** What exporters write for an empty value. `NA` is not among them: it is Namibia. */
const BLANK = /^\s*(?:--?|#?n\/a|\(?null\)?|\\n|nil|none)?\s*$/i
const MAX_BLANK_LENGTH = 12

/** Longer than any price; it limits the work that a hostile file can cause. */
const MAX_PRICE_LENGTH = 40

/** A phone number begins with a digit, or with a sign that comes before the digits (`+`, `(`). */
const NINE = 0x39

/** Finds the columns by name, in any order and case; of two with the same name, the first counts. */
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

/** What a status means for an outbound record. */
interface Status {
  readonly name: string
  readonly isDelivered: boolean
  /** Whether its timestamp is the time of delivery. */
  readonly isTimed: boolean
  readonly isPending: boolean
}

/** Reads what the records of one file mean. */
export class RecordReader {
  readonly #parts: Meanings<number>
  readonly #price: Meanings<Decimal | typeof NO_PRICE | typeof NO_NUMBER>
  readonly #currency: Meanings<string>
  readonly #direction: Meanings<string>
  readonly #status: Meanings<Status>
  readonly #confirmation: Meanings<SmsRecord['confirmedBy']>
  readonly #errorCode: Meanings<string | undefined>
  /** For each group whose names are texts. */
  readonly #names: Readonly<Record<GroupName, Meanings<string> | undefined>>
  /**
   * What the key is made of. Every column that `read` uses must be here: otherwise all records of a
   * kind would count as its first one. `#ofOutbound`: the same, for outbound records only.
   */
  readonly #columns: readonly Meanings<unknown>[]
  readonly #ofOutbound: readonly Meanings<unknown>[]

  constructor({ places }: Header) {
    this.#parts = new Meanings(places.smscount, readParts)
    this.#price = new Meanings(places.price_total, readPrice)
    this.#currency = new Meanings(places.price_currency, readName)
    // Without the column, all records are outbound.
    const hasDirection = places.direction !== undefined
    this.#direction = new Meanings(places.direction, hasDirection ? readDirection : () => OUTBOUND)
    this.#status = new Meanings(places.status_value, readStatus)
    this.#confirmation = new Meanings(places.status_details, readConfirmation)
    this.#errorCode = new Meanings(places.status_errorcode, readErrorCode)
    this.#names = mapNames(GROUP_NAMES, (name) => {
      const { names, column } = GROUPS[name]
      return names === 'text' ? new Meanings(places[column], readName) : undefined
    })
    const namesOf = (of: 'all' | 'outbound') =>
      GROUP_NAMES.filter((name) => GROUPS[name].of === of)
        .map((name) => this.#names[name])
        .filter((names) => names !== undefined)
    this.#columns = [
      this.#parts,
      this.#price,
      this.#currency,
      this.#direction,
      this.#status,
      this.#errorCode,
      ...namesOf('all'),
    ]
    this.#ofOutbound = [this.#confirmation, ...namesOf('outbound')]
  }

  /** How many numbers `key` writes. */
  get keyLength(): number {
    return this.#columns.length + this.#ofOutbound.length
  }

  /**
   * Writes the record's key, and returns a hash of it. Two records with the same key differ only in
   * their times.
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
    // The sender of an inbound message is a person, and is in no figure.
    const isOutbound = this.#direction.of(record) === OUTBOUND
    for (let at = 0; at < ofOutbound.length; at++) {
      const number = isOutbound ? (ofOutbound[at] as Meanings<unknown>).numberOf(record) : 0
      numbers[columns.length + at] = number
      hash = (Math.imul(hash, 31) + number) | 0
    }
    return spread(hash)
  }

  /** What is counted of the record, or why it cannot be read. */
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
      names: mapNames(GROUP_NAMES, (name) =>
        isOutbound || GROUPS[name].of === 'all' ? this.#names[name]?.of(record) : undefined,
      ),
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
 * A phone number is a person's: as a sender, or if columns were mixed up. It is looked for here, so
 * that there are not as many names as people. One in the middle of a text is found when the names
 * are put out (names.ts).
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

/** A whole number from 0, `2` or `2.0`; 0 for a blank; -1 for anything else. */
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

/** Zeros and blanks mean no error. */
function readErrorCode(text: string): string | undefined {
  const name = readName(text)
  const isNone = name === UNKNOWN ? isBlank(text) : /^\s*0+\s*$/.test(name)
  return isNone ? undefined : name
}
