import { StepError } from '../errors.js'
import { mayHoldPhoneNumber, sanitize } from '../sanitize.js'
import type { Step } from '../step.js'
import { parseDecimal } from './decimal.js'
import {
  COLUMNS,
  COUNT_NAMES,
  type Figures,
  GROUP_NAMES,
  GROUPS,
  MEASURE_NAMES,
  MEASURES,
  type Measures,
  NOTED,
  OTHER,
  REPORT_VERSION,
  type ShownFigures,
  shownOf,
  TABLE_NAMES,
  TABLES,
  UNKNOWN,
} from './figures.js'
import { MAX_NAME_LENGTH } from './names.js'
import { MAX_BUCKET } from './sketch.js'
import { Tally } from './tally.js'

/** The contents of a report-file: the figures of one export, and whose they are. */
export interface ReportFile {
  readonly subaccountId: string
  readonly jobId: string
  readonly figures: Figures
}

const FORMAT = '8x8-sms-log-export/report'

/** Longer than any sum of prices that an export may hold. */
const MAX_AMOUNT_LENGTH = 400

/** The characters of a job's id and of a subaccount's: the page shows them as code, unchanged. */
const ID = /^[\w\-.~!$&'()*+,;=:@]{1,256}$/

/** The years 0000 to 9999. */
const [FIRST_MS, LAST_MS] = [-62_167_219_200_000, 253_402_300_800_000]

/** A JSON object. */
export type Members = Readonly<Record<string, unknown>>

/** A report-file's text, for a later job to merge. */
export function formatReportFile({ subaccountId, jobId, figures }: ReportFile): string {
  return `${JSON.stringify({ format: FORMAT, version: REPORT_VERSION, subaccountId, jobId, figures })}\n`
}

/**
 * Reads a report-file's text; undefined for anything else, for another version, and for figures that
 * contradict each other. Nobody knows where it comes from, so nothing in it is trusted.
 */
export function parseReportFile(text: string): ReportFile | undefined {
  const file = parseJson(text)
  if (!isMembers(file) || file.format !== FORMAT || file.version !== REPORT_VERSION)
    return undefined
  const { subaccountId, jobId, figures } = file
  if (!isId(subaccountId) || !isId(jobId) || !isFigures(figures)) return undefined
  return { subaccountId, jobId, figures }
}

/**
 * The figures of another period, usually the one before, for the page to show the change: the sum of
 * the report-files that compare-with names. If something is wrong with them, there is a warning, and
 * the page shows no change: the first period has none before it. Rejects only with the signal's reason.
 */
export async function readBefore(
  files: AsyncIterable<{ readonly path: string; readonly text: string }>,
  step: Pick<Step, 'warning' | 'signal'>,
): Promise<ShownFigures | undefined> {
  try {
    const sum = new Tally()
    let count = 0
    for await (const { text } of files) {
      const report = parseReportFile(text)
      if (report === undefined) {
        throw new StepError('A file there is no report of this version.')
      }
      sum.add(report.figures)
      count += 1
    }
    if (count === 0) throw new StepError('There is no report.')
    return shownOf(sum.plain())
  } catch (error) {
    step.signal.throwIfAborted()
    if (!(error instanceof StepError)) throw error
    step.warning(
      `compare-with: ${sanitize(error.message, { maxLength: 500 })} The page shows no change. Give a file that report-file has written for the period before.`,
    )
    return undefined
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value)
}

/** Goes over the lists that figures are made of, so that no member goes unchecked. */
function isFigures(value: unknown): value is Figures {
  if (!isMembers(value) || !isMeasures(value)) return false
  const members = value as Members
  return (
    NOTED.every((name) => isCount(members[name])) &&
    COUNT_NAMES.every((name) => isNamed(members[name], isName, isCount)) &&
    GROUP_NAMES.every((name) =>
      isNamed(members[name], IS_NAME_OF[GROUPS[name].names], isMeasures),
    ) &&
    TABLE_NAMES.every((name) => isListOf(members[name], (row) => isRow(row, TABLES[name].by))) &&
    (members.span === null || isSpan(members.span)) &&
    isListOf(members.missing, (column) => COLUMNS.some((name) => name === column)) &&
    isListOf(members.crowded, (map) => typeof map === 'string' && /^[A-Za-z]{1,40}$/.test(map))
  )
}

const IS_KIND = {
  count: isCount,
  money: (value: unknown) => isNamed(value, isName, isAmount),
  times: isBuckets,
}

function isMeasures(value: unknown): value is Measures {
  if (!isMembers(value)) return false
  if (!MEASURE_NAMES.every((name) => IS_KIND[MEASURES[name].kind](value[name]))) return false
  const { records, outbound, delivered, pending, timeToDeliver } = value as unknown as Measures
  let timed = 0
  for (let at = 1; at < timeToDeliver.length; at += 2) timed += timeToDeliver[at] as number
  return outbound <= records && delivered + pending <= outbound && timed <= delivered
}

const IS_NAME_OF = { text: isName, day: isDay, hour: isHour }

/** A download puts out no person's number as a name, so a report-file may not have one either. */
function isName(name: unknown): boolean {
  return typeof name === 'string' && isShort(name) && !mayHoldPhoneNumber(name)
}

/** In characters, some of which count as two in JavaScript. */
function isShort(name: string): boolean {
  if (name.length <= MAX_NAME_LENGTH) return true
  return name.length <= 2 * MAX_NAME_LENGTH && [...name].length <= MAX_NAME_LENGTH
}

function isDay(name: string): boolean {
  if (name === UNKNOWN || name === OTHER) return true
  if (!/^\d{4}-\d\d-\d\d$/.test(name)) return false
  // A day that is not in the calendar becomes one of the next month, or none.
  return new Date(`${name}T00:00Z`).getUTCDate() === Number(name.slice('yyyy-MM-'.length))
}

function isHour(name: string): boolean {
  return name === UNKNOWN || (/^.{10}T([01]\d|2[0-3])$/.test(name) && isDay(name.slice(0, 10)))
}

function isRow(value: unknown, by: readonly string[]): boolean {
  if (!isMembers(value)) return false
  const { records, delivered } = value
  return (
    by.every((key) => isName(value[key])) &&
    isCount(records) &&
    isCount(delivered) &&
    delivered <= records
  )
}

function isSpan(value: unknown): boolean {
  const isTime = (ms: unknown): boolean => typeof ms === 'number' && ms >= FIRST_MS && ms < LAST_MS
  return isListOf(value, isTime) && value.length === 2 && Number(value[0]) <= Number(value[1])
}

/** Pairs of a bucket and a count, the buckets ascending. */
function isBuckets(value: unknown): boolean {
  if (!Array.isArray(value) || value.length % 2 !== 0) return false
  let before = -1
  for (let at = 0; at < value.length; at += 2) {
    const bucket: unknown = value[at]
    const count: unknown = value[at + 1]
    if (!isCount(bucket) || bucket <= before || bucket > MAX_BUCKET) return false
    if (!isCount(count) || count === 0) return false
    before = bucket
  }
  return true
}

function isAmount(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.length <= MAX_AMOUNT_LENGTH &&
    parseDecimal(value) !== undefined
  )
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isNamed(
  value: unknown,
  isNameOf: (name: string) => boolean,
  isMember: (member: unknown) => boolean,
): boolean {
  return (
    isMembers(value) &&
    Object.entries(value).every(([name, member]) => isNameOf(name) && isMember(member))
  )
}

function isListOf(value: unknown, isMember: (member: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(isMember)
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
