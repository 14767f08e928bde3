import * as samples from './sample-data.js'

export const HOUR_MS = 3_600_000

/** How busy the days are, from Sunday on. */
const WEEKDAYS = [0.6, 1.14, 1.14, 1.14, 1.14, 1.14, 0.7]

/** What was sent at one moment; all else about it follows from its bits. */
export interface Message {
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** 32 bits of its own, unique in its hour. */
  readonly bits: number
}

/**
 * The messages of one hour, counted from the epoch, in the order of their creation. They depend
 * only on the seed and on the messages a day. If a day has messages in its first and last hour, the
 * first and the last are in its very first and last millisecond, because that is where windows go
 * wrong.
 */
export function messagesOf(hour: number, seed: number, recordsPerDay: number): Message[] {
  const hourBits = mix(hour ^ mix(seed))
  const day = Math.floor(hour / 24)
  // Most is sent in Asia's afternoon, least in its night. The epoch began on a Thursday.
  const busyHour = 1 + 0.9 * Math.sin(((hour % 24) / 24) * 2 * Math.PI)
  const busyDay = (WEEKDAYS[(day + 4) % 7] ?? 1) * (0.9 + 0.2 * shareOf(mix(day ^ mix(seed + 1))))
  const count = Math.floor((recordsPerDay / 24) * busyHour * busyDay + shareOf(hourBits))
  return Array.from({ length: count }, (_, number) => {
    const bits = mix(hourBits + Math.imul(number + 1, 0x9e3779b1))
    let offset = Math.floor(((number + shareOf(bits)) * HOUR_MS) / count)
    if (hour % 24 === 0 && number === 0) offset = 0
    if (hour % 24 === 23 && number === count - 1) offset = HOUR_MS - 1
    return { createdAt: hour * HOUR_MS + offset, bits }
  })
}

/** The columns of an export, in the order of the API's reference (docs/api.md#csv-columns). */
const COLUMNS = [
  'umid,subaccountid,direction,country,operator,mcc,mnc,status_value,status_details',
  'status_errorcode,status_errormessage,status_timestamp,msisdn,source,encoding,createdat,smscount',
  'price_currency,price_persms,price_total,clientmessageid,clientbatchid,batchid,body',
]
export const HEADER_LINE = `${COLUMNS.join(',')}\r\n`

/** How many kinds of messages there are; messages of a kind share most of their cells. */
const KINDS = 1_000

/** What the rows of an export depend on. */
export interface RowOptions {
  readonly seed: number
  readonly subaccountId: string
  readonly phoneNumber: string | undefined
  /** The moment whose statuses they show, in epoch milliseconds. */
  readonly asOf: number
}

type Kind = ReturnType<typeof createKind>

/** An id, two times, eight commas and the line's end. */
const FIXED_BYTES = 36 + 2 * 28 + 8 + 2

/** What failed at once costs nothing, and has no price. */
const FREE = /^(?:failed|rejected),/

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
    return pick(this.#kinds, shareOf(mix(bits + 1)))
  }

  /** The row's length, without making it: only the cells of its kind may have more than ASCII. */
  bytesOf(message: Message): number {
    const kind = this.kindOf(message)
    const { status } = statusOf(message, kind, this.#asOf)
    const prices = FREE.test(status) ? 2 : kind.prices.length
    return FIXED_BYTES + kind.bytes + prices + status.length
  }

  /** The row's text, with the line's end. */
  format(message: Message): string {
    const kind = this.kindOf(message)
    const { status, statusAt } = statusOf(message, kind, this.#asOf)
    const { createdAt, bits } = message
    const prices = FREE.test(status) ? ',,' : kind.prices
    return `${uuidOf(bits, Math.floor(createdAt / HOUR_MS))},${kind.network},${status},${formatTime(statusAt, bits)},${kind.ends},${formatTime(createdAt, bits)},${kind.parts},${prices},${kind.others}\r\n`
  }
}

/** What has become of a message by the moment `asOf`. */
function statusOf({ createdAt, bits }: Message, { isInbound }: Kind, asOf: number) {
  const end = isInbound ? samples.RECEIVED : pick(samples.ENDS, shareOf(mix(bits + 2))).status
  const receiptAt = createdAt + receiptDelay(shareOf(mix(bits + 3)))
  const status = receiptAt <= asOf ? end : samples.SENT
  return { status, statusAt: status === samples.SENT ? createdAt : receiptAt }
}

/** The cells that many messages share, as text. */
function createKind(random: () => number, { subaccountId, phoneNumber }: RowOptions) {
  const below = (count: number): number => Math.floor(random() * count)
  const to = pick(samples.DESTINATIONS, random())
  const isInbound = random() < 0.03
  const body = pick<string>(isInbound ? samples.REPLIES : samples.BODIES, random())
  const count = random() < 0.8 ? 1 : 2 + below(3)
  const price = isInbound ? 0 : to.price
  const digits = String(below(1e10)).padStart(10, '0').slice(-to.digits)
  // Numbers are masked as in the vendor's documentation.
  const subscriber = `+${(phoneNumber ?? to.callingCode + digits).slice(0, -4)}xxxx`
  const sender = pick(samples.SENDERS, random())
  const batch = below(40)
  const direction = isInbound ? '0' : '1'
  const network = formatCells([subaccountId, direction, to.country, to.operator, to.mcc, to.mnc])
  const encoding = /^[\x20-\x7e\r\n]*$/.test(body) ? 'GSM7' : 'UCS2'
  const ends = `${isInbound ? `${sender},${subscriber}` : `${subscriber},${sender}`},${encoding}`
  const parts = String(count)
  const prices = `${to.currency},${formatPrice(price)},${formatPrice(price * count)}`
  const others = formatCells([
    `order-${below(100_000)}`,
    batch < 20 ? `campaign ${batch}, autumn` : '',
    '',
    body,
  ])
  const bytes = Buffer.byteLength(network + ends + parts + others)
  return { ...to, isInbound, network, ends, parts, prices, others, bytes }
}

/** The item at a share from 0 to 1 of them all. */
function pick<T>(items: readonly T[], share: number): T {
  return items[Math.floor(share * items.length)] as T
}

/** In milliseconds: most within seconds, one in 200 after a day or more. */
function receiptDelay(share: number): number {
  const lateness = (share - 0.995) / 0.005
  const seconds = lateness < 0 ? 1.5 / (1 - share) : 86_400 * (1 + 4 * lateness ** 4)
  return Math.floor(1_000 * seconds)
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

/** `13:05:` and the like, for each minute of a day. */
const MINUTES = Array.from({ length: 1_440 }, (_, minute) =>
  new Date(minute * 60_000).toISOString().slice(11, 17),
)
const lastDate = { day: Number.NaN, text: '' }

/** With 7 decimals, as the API has them; a day's first instant has none of the last four. */
function formatTime(instant: number, bits: number): string {
  const day = Math.floor(instant / 86_400_000)
  if (day !== lastDate.day) lastDate.text = new Date(instant).toISOString().slice(0, 11)
  lastDate.day = day
  const ms = instant % 86_400_000
  const ticks = (ms % 60_000) * 10_000 + (ms === 0 ? 0 : bits % 10_000)
  const digits = String(ticks).padStart(9, '0')
  return `${lastDate.text}${MINUTES[Math.floor(ms / 60_000)]}${digits.slice(0, 2)}.${digits.slice(2)}Z`
}

/** A UUID of two numbers. */
function uuidOf(first: number, second: number): string {
  const third = mix(first ^ mix(second))
  const [a, b, c, d] = [first, third, mix(third + second), mix(third ^ first)].map(hexOf)
  return `${a}-${b?.slice(0, 4)}-4${b?.slice(5)}-a${c?.slice(1, 4)}-${c?.slice(4)}${d}`
}

function hexOf(bits: number): string {
  return bits.toString(16).padStart(8, '0')
}

/** Numbers from 0 to below 1 that look random and are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state += 0x6d2b79f5
    return shareOf(mix(state))
  }
}

/** From 0 to below 1. */
function shareOf(bits: number): number {
  return bits / 0x1_0000_0000
}

/** Spreads the last 32 bits of a number over all of them (the finish of MurmurHash3). */
function mix(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
