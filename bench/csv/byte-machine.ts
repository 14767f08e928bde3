import { createGroup, DECIMALS, PLACES, PlainFigures, type PlainGroup } from './plain-figures.ts'

const COMMA = 0x2c
const QUOTE = 0x22
const LINE_FEED = 0x0a
const RETURN = 0x0d
const ZERO = 0x30
const POINT = 0x2e
const COLUMNS = 24
const DAY_LENGTH = 10
const POWERS = Array.from({ length: DECIMALS + 1 }, (_, power) => 10 ** power)

/** Things by the bytes of their names, found with no text made of them. */
class ByByteName<T> {
  readonly #table: { bytes: Buffer; value: T }[][] = []
  readonly #create: (name: string) => T

  constructor(create: (name: string) => T) {
    this.#create = create
  }

  at(bytes: Buffer, start: number, end: number): T {
    const hash = hashOf(bytes, start, end)
    const bucket = this.#table[hash] ?? []
    this.#table[hash] = bucket
    for (const { bytes: name, value } of bucket) {
      if (isSame(name, bytes, start, end)) return value
    }
    const name = Buffer.from(bytes.subarray(start, end))
    const value = this.#create(name.toString('latin1').replaceAll('""', '"'))
    bucket.push({ bytes: name, value })
    return value
  }
}

interface Count {
  value: number
}

/** A group whose costs are found by the place of their currency. */
interface ByteGroup {
  readonly group: PlainGroup
  readonly costs: number[]
}

/**
 * The floor: a machine over bytes that is written for the sandbox's files. It counts and sums what
 * the report does, with no check of a header, a price or a number, and no bound on anything.
 */
export class ByteMachine {
  readonly #figures = new PlainFigures()
  readonly #currencies: string[] = []
  readonly #currency = new ByByteName((name) => this.#currencies.push(name) - 1)
  readonly #total: ByteGroup = { group: this.#figures.total, costs: [] }
  readonly #groups: ByteGroup[] = [this.#total]
  readonly #days = this.#grouped(this.#figures.days)
  readonly #countries = this.#grouped(this.#figures.countries)
  readonly #operators = this.#grouped(this.#figures.operators)
  readonly #directions = counted()
  readonly #statuses = counted()
  readonly #errors = counted()
  readonly #starts = new Int32Array(COLUMNS + 1)
  readonly #ends = new Int32Array(COLUMNS + 1)
  #rest = Buffer.alloc(0)
  #hasBegun = false

  push(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    this.#rest = Buffer.from(bytes.subarray(this.#read(bytes)))
  }

  end(): PlainFigures {
    const figures = this.#figures
    for (const [name, { value }] of this.#directions.all) figures.directions.set(name, value)
    for (const [name, { value }] of this.#statuses.all) figures.statuses.set(name, value)
    for (const [name, { value }] of this.#errors.all) figures.errors.set(name, value)
    for (const { group, costs } of this.#groups) {
      costs.forEach((cost, at) => {
        group.costs.set(this.#currencies[at] as string, cost)
      })
    }
    return figures
  }

  /** Reads whole records; gives the place of the first byte that is of none. */
  #read(bytes: Buffer): number {
    const starts = this.#starts
    const ends = this.#ends
    const { length } = bytes
    let recordStart = 0
    let column = 0
    let at = 0
    starts[0] = 0
    while (at < length) {
      let byte = bytes[at] as number
      if (byte === QUOTE) {
        starts[column] = at + 1
        for (;;) {
          at = bytes.indexOf(QUOTE, at + 1)
          if (at < 0 || at + 1 >= length) return recordStart
          if (bytes[at + 1] !== QUOTE) break
          at += 1
        }
        ends[column] = at
        at += 1
        byte = bytes[at] as number
        if (byte === RETURN) byte = bytes[++at] as number
      } else {
        starts[column] = at
        // Most bytes are above both, and need one comparison.
        while (byte > COMMA || (byte !== COMMA && byte !== LINE_FEED && at < length)) {
          byte = bytes[++at] as number
        }
        ends[column] = byte === LINE_FEED ? at - 1 : at
      }
      if (at >= length) return recordStart
      at += 1
      if (byte === COMMA) {
        column += 1
        continue
      }
      if (this.#hasBegun) this.#count(bytes)
      this.#hasBegun = true
      column = 0
      recordStart = at
    }
    return recordStart
  }

  #count(bytes: Buffer): void {
    const starts = this.#starts
    const ends = this.#ends
    const start = (place: number): number => starts[place] as number
    const end = (place: number): number => ends[place] as number
    const { direction, country, operator, status, errorCode, createdAt } = PLACES
    const isOutbound = bytes[start(direction)] === ZERO + 1
    const statusLength = end(status) - start(status)
    const isDelivered = isOutbound && isDeliveredAt(bytes, start(status), statusLength)
    this.#directions.names.at(bytes, start(direction), end(direction)).value += 1
    this.#statuses.names.at(bytes, start(status), end(status)).value += 1
    const hasError = end(errorCode) > start(errorCode) && bytes[start(errorCode)] !== ZERO
    if (hasError) this.#errors.names.at(bytes, start(errorCode), end(errorCode)).value += 1
    const parts = numberAt(bytes, start(PLACES.parts), end(PLACES.parts))
    const cost = numberAt(bytes, start(PLACES.price), end(PLACES.price), DECIMALS)
    const currency = this.#currency.at(bytes, start(PLACES.currency), end(PLACES.currency))
    const counted = { parts, isDelivered, cost, currency }
    const day = start(createdAt)
    add(this.#total, counted)
    add(this.#days.at(bytes, day, day + DAY_LENGTH), counted)
    add(this.#countries.at(bytes, start(country), end(country)), counted)
    add(this.#operators.at(bytes, start(operator), end(operator)), counted)
  }

  #grouped(groups: Map<string, PlainGroup>): ByByteName<ByteGroup> {
    return new ByByteName((name) => {
      const created: ByteGroup = { group: createGroup(), costs: [] }
      groups.set(name, created.group)
      this.#groups.push(created)
      return created
    })
  }
}

function counted(): { names: ByByteName<Count>; all: Map<string, Count> } {
  const all = new Map<string, Count>()
  const names = new ByByteName((name) => {
    const count = { value: 0 }
    all.set(name, count)
    return count
  })
  return { names, all }
}

function add(
  { group, costs }: ByteGroup,
  record: { parts: number; isDelivered: boolean; cost: number; currency: number },
): void {
  group.records += 1
  group.parts += record.parts
  if (record.isDelivered) group.delivered += 1
  costs[record.currency] = (costs[record.currency] ?? 0) + record.cost
}

/** A decimal number in units of `10 ** -decimals`. */
function numberAt(bytes: Buffer, start: number, end: number, decimals = 0): number {
  let value = 0
  let point = end - 1
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === POINT) point = at
    else value = value * 10 + byte - ZERO
  }
  return value * (POWERS[decimals - (end - 1 - point)] as number)
}

/** `delivered` and `read` are told from the sandbox's other statuses by length and first byte. */
function isDeliveredAt(bytes: Buffer, start: number, length: number): boolean {
  const first = bytes[start]
  return (length === 9 && first === 0x64) || (length === 4 && first === 0x72)
}

/** Length, beginning and end tell the names of a file apart well enough. */
function hashOf(bytes: Buffer, start: number, end: number): number {
  if (end - start < 2) return end === start ? 0 : (bytes[start] as number)
  const first = (bytes[start] as number) + (bytes[start + 1] as number) * 31
  const last = (bytes[end - 2] as number) * 37 + (bytes[end - 1] as number)
  return (first * 41 + last * 43 + end - start) & 0xfff
}

function isSame(name: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (name.length !== end - start) return false
  for (let at = 0; at < name.length; at++) if (name[at] !== bytes[start + at]) return false
  return true
}
