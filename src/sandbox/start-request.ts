import { iso31661Alpha3ToAlpha2 } from 'iso-3166/1-a3-to-1-a2.js'
import { HttpError } from './answer.js'
import type { ExportRequest } from './export.js'

const DAY_MS = 86_400_000
const MAX_LIMIT = 2_147_483_647
const COUNTRY_CODES = new Set(Object.values(iso31661Alpha3ToAlpha2))
const MOMENT = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)?)?$/

/** Reads the body of a start as the API documents it; throws a HttpError with the API's code. */
export function readExportRequest(body: string, now: number): ExportRequest {
  const given = Object.entries(readJson(body)).filter(([, value]) => value !== null)
  const { from, to, phoneNumber, countries = [], limit = 0 } = Object.fromEntries(given)
  const today = Math.floor(now / DAY_MS) * DAY_MS
  const window = {
    from: from === undefined ? today - 7 * DAY_MS : readMoment(from, 'from'),
    to: to === undefined ? today : readMoment(to, 'to'),
  }
  if (window.from >= window.to) throw new HttpError(400, 1000, "'from' should be less than 'to'")
  return {
    ...window,
    phoneNumber: phoneNumber === undefined ? undefined : readPhoneNumber(phoneNumber),
    countries: readCountries(countries),
    limit: readLimit(limit),
  }
}

/** The moment to which the clock is set, in epoch milliseconds. */
export function readNow(body: string): number {
  return readMoment(readJson(body).now, 'now')
}

/** The members of a body that is an object, or nothing. */
function readJson(body: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(body || '{}')
  } catch {
    throw new HttpError(400, 1000, 'Body is not valid JSON')
  }
  if (value instanceof Object && !Array.isArray(value)) return value as Record<string, unknown>
  throw new HttpError(400, 1000, 'Body is not an object')
}

function readMoment(value: unknown, name: string): number {
  const [, date, time = '00:00:00', offset = 'Z'] = MOMENT.exec(String(value)) ?? []
  const asUtc = new Date(`${date}T${time}Z`)
  const instant = Date.parse(`${date}T${time}${offset}`)
  // JavaScript takes 30 February for 2 March.
  if (!Number.isNaN(instant) && asUtc.toISOString().startsWith(`${date}T${time}`)) return instant
  throw new HttpError(400, 1000, `'${name}' is not a valid date`)
}

function readPhoneNumber(value: unknown): string {
  if (/^\+?[1-9]\d{6,14}$/.test(String(value))) return String(value).replace('+', '')
  throw new HttpError(400, 1002, 'Invalid MSISDN')
}

function readCountries(value: unknown): string[] {
  const isList = Array.isArray(value) && value.every((code) => typeof code === 'string')
  if (!isList) throw new HttpError(400, 1000, "'countries' is not a list of codes")
  const codes = value.map((code: string) => code.toUpperCase())
  if (codes.every((code) => COUNTRY_CODES.has(code))) return codes
  throw new HttpError(400, 1009, 'Invalid country code')
}

function readLimit(value: unknown): number {
  if (!Number.isInteger(value)) throw new HttpError(400, 1000, "'limit' is not an integer")
  const limit = Number(value)
  if (limit >= 0 && limit <= MAX_LIMIT) return limit
  throw new HttpError(400, 1010, "'limit' is out of range")
}
