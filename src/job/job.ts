const MAX_JOB_ID_LENGTH = 256

/** RFC 3986 `pchar` without percent-encoding: what stands in a path's segment as it is. */
const SEGMENT = /^[A-Za-z0-9\-._~!$&'()*+,;=:@]+$/

/** `::name::` would be a workflow command where a later step prints the id at a line's start. */
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
