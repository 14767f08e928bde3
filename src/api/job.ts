/** Where the API is, and with which key and limits it is called. */
export interface Connection {
  readonly apiKey: string
  readonly subaccountId: string
  /** Where the API's paths begin, with no slash at the end. */
  readonly baseUrl: string
  /** How long one request may go without a byte. */
  readonly requestTimeoutMs: number
  /** How often a request that may be repeated is tried again. */
  readonly retries: number
}

/**
 * What to export, in the API's own words (docs/api.md#start): the body of the start request,
 * its members in the order of the API's reference. What is left out has the API's default.
 */
export interface ExportFilter {
  /** Start and end of the window, in one of the API's forms of a moment. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** E.164 as digits alone. */
  readonly phoneNumber?: string | undefined
  /** ISO 3166-1 alpha-2 codes. */
  readonly countries?: readonly string[] | undefined
  /** Most records to export; 0 is unlimited. */
  readonly limit: number
}

const MAX_JOB_ID_LENGTH = 256

/** RFC 3986 `pchar` without percent-encoding: needs no escape in a segment of a path. */
const SEGMENT = /^[A-Za-z0-9\-._~!$&'()*+,;=:@]+$/

/** `::name::` would be a workflow command if a later step printed the id at the start of a line. */
const WORKFLOW_COMMAND = /::[^:]*::/

/**
 * Whether a text can be a job's id: 1 to 256 characters that stand in one segment of a URL's path
 * unescaped, not `.` or `..`, and with no workflow command in it.
 */
export function isJobId(text: string): boolean {
  return (
    text.length <= MAX_JOB_ID_LENGTH &&
    SEGMENT.test(text) &&
    text !== '.' &&
    text !== '..' &&
    !WORKFLOW_COMMAND.test(text)
  )
}

/** The statuses that the API documents (docs/api.md#the-job), before and after a job's end. */
const GOING_ON: readonly string[] = ['queued', 'running']
const OVER: readonly string[] = ['succeeded', 'empty', 'failed', 'cancelled', 'error']

/** A job as the API last described it. */
export interface Job {
  /** As the API words it. A job with an undocumented status counts as not over. */
  readonly jobStatus: string
  /** The addresses of the CSV files, each a credential; empty unless the job has succeeded. */
  readonly links: readonly string[]
  /** When the links stop working, as the API writes it (UTC). */
  readonly expires: string | undefined
}

/** Whether the API documents a status. */
export function isDocumented(jobStatus: string): boolean {
  return GOING_ON.includes(jobStatus) || isOver(jobStatus)
}

/** Whether a job with this status has come to an end. */
export function isOver(jobStatus: string): boolean {
  return OVER.includes(jobStatus)
}
