import type { Moment } from '../window/moment.js'
import { formatLocal } from '../window/moment-format.js'
import { localTimeAt, type TimeZone, UTC } from '../window/time-zone.js'
import type { StartRequest } from './inputs.js'
import type { StartedJob } from './outputs.js'

/**
 * What is asked for, in one line: subaccount, window (in the asked zone, and in UTC), filters. The
 * phone number is a person's, and not shown.
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
    others.length > 0 ? ['Jobs', String(jobs.length)] : ['Job', code(job?.jobId ?? '')],
    ['Subaccount', code(connection.subaccountId)],
    ['Window', describeWindow(request)],
    ['Countries', countries?.join(', ') ?? 'all'],
    ['Phone numbers', phoneNumber ? 'one' : 'all'],
    ['Limit', limit === 0 ? 'none' : `${limit} records`],
  ]
  const table = rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n')
  const heading = '### SMS log export started\n\n| | |\n|---|---|\n'
  return `${heading}${table}\n\n${others.length > 0 ? formatJobs(jobs) : ''}`
}

/** Which job is for what. */
function formatJobs(jobs: readonly StartedJob[]): string {
  const rows = jobs.map(
    ({ jobId, window: { from, to } }) =>
      `| ${code(jobId)} | ${from?.sent ?? ''} | ${to?.sent ?? ''} |`,
  )
  return `| Job | From | To |\n|---|---|---|\n${rows.join('\n')}\n\n`
}

function describeWindow({ window: { from, to }, timeZone }: StartRequest): string {
  const span = (zone: TimeZone): string =>
    `${describeEnd(from, zone, '7 days before today (default)')} to ${describeEnd(to, zone, 'today (default)')}`
  const inUtc = `${span(UTC)} UTC`
  const isSame = timeZone === UTC || !(from || to)
  return isSame ? inUtc : `${span(timeZone)} ${timeZone.name} (${inUtc})`
}

function describeEnd(moment: Moment | undefined, zone: TimeZone, byDefault: string): string {
  return moment ? formatLocal(localTimeAt(moment.instant, zone)) : byDefault
}

/** Code in a table's cell: neither id can hold a back-tick or a pipe. */
function code(text: string): string {
  return `\`${text}\``
}
