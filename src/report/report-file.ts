import { mayHoldPhoneNumber } from '../sanitize.js'
import { parseDecimal } from './decimal.js'
import { OTHER } from './names.js'
import { UNKNOWN } from './record.js'
import type { Figures, GroupFigures } from './report.js'

/** What a report's file holds: the figures of one export, and whose they are. */
export interface ReportFile {
  readonly subaccountId: string
  readonly jobId: string
  readonly figures: Figures
}

const FORMAT = '8x8-sms-log-export/report'
const VERSION = 1

/** More than any export has, and so little that thousands of them add up exactly. */
const MAX_COUNT = 1e12

/** Longer than the sum of any prices that an export may hold. */
const MAX_AMOUNT_LENGTH = 400

/** What stands in code on the page as it is: the characters of a job's id and of a subaccount's. */
const ID = /^[\w\-.~!$&'()*+,;=:@]{1,256}$/

type Members = Readonly<Record<string, unknown>>

/** A report as the text of a file, for a later job to merge. */
export function formatReportFile({ subaccountId, jobId, figures }: ReportFile): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, subaccountId, jobId, figures })}\n`
}

/**
 * The text of such a file; undefined for anything else, for one of another version, and for figures
 * that contradict each other. Where it comes from is not known, so nothing in it is taken on trust.
 */
export function parseReportFile(text: string): ReportFile | undefined {
  const file = parseJson(text)
  if (!isMembers(file) || file.format !== FORMAT || file.version !== VERSION) return undefined
  const { subaccountId, jobId, figures } = file
  if (!isId(subaccountId) || !isId(jobId) || !isFigures(figures)) return undefined
  return { subaccountId, jobId, figures }
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

function isFigures(value: unknown): value is Figures {
  if (!isGroup(value)) return false
  const { unreadable, directions, statuses, errors, days, countries, operators } =
    value as unknown as Members
  const isGroupOf = (member: unknown): boolean => isGroup(member) && knowsTheSame(member, value)
  const isOptional = (member: unknown, isWhole: (member: unknown) => boolean): boolean =>
    member === undefined || isNamed(member, isWhole)
  return (
    isCount(unreadable) &&
    isNamed(directions, isCount) &&
    // Both are of one column.
    (statuses === undefined) === (value.delivered === undefined) &&
    [statuses, errors].every((counts) => isOptional(counts, isCount)) &&
    [days, countries, operators].every((groups) => isOptional(groups, isGroupOf)) &&
    Object.keys(days ?? {}).every(isDayOrNone)
  )
}

function isGroup(value: unknown): value is GroupFigures {
  if (!isMembers(value)) return false
  const { records, outbound, parts, delivered, cost } = value
  return (
    isCount(records) &&
    isCount(outbound) &&
    outbound <= records &&
    (parts === undefined || isCount(parts)) &&
    (delivered === undefined || (isCount(delivered) && delivered <= outbound)) &&
    (cost === undefined || isNamed(cost, isAmount))
  )
}

/** A column that is missing is so for all groups of an export. */
function knowsTheSame(a: GroupFigures, b: GroupFigures): boolean {
  const names = ['parts', 'delivered', 'cost'] as const
  return names.every((name) => (a[name] === undefined) === (b[name] === undefined))
}

/** A download never puts out a person's number as a name, so neither does what is made of it. */
function isNamed(value: unknown, isMember: (member: unknown) => boolean): boolean {
  return (
    isMembers(value) &&
    Object.entries(value).every(([name, member]) => !mayHoldPhoneNumber(name) && isMember(member))
  )
}

function isDayOrNone(name: string): boolean {
  if (name === UNKNOWN || name === OTHER) return true
  return /^\d{4}-\d\d-\d\d$/.test(name) && new Date(`${name}T00:00Z`).toJSON()?.startsWith(name)
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_COUNT
}

function isAmount(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.length <= MAX_AMOUNT_LENGTH &&
    parseDecimal(value) !== undefined
  )
}
