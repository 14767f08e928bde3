// What a start can meet on the wire, what the server does then, and what would be right.
import {
  answer,
  apiError,
  cut,
  httpAnswer,
  JOB_ID,
  reset,
  stall,
  started,
} from '../../__tests__/helpers/wire-server.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const BODY = JSON.stringify({ jobId: JOB_ID })
const CHUNKED_HEAD = httpAnswer(202, '', { 'transfer-encoding': 'chunked', ...JSON_TYPE })
const TOO_LONG = httpAnswer(202, BODY, { 'content-length': String(BODY.length + 20), ...JSON_TYPE })

const chunk = (text) => `${text.length.toString(16)}\r\n${text}\r\n`
const named = (jobId) => answer(202, JSON.stringify({ jobId }), JSON_TYPE)
const busy = (status, retryAfter) =>
  apiError(status, 9999, 'Busy', retryAfter === undefined ? {} : { 'retry-after': retryAfter })

/** Sends some 10 MB a second for as long as someone is there: no more, for some keep it all. */
function flood(socket) {
  const piece = chunk('{"a":'.repeat(10_000))
  socket.write(CHUNKED_HEAD)
  const timer = setInterval(() => socket.write(piece), 5)
  socket.once('close', () => clearInterval(timer))
}

/** The step fails, with no job id; a start that may have reached the API is not sent again. */
const failure = { exitCodes: [1], posts: [1] }
/** A job is started in the end. */
const startAfter = (posts) => ({ exitCodes: [0], posts: [posts] })
/** The API has refused: to ask once more is of no use, and does no harm. */
const refusal = { exitCodes: [1], posts: [1, 2] }

/**
 * `react` gives what the server does with one request after another, the last goes for all that
 * follow; it is handed the address of another server. `right` holds the exit codes and the numbers of
 * POSTs read by the server that are right.
 */
export const FAULTS = [
  { name: 'no fault', react: () => [started], right: startAfter(1) },
  {
    name: 'body cut before its Content-Length',
    react: () => [cut(TOO_LONG), started],
    right: failure,
  },
  {
    name: 'body cut before its last chunk',
    react: () => [cut(CHUNKED_HEAD + chunk(BODY)), started],
    right: failure,
  },
  {
    name: 'body cut in the middle of its JSON',
    react: () => [cut(TOO_LONG.slice(0, -20)), started],
    right: failure,
  },
  { name: 'head that never comes', react: () => [stall(''), started], right: failure },
  {
    name: 'head that stops half-way',
    react: () => [stall('HTTP/1.1 202 Accepted\r\ncontent-type: appl'), started],
    right: failure,
  },
  { name: 'body that stops coming', react: () => [stall(TOO_LONG), started], right: failure },
  { name: 'body without an end', react: () => [flood], right: failure },
  {
    name: '202 with an HTML page',
    react: () => [answer(202, '<html>Welcome</html>', { 'content-type': 'text/html' })],
    right: failure,
  },
  { name: '202 without a body', react: () => [answer(202, '')], right: failure },
  {
    name: '202 without a jobId',
    react: () => [answer(202, '{"id":"abc"}', JSON_TYPE)],
    right: failure,
  },
  { name: 'jobId that is a number', react: () => [named(42)], right: failure },
  { name: 'jobId that is empty', react: () => [named('')], right: failure },
  { name: 'jobId with a line break', react: () => [named('abc\njob-id=evil')], right: failure },
  { name: 'jobId with a path', react: () => [named('../../admin')], right: failure },
  {
    name: 'jobId that is a workflow command',
    react: () => [named('::warning::evil')],
    right: failure,
  },
  ...[302, 307, 308].map((status) => ({
    name: `${status} to another port`,
    react: (elsewhere) => [answer(status, '', { location: `${elsewhere}/here` })],
    right: failure,
  })),
  {
    name: '307 to another host',
    react: (elsewhere) => [
      answer(307, '', { location: `${elsewhere.replace('127.0.0.1', 'localhost')}/here` }),
    ],
    right: failure,
  },
  { name: '429, Retry-After: 1', react: () => [busy(429, '1'), started], right: startAfter(2) },
  { name: '429, Retry-After: an hour', react: () => [busy(429, '3600'), started], right: failure },
  { name: '503, no Retry-After', react: () => [busy(503), started], right: startAfter(2) },
  { name: '500 after the job was started', react: () => [busy(500), started], right: failure },
  { name: '502 after the job was started', react: () => [busy(502), started], right: failure },
  { name: '504 after the job was started', react: () => [busy(504), started], right: failure },
  {
    name: 'reset before the request was read',
    isResetFirst: true,
    react: () => [started],
    // Nobody can tell it from the next one, so both ends are right: none read, or a second try.
    right: { exitCodes: [0, 1], posts: [0, 1] },
  },
  { name: 'reset after the request was read', react: () => [reset(), started], right: failure },
  {
    name: 'error text with workflow commands',
    react: () => [apiError(400, 1000, 'no\n::warning::evil\n##[error]evil')],
    right: refusal,
  },
  {
    name: 'error page with workflow commands',
    react: () => [
      answer(400, 'no\n::warning::evil\n##[error]evil\n', { 'content-type': 'text/plain' }),
    ],
    right: refusal,
  },
]
