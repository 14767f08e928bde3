import type { Connection } from '../api/job.js'
import { type Day, dayOf, daysFrom, endOf, isDay } from '../archive/days.js'
import { COMPRESSIONS, type Compression, type Owner } from '../archive/manifest.js'
import type { PlanOptions } from '../archive/plan.js'
import { InputError, Mistake } from '../errors.js'
import { type Places, resolveFolder } from '../files/folder.js'
import { CONNECTION_INPUTS, connectionField } from '../inputs/connection.js'
import { type Field, fields, optional, type RawInputs, required } from '../inputs/fields.js'
import { parseBoolean, parseChoice, parseDuration, parseWholeNumber } from '../inputs/values.js'
import { quote } from '../sanitize.js'
import { parseMoment } from '../window/moment.js'
import { UTC } from '../window/time-zone.js'

const HOUR_MS = 3_600_000
const MAX_SETTLE_MS = 180 * 24 * HOUR_MS
const MAX_TIMEOUT_MS = 168 * HOUR_MS
const MAX_PARALLEL = 16
const MAX_REPORT_DAYS = 366

/** No message is older. It limits how many days are looked at. */
const FIRST_DAY: Day = '2000-01-01'

/** The sync action's inputs by their names in action.yml. */
export const SYNC_INPUTS = [
  ...CONNECTION_INPUTS,
  'path',
  'from',
  'settle',
  'settle-at-most',
  'parallel',
  'timeout',
  'compress',
  'refresh',
  'sparse',
  'report-days',
] as const

/** The inputs of a sync, checked. */
export interface SyncRequest extends PlanOptions {
  readonly connection: Connection
  readonly owner: Owner
  /** Absolute. */
  readonly folder: string
  readonly parallel: number
  /** How long the whole run may take. */
  readonly timeoutMs: number
  /** The form of days that are new. */
  readonly compression: Compression
  /** Whether the files are elsewhere, so that only the manifest says what is there. */
  readonly isSparse: boolean
  /** How many days the page shows; 0 for no page. */
  readonly reportDays: number
}

/** Reads the inputs at `now` (epoch ms). Throws an InputError with all mistakes. */
export function readSyncRequest(raw: RawInputs, places: Places, now: number): SyncRequest {
  const parsePath = (text: string): string => resolveFolder(text, places)
  const { connection, days, settling, ...rest } = fields({
    connection: connectionField,
    days: daysField(now),
    settling: settlingField,
    folder: optional('path', parsePath, parsePath('sms-logs')),
    parallel: optional('parallel', parseWholeNumber(1, MAX_PARALLEL), 4),
    timeoutMs: optional('timeout', parseDuration({ minMs: 1_000, maxMs: MAX_TIMEOUT_MS }), HOUR_MS),
    compression: optional('compress', parseChoice(COMPRESSIONS), 'gzip'),
    isSparse: optional('sparse', parseBoolean, false),
    reportDays: optional('report-days', parseWholeNumber(0, MAX_REPORT_DAYS), 30),
  })(raw)
  return {
    connection,
    owner: { subaccountId: connection.subaccountId, region: raw.region ?? 'asia-pacific' },
    ...days,
    ...settling,
    ...rest,
  }
}

/** The days to refresh must not be before the archive's first day. */
function daysField(now: number): Field<Pick<SyncRequest, 'from' | 'refresh'>> {
  return (raw) => {
    const { from, refresh } = fields({
      from: required(
        'from',
        parseFirstDay(now),
        'Give the first day that the archive is to have, like 2026-06-01.',
      ),
      refresh: optional('refresh', parseDays(now), []),
    })(raw)
    const [first] = refresh
    if (first !== undefined && first < from) {
      throw new InputError([
        {
          input: 'refresh',
          text: `${first} is before the first day of the archive, from: ${from}.`,
        },
      ])
    }
    return { from, refresh }
  }
}

function parseFirstDay(now: number): (text: string) => Day {
  return (text) => {
    const { instant } = parseMoment(text, { zone: UTC, now: Math.floor(now / 1_000) * 1_000 })
    if (text.includes('T')) {
      throw new Mistake(
        `${quote(text)} is a time, and an archive is made of whole days of UTC. Write a date, like 2026-06-01, or date math, like now-30d.`,
      )
    }
    const day = dayOf(instant)
    if (day < FIRST_DAY)
      throw new Mistake(`${quote(text)} is before ${FIRST_DAY}. Write a later day.`)
    checkOver(day, now)
    return day
  }
}

/** `2026-11-01`, or `2026-11-01/2026-11-07`, both included. */
function parseDays(now: number): (text: string) => Day[] {
  return (text) => {
    const [first, last = first, ...others] = text.split('/').map((part) => part.trim())
    if (!isDay(first) || !isDay(last) || others.length > 0) {
      throw new Mistake(
        `${quote(text)} is neither a day nor two. Write 2026-11-01, or 2026-11-01/2026-11-07.`,
      )
    }
    if (last < first)
      throw new Mistake(`${quote(text)} ends before it begins. Write ${last}/${first}.`)
    checkOver(last, now)
    return first < FIRST_DAY ? [first] : daysFrom(first, last)
  }
}

function checkOver(day: Day, now: number): void {
  if (endOf(day) <= now) return
  throw new Mistake(`${day} is not over (days are those of UTC). Write an earlier day.`)
}

const settlingField: Field<Pick<SyncRequest, 'settleMs' | 'settleAtMostMs'>> = (raw) => {
  const bounds = { minMs: 0, maxMs: MAX_SETTLE_MS }
  const { settleMs = 72 * HOUR_MS, settleAtMostMs = Math.max(240 * HOUR_MS, settleMs) } = fields({
    settleMs: optional('settle', parseDuration(bounds)),
    settleAtMostMs: optional('settle-at-most', parseDuration(bounds)),
  })(raw)
  if (settleAtMostMs >= settleMs) return { settleMs, settleAtMostMs }
  throw new InputError([
    { input: 'settle-at-most', text: 'is shorter than settle. Give it at least that long.' },
  ])
}
