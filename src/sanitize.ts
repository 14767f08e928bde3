import { stripVTControlCharacters } from 'node:util'

/** Replaces a secret, as on the runner. */
const REDACTED = '***'

/** Replaces a whole text with a secret in it that cannot be cut out. */
const NOT_SHOWN = '(not shown, as it may hold a secret)'

/** Invisible characters: of no width, direction marks, fillers (U+115F, U+3164). */
const INVISIBLE = /[\p{Cf}\p{DI}]+/gu

/** Whole addresses of any scheme: a download link is a credential. */
const ADDRESS = /(?:[a-z][a-z0-9+.-]{0,20}:)?(?:\\?\/){2}\S+/gi

/** What has as many digits as a phone number, but is not one: a time, a UUID (an errorId). */
const NO_PHONE_NUMBER = [
  String.raw`(?<!\d)\d{4}-[01]\d-[0-3]\d(?!\d)(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,9}(?!\d))?)?)?`,
  String.raw`\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b`,
].join('|')

/** An IP address may stand in a message, too. */
const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|1?\d?\d)`
const IP_ADDRESS = String.raw`(?<![\d.])(?:${OCTET}\.){3}${OCTET}(?![\d.])`

/**
 * What may be a phone number in a text: 7 or more digits of any script, also with the usual
 * separators between them (not a comma, which separates numbers). What is certainly not one is
 * matched as well, in a group of its own.
 */
const PHONE_NUMBER = new RegExp(
  String.raw`(${NO_PHONE_NUMBER}|${IP_ADDRESS})|\+?\p{Nd}(?:[\p{Zs}\p{Pd}()./\\_·]{0,3}\p{Nd}){6,}`,
  'giu',
)

/** What may stand between the digits of a known phone number, or of one in a name. */
const SEPARATORS = String.raw`[^\p{L}\p{N}|]{0,3}`

const SEVEN_DIGITS = new RegExp(String.raw`\p{Nd}(?:${SEPARATORS}\p{Nd}){6}`, 'u')
const IS_NO_PHONE_NUMBER = new RegExp(NO_PHONE_NUMBER, 'gi')

/** Escapes of URLs, JSON, JavaScript, HTML and our own messages. */
const ESCAPE =
  /%([\da-f]{2})|\\u([\da-f]{4})|\\x([\da-f]{2})|&#x([\da-f]{1,6});|&#(\d{1,7});|&(amp|lt|gt|quot|apos);|\\([!-/:-@[-`{-~])|U\+[\dA-F]{4,6}/gi

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

/** Escapes are undone this many times, because an escape may be escaped (`%252B`). */
const MAX_ESCAPED = 3

export interface SanitizeOptions {
  /** Texts that must not be shown: each is replaced by `***`. */
  readonly secrets?: readonly string[]
  /** In characters; a longer text is cut, and ends in `…`. */
  readonly maxLength?: number
}

/**
 * Text from outside, made harmless for a log, an annotation or a message: one line without control
 * characters, terminal escapes, invisible characters, the given secrets or the start of a workflow
 * command, with at most 200 characters (or `maxLength`).
 */
export function sanitize(text: string, options: SanitizeOptions = {}): string {
  return makeHarmless(text, options, (shown) => shown)
}

/**
 * The same for text from a server, which may repeat what it was sent: what looks like an address or
 * a phone number is replaced as well.
 */
export function sanitizeAnswer(text: string, options: SanitizeOptions = {}): string {
  return makeHarmless(text, options, (shown) =>
    shown
      .replace(ADDRESS, '(address)')
      .replace(PHONE_NUMBER, (_, none?: string) => none ?? '(number)'),
  )
}

/** A wrong value in quotation marks, for messages; invisible characters are named: `"SGU+200B"`. */
export function quote(text: string, options: SanitizeOptions = {}): string {
  const maxLength = options.maxLength ?? 80
  const named = cut(text, maxLength).replace(/[^\P{Cc}\s]|[\p{Cf}\p{DI}]/gu, nameOf)
  return `"${sanitize(named, { ...options, maxLength })}"`
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** Without invisible characters, and with a plain space for each other blank (no-break, wide …). */
export function stripInvisible(text: string): string {
  return text.replace(INVISIBLE, '').replace(/[\p{Zs}\u2800]/gu, ' ')
}

/**
 * Whether the text may hold a phone number in any spelling. This is for texts that are passed on whole
 * or not at all; in a text that is only shown, `sanitizeAnswer` replaces what looks like one.
 */
export function mayHoldPhoneNumber(text: string): boolean {
  return SEVEN_DIGITS.test(text.replace(INVISIBLE, '').replace(IS_NO_PHONE_NUMBER, 'x'))
}

/**
 * The text with each secret replaced by `***`, the longest first; a phone number also with
 * separators in it. If a secret remains that escapes (`%2B`, `\u002B`, `&#43;`) or line breaks hide,
 * nothing of the text is shown. The runner masks secrets in base64.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const longestFirst = secrets.filter(Boolean).sort((a, b) => b.length - a.length)
  const replaceAll = (shown: string): string => longestFirst.reduce(replaceSecret, shown)
  const shown = replaceAll(text)
  const undone = undoEscapes(shown)
  const forms = [undone, undone.replace(/[\s\p{Cc}]+/gu, '')]
  return forms.every((form) => replaceAll(form) === form) ? shown : NOT_SHOWN
}

function replaceSecret(text: string, secret: string): string {
  // Also without its plus.
  const [, digits] = /^\+?(\d{7,15})$/.exec(secret) ?? []
  if (digits === undefined) return text.replaceAll(secret, REDACTED)
  return text.replace(new RegExp([...digits].join(SEPARATORS), 'gu'), REDACTED)
}

function undoEscapes(text: string): string {
  let undone = text
  for (let times = 0; times < MAX_ESCAPED; times++) {
    const before = undone
    undone = before.replace(ESCAPE, undoEscape)
    if (undone === before) break
  }
  return undone
}

function undoEscape(_: string, ...groups: (string | undefined)[]): string {
  const [percent, unicode, hex, hexEntity, entity, name, escaped] = groups
  const code = percent ?? unicode ?? hex ?? hexEntity
  if (code !== undefined) return characterOf(Number.parseInt(code, 16))
  if (entity !== undefined) return characterOf(Number(entity))
  return escaped ?? (name && ENTITIES[name.toLowerCase()]) ?? ''
}

function characterOf(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}

/** Cuts the text before it is searched, so that the cost is bounded. */
function makeHarmless(
  text: string,
  { secrets = [], maxLength = 200 }: SanitizeOptions,
  hide: (shown: string) => string,
): string {
  // The end of what is left may be half a secret, also an escaped one, so it is not shown either.
  const doubtful = Math.max(64, ...secrets.map(({ length }) => 8 * length))
  const bound = 4 * maxLength + doubtful
  const shown = hide(redact(onOneLine(text.slice(0, bound)), secrets))
  const undone = undoEscapes(shown)
  if (shown === NOT_SHOWN || hide(undone) !== undone) return cut(NOT_SHOWN, maxLength)
  const known = text.length <= bound ? shown : `${[...shown].slice(0, -doubtful).join('')}…`
  return cut(disarm(known), maxLength)
}

function onOneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(INVISIBLE, '')
    .replace(/[\s\u2800\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
}

/** For the runner, `::` at the start of a line and `##[` anywhere in it begin a command. */
function disarm(text: string): string {
  return text.replace(/^::/, ': :').replaceAll('##[', '## [')
}

function cut(text: string, maxLength: number): string {
  // A character is at most two UTF-16 units.
  const characters = [...text.slice(0, 2 * maxLength + 2)]
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`
}
