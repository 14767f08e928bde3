import { parseDecimal } from './decimal.js'
import type { Figures, GroupFigures } from './report.js'

/** What a report's file holds: the figures of one export, and whose they are. */
export interface ReportFile {
  readonly subaccountId: string
  readonly jobId: string
  readonly figures: Figures
}

const FORMAT = '8x8-sms-log-export/report'
const VERSION = 1

type Members = Readonly<Record<string, unknown>>

/** A report as the text of a file, for a later job to merge. */
export function formatReportFile({ subaccountId, jobId, figures }: ReportFile): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, subaccountId, jobId, figures })}\n`
}

/** The text of such a file; undefined for anything else, which is not trusted to be one. */
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

/** An id stands in code on the page, so it holds no back-tick, no pipe and no line's end. */
function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s`|<>]{1,256}$/.test(value)
}

function isFigures(value: unknown): value is Figures {
  if (!isMembers(value) || !isGroup(value)) return false
  const { unreadable, directions, statuses, errors, days, countries, operators } = value as Members
  return (
    isCount(unreadable) &&
    isNamed(directions, isCount) &&
    [statuses, errors].every((counts) => counts === undefined || isNamed(counts, isCount)) &&
    [days, countries, operators].every((groups) => groups === undefined || isNamed(groups, isGroup))
  )
}

function isGroup(value: unknown): value is GroupFigures {
  if (!isMembers(value)) return false
  const { records, outbound, parts, delivered, cost } = value
  return (
    isCount(records) &&
    isCount(outbound) &&
    [parts, delivered].every((count) => count === undefined || isCount(count)) &&
    (cost === undefined || isNamed(cost, isAmount))
  )
}

function isNamed<T>(
  value: unknown,
  isMember: (member: unknown) => member is T,
): value is Readonly<Record<string, T>> {
  return isMembers(value) && Object.values(value).every(isMember)
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isAmount(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 200 && parseDecimal(value) !== undefined
}
