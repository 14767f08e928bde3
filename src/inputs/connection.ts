import { type Connection, isJobId } from '../api/job.js'
import { isLoopback, REGION_URLS, REGIONS } from '../api/link.js'
import { Mistake, readSlips } from '../errors.js'
import { quote } from '../sanitize.js'
import { type Field, fields, optional, required } from './fields.js'
import { parseChoice, parseDuration, parseJsonTexts, parseWholeNumber } from './values.js'

const MAX_RETRIES = 100
const MIN_REQUEST_TIMEOUT_MS = 1_000
const MAX_REQUEST_TIMEOUT_MS = 3_600_000

/** The inputs that start, download, sync and cancel share, by their names in action.yml. */
export const CONNECTION_INPUTS = [
  'api-key',
  'subaccount-id',
  'region',
  'api-url',
  'request-timeout',
  'retries',
] as const

/** Other names of regions, their places and their hosts. */
const REGION_SLIPS = readSlips(`asia-pacific: asia ap apac sg singapore sms.8x8.com|
  north-america: us usa na america unitedstates sms.us.8x8.com|
  europe: eu uk gb sms.8x8.uk|indonesia: id jakarta sms.8x8.id`)

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
  region: optional('region', parseChoice(REGIONS, REGION_SLIPS), 'asia-pacific'),
  apiUrl: optional('api-url', parseApiUrl),
  requestTimeoutMs: optional(
    'request-timeout',
    parseDuration({ minMs: MIN_REQUEST_TIMEOUT_MS, maxMs: MAX_REQUEST_TIMEOUT_MS }),
    30_000,
  ),
  retries: optional('retries', parseWholeNumber(0, MAX_RETRIES), 5),
})

/** The shared inputs. The defaults are those of action.yml, for an input that is set to nothing. */
export const connectionField: Field<Connection> = (raw) => {
  const { region, apiUrl, ...rest } = readMembers(raw)
  return { ...rest, baseUrl: apiUrl ?? REGION_URLS[region] }
}

const MIN_KEY_LENGTH = 8
const MAX_KEY_LENGTH = 4_096

/** Texts that are not keys, each with what is wrong. No message shows the text itself. */
const NO_KEYS: readonly (readonly [form: RegExp, mistake: string])[] = [
  [/^\$\{\{/, 'is an expression that was not replaced. Look at its braces and quotes.'],
  [/^["'`]|["'`]$/, 'has quotation marks around it. Store the secret again, without them.'],
  [
    /^[<[{(]|[>\]})]$/,
    'has brackets around it, as the place for a key in an example. Give the key.',
  ],
  [
    /^(?:your|my)[-_ ]?(?:8x8[-_ ]?)?(?:connect[-_ ]?)?(?:api[-_ ]?)?key$/i,
    'is the place for a key in an example. Give the key.',
  ],
  [/^\$[A-Za-z_]|^%\w+%$/, 'is the name of a variable, not its value. Give the secret itself.'],
  [
    /^(?:authorization\s*:\s*)?bearer(?:\s|:|$)/i,
    'begins with the word Bearer. Give the key alone.',
  ],
  [
    /^(?:authorization|(?:x-)?api-?key)\s*:/i,
    'begins with the name of a header. Give the key alone.',
  ],
  [/^[A-Za-z_]\w*=(?=[^=])/, 'begins with a name and an equals sign. Give the key alone.'],
  [
    /[^\x21-\x7e]/,
    'holds a space, a line break or a character that no key has. Store the secret again, with the key alone.',
  ],
]

/** 8 to 4,096 visible ASCII characters. No message shows the key. */
function parseApiKey(text: string): string {
  const mistake = NO_KEYS.find(([form]) => form.test(text))?.[1]
  if (mistake !== undefined) throw new Mistake(mistake)
  if (text.length < MIN_KEY_LENGTH || text.length > MAX_KEY_LENGTH) {
    throw new Mistake(
      `has ${text.length} character${text.length === 1 ? '' : 's'}, and a key has ${MIN_KEY_LENGTH} to ${MAX_KEY_LENGTH}. Store the secret again, with the key alone.`,
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

/**
 * The address of an API, without a slash at its end: `https`, or `http` on a loopback address. No
 * message shows it, as it may hold a password.
 */
export function parseApiUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(text)) {
    throw new Mistake('is not a web address. Write one like https://gateway.example.com/sms.')
  }
  if (url.username || url.password || text.split(/[/?#]/)[2]?.includes('@')) {
    throw new Mistake('holds a user name or a password. Write the address without them.')
  }
  if (text.includes('?') || text.includes('#')) {
    throw new Mistake('holds a query or a fragment. Write the address without "?" and "#".')
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Mistake(
      'is not encrypted: the API key would travel in the clear. Write https; http is for 127.0.0.1, [::1] and localhost.',
    )
  }
  return `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '')}`
}

/**
 * An E.164 number, with or without its plus sign, as digits alone: the form of the API's own
 * example. The number is a person's, so no message shows it.
 */
export function parsePhoneNumber(text: string): string {
  const [, digits] = /^\+?([1-9]\d{6,14})$/.exec(text) ?? []
  if (digits === undefined) throw new Mistake(describeMistake(text))
  return digits
}

function describeMistake(text: string): string {
  const wanted = 'Write the country code and the number, 7 to 15 digits with or without a +.'
  if (/[^\d+]/.test(text)) return `holds more than digits and a plus sign in front. ${wanted}`
  if (/^\+?0/.test(text)) return `begins with 0, which no country code does. ${wanted}`
  return `is not a number in E.164 form. ${wanted}`
}

/** A job's id, as the start action outputs it. */
export function parseJobId(text: string): string {
  if (!isJobId(text)) {
    throw new Mistake(
      `${quote(text)} is not the id of a job. Give the output job-id of the start step as it is.`,
    )
  }
  return text
}

/** The ids of jobs as a JSON array, as the output `job-ids` of the start action gives them. */
export function parseJobIds(text: string): readonly string[] {
  const ids = parseJsonTexts(text)
  if (!ids?.every(isJobId)) {
    throw new Mistake('is not a JSON array of job ids. Give the output job-ids of the start step.')
  }
  if (ids.length === 0) throw new Mistake('is empty: the start step has started no job.')
  return ids
}
