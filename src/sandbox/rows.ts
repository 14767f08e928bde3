import { type Message, mix, randomFrom, shareOf } from './history.js'
import * as samples from './sample-data.js'

/** The columns of an export, in the order of the API's reference (docs/api.md#csv-columns). */
const COLUMNS = [
  ...['umid', 'subaccountid', 'direction', 'country', 'operator', 'mcc', 'mnc'],
  ...['status_value', 'status_details', 'status_errorcode', 'status_errormessage'],
  ...['status_timestamp', 'msisdn', 'source', 'encoding', 'createdat', 'smscount'],
  ...['price_currency', 'price_persms', 'price_total', 'clientmessageid', 'clientbatchid'],
  ...['batchid', 'body'],
]
export const HEADER_LINE = `${COLUMNS.join(',')}\r\n`

/** Messages share all that is not unique to them with others of their kind. */
const KINDS = 1_000
const INBOUND_SHARE = 0.03

/** Whose rows they are, and as of when. */
export interface RowOptions {
  readonly seed: number
  readonly subaccountId: string
  /** Where those of one number are asked for, its digits. */
  readonly phoneNumber: string | undefined
  /** The moment whose statuses they show, in epoch milliseconds. */
  readonly asOf: number
}

type Kind = ReturnType<typeof createKind>

/** An id, two times, eight commas and the line's end. */
const FIXED_BYTES = 36 + 2 * 28 + 8 + 2

/** What failed at once costs nothing, and has no price. */
const FREE = ['failed', 'rejected']

/** Writes a seed's messages as rows of CSV. */
export class RowWriter {
  readonly #asOf: number
  readonly #kinds: readonly Kind[]

  constructor(options: RowOptions) {
    const random = randomFrom(options.seed)
    this.#asOf = options.asOf
    this.#kinds = Array.from({ length: KINDS }, () => createKind(random, options))
  }

  kindOf({ bits }: Message): Kind {
    return this.#kinds[Math.floor(shareOf(mix(bits + 1)) * KINDS)] as Kind
  }

  /** How long the row is, without making it: all but ASCII is in what its kind decides. */
  bytesOf(message: Message): number {
    const kind = this.kindOf(message)
    const { status } = statusOf(message, kind, this.#asOf)
    const prices = FREE.includes(status[0]) ? 2 : kind.prices.length
    return FIXED_BYTES + kind.bytes + prices + textOf(status).length
  }

  /** The row's text, with the line's end. */
  format(message: Message): string {
    const kind = this.kindOf(message)
    const { status, statusAt } = statusOf(message, kind, this.#asOf)
    const { createdAt, bits, hourBits } = message
    const prices = FREE.includes(status[0]) ? ',,' : kind.prices
    return `${uuidOf(bits, hourBits)},${kind.network},${textOf(status)},${formatTime(statusAt, bits)},${kind.ends},${formatTime(createdAt, bits)},${kind.parts},${prices},${kind.others}\r\n`
  }
}

const STATUS_TEXTS = new Map<samples.Status, string>()

function textOf(status: samples.Status): string {
  const text = STATUS_TEXTS.get(status) ?? formatCells(status)
  STATUS_TEXTS.set(status, text)
  return text
}

/** What has become of a message by the moment `asOf`. */
function statusOf({ createdAt, bits }: Message, { isInbound }: Kind, asOf: number) {
  const end = isInbound
    ? samples.RECEIVED
    : pickWeighted(samples.ENDS, shareOf(mix(bits + 2))).status
  const receiptAt = createdAt + receiptDelay(shareOf(mix(bits + 3)))
  const status = receiptAt <= asOf ? end : samples.SENT
  return { status, statusAt: status === samples.SENT ? createdAt : receiptAt }
}

/** The cells that many messages share, as text. */
function createKind(random: () => number, { subaccountId, phoneNumber }: RowOptions) {
  const below = (count: number): number => Math.floor(random() * count)
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T
  const to = pickWeighted(samples.DESTINATIONS, random())
  const isInbound = random() < INBOUND_SHARE
  const body = pick<string>(isInbound ? samples.REPLIES : samples.BODIES)
  const count = random() < 0.8 ? 1 : 2 + below(3)
  const price = isInbound ? 0 : to.price
  const digits = String(below(1e10)).padStart(10, '0').slice(-to.digits)
  // As the vendor's documentation shows masked numbers.
  const subscriber = `+${(phoneNumber ?? to.callingCode + digits).slice(0, -4)}xxxx`
  const sender = pick(samples.SENDERS)
  const id = random() < 0.5 ? '' : `order-${10_000 + below(90_000)}`
  const batch = below(60)
  const batchCells = batch < 20 ? [`campaign ${batch}, autumn`, uuidOf(batch, batch)] : ['', '']
  const direction = isInbound ? '0' : '1'
  const network = formatCells([
    ...[subaccountId, direction, to.country, to.operator, to.mcc, to.mnc],
  ])
  const encoding = /^[\x20-\x7e\r\n]*$/.test(body) ? 'GSM7' : 'UCS2'
  const ends = `${isInbound ? `${sender},${subscriber}` : `${subscriber},${sender}`},${encoding}`
  const parts = String(count)
  const prices = `${to.currency},${formatPrice(price)},${formatPrice(price * count)}`
  const others = formatCells([id, ...batchCells, body])
  const bytes = Buffer.byteLength(network + ends + parts + others)
  return { ...to, isInbound, network, ends, parts, prices, others, bytes }
}

/** One of weight 3 has three times as much of the shares from 0 to 1 as one of weight 1. */
function pickWeighted<T extends { readonly weight: number }>(
  items: readonly T[],
  share: number,
): T {
  let left = share * items.reduce((sum, { weight }) => sum + weight, 0)
  for (const item of items) {
    left -= item.weight
    if (left < 0) return item
  }
  return items[0] as T
}

/** In milliseconds: most within seconds, some after days. */
function receiptDelay(share: number): number {
  const delay = samples.RECEIPT_DELAYS.find(({ to }) => share < to) ?? samples.RECEIPT_DELAYS[0]
  const place = (share - delay.from) / (delay.to - delay.from)
  return Math.floor(1_000 * (delay.seconds + (delay.atMost - delay.seconds) * place ** 3))
}

/** A decimal of up to 7 places. */
function formatPrice(tenMillionths: number): string {
  return (tenMillionths / 1e7).toFixed(7).replace(/\.?0+$/, '')
}

/** RFC 4180: a cell with a comma, a quote or a line break is quoted, its quotes doubled. */
function formatCells(cells: readonly string[]): string {
  return cells
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
}

/** A day's text, kept for the next time of the same day. */
const lastDay = { number: Number.NaN, text: '' }

/** With 7 decimals, as the API has them; a day's first instant has none of the last four. */
function formatTime(instant: number, bits: number): string {
  const day = Math.floor(instant / 86_400_000)
  if (day !== lastDay.number) {
    lastDay.number = day
    lastDay.text = new Date(instant).toISOString().slice(0, 11)
  }
  const ms = instant - day * 86_400_000
  const seconds = Math.floor(ms / 1_000)
  const ticks = (ms % 1_000) * 10_000 + (ms === 0 ? 0 : bits % 10_000)
  return `${lastDay.text}${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ticks).padStart(7, '0')}Z`
}

function two(digits: number): string {
  return digits < 10 ? `0${digits}` : String(digits)
}

/** A UUID of two times 32 bits. */
function uuidOf(first: number, second: number): string {
  const third = mix(first ^ mix(second))
  const [b, c] = [hex32(third), hex32(mix(third + second))]
  return `${hex32(first)}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${hex32(mix(third ^ first))}`
}

function hex32(bits: number): string {
  return bits.toString(16).padStart(8, '0')
}
