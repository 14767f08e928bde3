import { createRandom, pick, pickWeighted, uuidOf, wholeNumber } from './random.js'
import {
  BODIES,
  COUNTRIES,
  type Country,
  OUTCOMES,
  RECEIVED,
  REPLIES,
  SENDERS,
} from './sample-data.js'

/** The columns of an export, in the order of the API's reference (docs/api.md#csv-columns). */
const COLUMNS = [
  'umid',
  'subaccountid',
  'direction',
  'country',
  'operator',
  'mcc',
  'mnc',
  'status_value',
  'status_details',
  'status_errorcode',
  'status_errormessage',
  'status_timestamp',
  'msisdn',
  'source',
  'encoding',
  'createdat',
  'smscount',
  'price_currency',
  'price_persms',
  'price_total',
  'clientmessageid',
  'clientbatchid',
  'batchid',
  'body',
] as const

const LINE_END = '\r\n'

export const HEADER_LINE = `${COLUMNS.join(',')}${LINE_END}`

const TEMPLATES = 1_000
const INBOUND_SHARE = 0.03

/** Of a masked phone number, at its end. */
const SHOWN_DIGITS = 3

/**
 * A row but for what is unique to it: its id and its times, which have a fixed width. So the
 * length of a row hangs on its template alone, and any byte of a file is found by arithmetic.
 */
export interface RowTemplate {
  readonly country: string
  readonly callingCode: string
  /** From the id to the status's time. */
  readonly afterId: string
  /** Between that time and the time of creation. */
  readonly afterStatusTime: string
  readonly afterCreation: string
  /** From creation to the last status, in milliseconds; undefined where there is none yet. */
  readonly statusDelayMs: number | undefined
  /** In UTF-8. */
  readonly bytes: number
}

/** Whose rows they are: of one subaccount, and of one phone number where that is asked for. */
export interface Owner {
  readonly subaccountId: string
  /** Digits alone. */
  readonly phoneNumber?: string | undefined
}

/** The rows that a seed gives, one after another and then again. */
export function createTemplates(seed: number, owner: Owner): RowTemplate[] {
  const random = createRandom(seed)
  return Array.from({ length: TEMPLATES }, () => createTemplate(random, owner))
}

/** The row's text, with the line's end. */
export function formatRow(
  template: RowTemplate,
  row: { seed: number; index: number; createdAt: number },
): string {
  const { statusDelayMs } = template
  const statusAt = Math.min(row.createdAt + (statusDelayMs ?? 0), LAST_WRITABLE_INSTANT)
  const statusTime = statusDelayMs === undefined ? '' : isoTime(statusAt)
  return `${uuidOf(row.seed, row.index)}${template.afterId}${statusTime}${template.afterStatusTime}${isoTime(row.createdAt)}${template.afterCreation}`
}

function createTemplate(random: () => number, { subaccountId, phoneNumber }: Owner): RowTemplate {
  const country = pickWeighted(COUNTRIES, random)
  const inbound = random() < INBOUND_SHARE
  const outcome = inbound ? RECEIVED : pickWeighted(OUTCOMES, random)
  const body = inbound ? pick(REPLIES, random) : pick(BODIES, random)
  const statusDelayMs = outcome.value === 'queued' ? undefined : wholeNumber(400, 90_000, random)
  const operator = pickWeighted(country.operators, random)
  const batch = random() < 0.3 ? wholeNumber(1, 20, random) : undefined
  const sender = pick(SENDERS, random)
  const someone = someNumber(country, random)
  const subscriber = maskedNumber(country, phoneNumber ?? someone)

  const afterId = formatCells([
    subaccountId,
    inbound ? '0' : '1',
    country.code,
    random() < 0.02 ? '' : operator.name,
    operator.mcc,
    operator.mnc,
    outcome.value,
    outcome.details,
    outcome.errorCode,
    outcome.errorMessage,
  ])
  const afterStatusTime = formatCells([
    inbound ? sender : subscriber,
    inbound ? subscriber : sender,
    isGsm(body) ? 'GSM7' : 'UCS2',
  ])
  const afterCreation = formatCells([
    ...priceCells(country, inbound, random),
    random() < 0.5 ? '' : `order-${wholeNumber(10_000, 99_999, random)}`,
    batch === undefined ? '' : `campaign ${batch}, autumn`,
    batch === undefined ? '' : uuidOf(batch, batch),
    body,
  ])
  const texts = {
    afterId: `,${afterId},`,
    afterStatusTime: `,${afterStatusTime},`,
    afterCreation: `,${afterCreation}${LINE_END}`,
  }
  const unique = UUID_LENGTH + ISO_LENGTH + (statusDelayMs === undefined ? 0 : ISO_LENGTH)
  const bytes = Object.values(texts).reduce((sum, text) => sum + Buffer.byteLength(text), unique)
  return { country: country.code, callingCode: country.callingCode, statusDelayMs, bytes, ...texts }
}

/** smscount, price_currency, price_persms, price_total; what comes in costs nothing. */
function priceCells(country: Country, inbound: boolean, random: () => number): string[] {
  const parts = random() < 0.8 ? 1 : wholeNumber(2, 4, random)
  const price = inbound ? 0 : country.price
  if (random() < 0.005) return [`${parts}`, '', '', '']
  return [`${parts}`, country.currency, tenThousandths(price), tenThousandths(price * parts)]
}

function tenThousandths(value: number): string {
  return `${Math.floor(value / 10_000)}.${String(value % 10_000).padStart(4, '0')}`
}

/** Only the last three digits of it are ever seen. */
function someNumber({ callingCode, digits }: Country, random: () => number): string {
  return callingCode + String(wholeNumber(0, 999, random)).padStart(digits, '0')
}

/** As the API masks numbers: the country can be seen, the person cannot. */
function maskedNumber({ callingCode }: Country, number: string): string {
  const hidden = number.length - callingCode.length - SHOWN_DIGITS
  return `${callingCode}${'X'.repeat(hidden)}${number.slice(-SHOWN_DIGITS)}`
}

function isGsm(body: string): boolean {
  return /^[\x20-\x7e\r\n]*$/.test(body)
}

/** RFC 4180: a cell with a comma, a quote or a line break is quoted, its quotes doubled. */
function formatCells(cells: readonly string[]): string {
  return cells
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
}

const UUID_LENGTH = 36
const ISO_LENGTH = 24

/** Later ones are written with a sign and six digits, and would be longer than the others. */
const LAST_WRITABLE_INSTANT = Date.parse('9999-12-31T23:59:59.999Z')

function isoTime(instant: number): string {
  return new Date(instant).toISOString()
}
