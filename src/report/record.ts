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
import { Meanings, PROBES } from './meanings.js'
import { cutName, MAX_NAME_LENGTH } from './names.js'
import { bucketOf } from './sketch.js'
import type { Alike, Tally } from './tally.js'
import { DAY_MS, HOUR_MS, Times } from './times.js'

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

/** For the records that are alike. A power of 2. */
const KINDS = 8_192

/** In place of the day or the hour of a record without a time. */
const NO_PERIOD = Number.MIN_SAFE_INTEGER

/** Records that differ in nothing but their times within an hour, or a day. */
interface Kind {
  readonly periodMs: number
  readonly isTimed: boolean
  /** In place of the records: why they make no sense. */
  readonly alike: Alike | Unreadable
}

/**
 * Counts the records of one file. An export says the same again and again, so a record is looked up
 * by what its fields mean, and what it counts for is worked out for the first of its kind alone.
 */
export class RecordCounter {
  readonly #places: Header['places']
  readonly #tally: Tally
  readonly #times = new Times()
  readonly #parts: Meanings<number>
  readonly #price: Meanings<Decimal | typeof NO_PRICE | typeof NO_NUMBER>
  readonly #currency: Meanings<string>
  readonly #direction: Meanings<string>
  readonly #status: Meanings<Status>
  readonly #confirmation: Meanings<SmsRecord['confirmedBy']>
  readonly #errorCode: Meanings<string | undefined>
  /** Of each group whose names are texts. */
  readonly #names: readonly (Meanings<string> | undefined)[]
  /** By which a record is known, and those that only outbound ones are. */
  readonly #columns: readonly Meanings<unknown>[]
  readonly #ofOutbound: readonly Meanings<unknown>[]
  /** The numbers of what the record at hand says; those of each kind. */
  readonly #numbers: Int32Array
  readonly #keys: Int32Array
  readonly #kinds = new Array<Kind | undefined>(KINDS).fill(undefined)
  #added = 0

  constructor({ places }: Header, tally: Tally) {
    this.#places = places
    this.#tally = tally
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
      this.#names.filter((_, at) => GROUP_RULES[GROUP_NAMES[at] as GroupName].of === of)
    this.#columns = [
      ...[this.#parts, this.#price, this.#currency, this.#direction, this.#status],
      ...[this.#errorCode, ...namesOf()],
    ].filter((column) => column !== undefined)
    this.#ofOutbound = [this.#confirmation, ...namesOf('outbound')].filter(
      (column) => column !== undefined,
    )
    this.#numbers = new Int32Array(this.#columns.length + this.#ofOutbound.length)
    this.#keys = new Int32Array(KINDS * this.#numbers.length)
  }

  /** Counts a record, or gives why it makes no sense. */
  count(record: CsvRecord): Unreadable | undefined {
    const { createdat, status_timestamp } = this.#places
    const createdMs = this.#times.read(record, createdat)
    const { isTimed, alike } = this.#kindOf(record, createdMs)
    if (typeof alike === 'string') return alike
    this.#tally.reach(createdMs, createdMs)
    const deliveredMs = isTimed ? this.#times.read(record, status_timestamp) : Number.NaN
    alike.count(bucketOf(deliveredMs - createdMs))
    return undefined
  }

  /** Puts into the tally what has been counted: only then it has all. */
  settle(): void {
    for (const kind of this.#kinds) settle(kind)
  }

  #kindOf(record: CsvRecord, createdMs: number): Kind {
    const unitMs = this.#tally.hasHours ? HOUR_MS : DAY_MS
    const period = Math.floor(createdMs / unitMs)
    const periodMs = Number.isNaN(period) ? NO_PERIOD : period * unitMs
    const hash = this.#number(record, period | 0)
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & (KINDS - 1)
      const kind = this.#kinds[slot]
      if (kind === undefined) return this.#add(slot, record, { createdMs, periodMs })
      if (kind.periodMs === periodMs && this.#isAt(slot)) return kind
    }
    const slot = (hash + (this.#added % PROBES)) & (KINDS - 1)
    return this.#add(slot, record, { createdMs, periodMs })
  }

  /** Numbers what the record says; gives a number that follows from all of them. */
  #number(record: CsvRecord, period: number): number {
    const numbers = this.#numbers
    const columns = this.#columns
    const ofOutbound = this.#ofOutbound
    let hash = period
    for (let at = 0; at < columns.length; at++) {
      const number = (columns[at] as Meanings<unknown>).numberOf(record)
      numbers[at] = number
      hash = (Math.imul(hash, 31) + number) | 0
    }
    const isOutbound = this.#direction.of(record) === OUTBOUND
    for (let at = 0; at < ofOutbound.length; at++) {
      const number = isOutbound ? (ofOutbound[at] as Meanings<unknown>).numberOf(record) : 0
      numbers[columns.length + at] = number
      hash = (Math.imul(hash, 31) + number) | 0
    }
    return hash
  }

  #isAt(slot: number): boolean {
    const numbers = this.#numbers
    const first = slot * numbers.length
    for (let at = 0; at < numbers.length; at++) {
      if (numbers[at] !== this.#keys[first + at]) return false
    }
    return true
  }

  #add(
    slot: number,
    record: CsvRecord,
    { createdMs, periodMs }: { createdMs: number; periodMs: number },
  ): Kind {
    settle(this.#kinds[slot])
    this.#added += 1
    this.#keys.set(this.#numbers, slot * this.#numbers.length)
    const described = this.#describe(record, createdMs)
    const isReadable = typeof described !== 'string'
    const kind = {
      periodMs,
      isTimed: isReadable && described.isOutbound && this.#status.of(record).isTimed,
      alike: isReadable ? this.#tally.alike(described) : described,
    }
    this.#kinds[slot] = kind
    return kind
  }

  #describe(record: CsvRecord, createdMs: number): SmsRecord | Unreadable {
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
      names: this.#namesOf(record, createdMs),
      isOutbound,
      direction,
      status: status.name,
      isDelivered,
      isPending,
      isFailed: isOutbound && !isDelivered && !isPending,
      confirmedBy: isDelivered ? this.#confirmation.of(record) : undefined,
      errorCode: this.#errorCode.of(record),
      isDated: !Number.isNaN(createdMs),
      parts,
      currency: isPriced ? this.#currency.of(record) : UNKNOWN,
      price: isPriced ? price : undefined,
    }
  }

  #namesOf(record: CsvRecord, createdMs: number): string[] {
    return GROUP_NAMES.map((name, at) => {
      const texts = this.#names[at]
      if (texts) return texts.of(record)
      if (Number.isNaN(createdMs)) return UNKNOWN
      return GROUP_RULES[name].names === 'day'
        ? this.#times.dayOf(createdMs)
        : this.#times.hourOf(createdMs)
    })
  }
}

function settle(kind: Kind | undefined): void {
  if (typeof kind?.alike === 'object') kind.alike.settle()
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
