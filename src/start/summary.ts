import { describeTime } from '../clock.js'
import { formatCode, formatTable, joinBlocks, left } from '../summary/markdown.js'
import type { Moment } from '../window/moment.js'
import { formatLocal, localTimeAt, type TimeZone, UTC } from '../window/time-zone.js'
import type { Window } from '../window/window.js'
import type { StartRequest } from './inputs.js'

/** A job that was started, with its window. */
export interface StartedJob {
  readonly jobId: string
  readonly window: Window
}

/**
 * The request in one line: subaccount, window (in the requested zone, and in UTC) and filters. The
 * phone number is personal, and not shown.
 */
export function describeRequest(request: StartRequest): string {
  const { connection, phoneNumber, countries, limit, slices } = request
  return [
    connection.subaccountId,
    describeWindow(request),
    ...(slices.length > 1 ? [`in ${slices.length} slices`] : []),
    countries ? `countries ${countries.join(', ')}` : 'all countries',
    phoneNumber ? 'one phone number' : 'all phone numbers',
    limit === 0 ? 'no limit' : `at most ${limit} records`,
  ].join(' · ')
}

/** The same for the job's summary, as Markdown. */
export function formatStartSummary(request: StartRequest, jobs: readonly StartedJob[]): string {
  const { connection, phoneNumber, countries, limit } = request
  const [job, ...others] = jobs
  const rows = [
    others.length > 0 ? ['Jobs', String(jobs.length)] : ['Job', formatCode(job?.jobId ?? '')],
    ['Subaccount', formatCode(connection.subaccountId)],
    ['Window', describeWindow(request)],
    ['Countries', countries?.join(', ') ?? 'all'],
    ['Phone numbers', phoneNumber ? 'one' : 'all'],
    ['Limit', limit === 0 ? 'none' : `${limit} records`],
  ]
  const blocks = [
    '### SMS log export started',
    formatTable(left('', ''), rows),
    ...(others.length > 0 ? [formatJobs(jobs)] : []),
  ]
  return joinBlocks(blocks)
}

function formatJobs(jobs: readonly StartedJob[]): string {
  return formatTable(
    left('Job', 'From', 'To'),
    jobs.map(({ jobId, window: { from, to } }) => [
      formatCode(jobId),
      from?.sent ?? '',
      to?.sent ?? '',
    ]),
  )
}

function describeWindow({ window: { from, to }, timeZone }: StartRequest): string {
  const span = (zone: TimeZone): string =>
    `${describeEnd(from, zone, '7 days before today (default)')} to ${describeEnd(to, zone, 'today (default)')}`
  const inUtc = `${span(UTC)} UTC`
  const isSame = timeZone === UTC || !(from || to)
  const shown = isSame ? inUtc : `${span(timeZone)} ${timeZone.name} (${inUtc})`
  return from && to
    ? `${shown}, ${describeTime(to.instant - from.instant, { hasWords: true })}`
    : shown
}

function describeEnd(moment: Moment | undefined, zone: TimeZone, byDefault: string): string {
  return moment ? formatLocal(localTimeAt(moment.instant, zone)) : byDefault
}
