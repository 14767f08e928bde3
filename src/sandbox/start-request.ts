import { iso31661Alpha3ToAlpha2 } from 'iso-3166/1-a3-to-1-a2.js'
import { HttpError } from './answer.js'

const DAY_MS = 86_400_000
const MAX_LIMIT = 2_147_483_647

const COUNTRY_CODES = new Set(Object.values(iso31661Alpha3ToAlpha2))
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)?)?$/

/** What a start asks for, checked; the window in epoch milliseconds. */
export interface ExportRequest {
  readonly from: number
  readonly to: number
  readonly phoneNumber: string | undefined
  readonly countries: readonly string[] | undefined
  readonly limit: number
}

/** Reads the body of a start as the API documents it; throws a HttpError with the API's code. */
export function readExportRequest(body: string, now: number): ExportRequest {
  const fields = readJson(body)
  const today = Math.floor(now / DAY_MS) * DAY_MS
  const from = readMoment(fields.from, 'from') ?? today - 7 * DAY_MS
  const to = readMoment(fields.to, 'to') ?? today
  if (from >= to) throw new HttpError(400, 1000, "'from' should be less than 'to'")
  return {
    from,
    to,
    phoneNumber: readPhoneNumber(fields.phoneNumber),
    countries: readCountries(fields.countries),
    limit: readLimit(fields.limit),
  }
}

/** The members of a body that is an object, or nothing; throws a HttpError for another. */
export function readJson(body: string): Record<string, unknown> {
  if (body === '') return {}
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw new HttpError(400, 1000, 'Body is not valid JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HttpError(400, 1000, 'Body is not an object')
  }
  return value as Record<string, unknown>
}

function readMoment(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined
  const [, date, time = '00:00:00', offset = 'Z'] = MOMENT.exec(String(value)) ?? []
  const asUtc = Date.parse(`${date}T${time}Z`)
  const instant = Date.parse(`${date}T${time}${offset}`)
  // JavaScript takes 30 February for 1 March.
  const isReal =
    !Number.isNaN(instant) && new Date(asUtc).toISOString().startsWith(`${date}T${time}`)
  if (!isReal) throw new HttpError(400, 1000, `'${name}' is not a valid date`)
  return instant
}

function readPhoneNumber(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || !/^\+?[1-9]\d{6,14}$/.test(value)) {
    throw new HttpError(400, 1002, 'Invalid MSISDN')
  }
  return value.replace('+', '')
}

function readCountries(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined
  const isList = Array.isArray(value) && value.every((code) => typeof code === 'string')
  if (!isList) throw new HttpError(400, 1000, "'countries' is not a list of codes")
  const codes = value.map((code: string) => code.toUpperCase())
  const wrong = codes.find((code) => !COUNTRY_CODES.has(code))
  if (wrong !== undefined) throw new HttpError(400, 1009, 'Invalid country code')
  return codes.length > 0 ? codes : undefined
}

function readLimit(value: unknown): number {
  if (value === undefined || value === null) return 0
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new HttpError(400, 1000, "'limit' is not an integer")
  }
  if (value < 0 || value > MAX_LIMIT) throw new HttpError(400, 1010, "'limit' is out of range")
  return value
}
