import type { Connection } from '../api/job.js'
import { REGION_URLS, REGIONS } from '../api/origin.js'
import { Mistake } from '../errors.js'
import { quote } from '../sanitize.js'
import { parseChoice } from './choice.js'
import { parseDuration } from './duration.js'
import { type Field, fields, optional, required } from './fields.js'
import { parseApiUrl } from './url.js'
import { parseWholeNumber } from './whole-number.js'

const MAX_RETRIES = 100
const MIN_REQUEST_TIMEOUT_MS = 1_000
const MAX_REQUEST_TIMEOUT_MS = 3_600_000

/** The inputs that start, download and cancel share, by their names in action.yml. */
export const CONNECTION_INPUTS = [
  'api-key',
  'subaccount-id',
  'region',
  'api-url',
  'request-timeout',
  'retries',
] as const

const readMembers = fields({
  apiKey: required(
    'api-key',
    parseApiKey,
    'Check that the secret exists under that name, and that the workflow may read it: one that a fork started may not.',
  ),
  subaccountId: required(
    'subaccount-id',
    parseSubaccountId,
    'Write the id that 8x8 Connect shows for the subaccount.',
  ),
  region: optional('region', parseChoice(REGIONS)),
  apiUrl: optional('api-url', parseApiUrl),
  requestTimeoutMs: optional(
    'request-timeout',
    parseDuration({ minMs: MIN_REQUEST_TIMEOUT_MS, maxMs: MAX_REQUEST_TIMEOUT_MS }),
  ),
  retries: optional('retries', parseWholeNumber(0, MAX_RETRIES)),
})

/** The shared inputs; the defaults are those of the contract, for an input that is set to nothing. */
export const connectionField: Field<Connection> = (raw) => {
  const { region = 'asia-pacific', apiUrl, requestTimeoutMs = 30_000, ...rest } = readMembers(raw)
  const { apiKey, subaccountId, retries = 5 } = rest
  const baseUrl = apiUrl ?? REGION_URLS[region]
  return { apiKey, subaccountId, baseUrl, requestTimeoutMs, retries }
}

/** What can stand in a header. The key itself is in no message. */
function parseApiKey(text: string): string {
  if (/^bearer\s/i.test(text)) {
    throw new Mistake('begins with the word Bearer. Give the key alone.')
  }
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw new Mistake(
      'holds a space, a line break or a character that no key has. Store the secret again, with the key alone.',
    )
  }
  return text
}

/** The pattern of the API's own description (docs/api.md#authentication). */
function parseSubaccountId(text: string): string {
  if (!/^[A-Za-z0-9\-._&]{3,50}$/.test(text)) {
    throw new Mistake(
      `${quote(text)} is not a subaccount id. Write 3 to 50 letters, digits or - . _ &, as 8x8 Connect shows it.`,
    )
  }
  return text
}
