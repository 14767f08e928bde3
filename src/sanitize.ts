import { stripVTControlCharacters } from 'node:util'

/** What a secret is replaced by, as on the runner. */
const REDACTED = '***'

/** Whole addresses, whatever their scheme: a download link is a credential. */
const ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi

/**
 * What may be a phone number: 7 to 15 digits (E.164), also with the usual separators in it. Dates
 * and the digits of a UUID (an errorId) are none.
 */
const PHONE_NUMBER =
  /(?<![0-9a-f-])(?!\d{4}-[01]\d-[0-3]\d(?!\d))\+?\d(?:[ ()\u2010-\u2015-]{0,2}\d){6,14}(?![0-9a-f-])/gi

/** What people write between the digits of a phone number. */
const SEPARATORS = '[^\\p{L}\\p{N}]{0,3}'

/** What has as many digits as a phone number, or more, and is none: a day, a UUID. */
const NO_PHONE_NUMBER =
  /(?<!\d)\d{4}-[01]\d-[0-3]\d(?!\d)|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi

/** As many digits of any script as the shortest phone number has. */
const SEVEN_DIGITS = new RegExp(`\\p{Nd}(?:${SEPARATORS}\\p{Nd}){6}`, 'u')

/** Shorter secrets are too short in base64 to be told from other texts. */
const MIN_BASE64_BYTES = 6

export interface SanitizeOptions {
  /** Texts that must not be seen: each is replaced by `***`. */
  readonly secrets?: readonly string[]
  /** In characters; what is longer is cut, and ends in `…`. */
  readonly maxLength?: number
}

/**
 * Text from outside, made harmless for a log, an annotation or a message: on one line, without
 * control characters, terminal escapes and direction marks, without the given secrets, at most
 * 200 characters (or `maxLength`), and with no start of a workflow command.
 */
export function sanitize(text: string, options: SanitizeOptions = {}): string {
  const { secrets = [], maxLength = 200 } = options
  return cut(disarm(redact(onOneLine(text), secrets)), maxLength)
}

/**
 * The same for text from a server, which may also repeat what it was sent: what looks like an
 * address or like a phone number is left out.
 */
export function sanitizeAnswer(text: string, options: SanitizeOptions = {}): string {
  const { secrets = [], maxLength = 200 } = options
  const shown = redact(onOneLine(text), secrets)
    .replace(ADDRESS, '(address)')
    .replace(PHONE_NUMBER, '(number)')
  return cut(disarm(shown), maxLength)
}

/**
 * Whether a phone number may stand in the text, however it is written. A text that is only shown may
 * lose what looks like one; this is for texts that are handed on whole or not at all.
 */
export function mayHoldPhoneNumber(text: string): boolean {
  return SEVEN_DIGITS.test(text.replace(/\p{Cf}+/gu, '').replace(NO_PHONE_NUMBER, 'x'))
}

/** A wrong value, in quotation marks, as messages show it: `"10 minutes"`. */
export function quote(text: string, options: SanitizeOptions = {}): string {
  return `"${sanitize(text, { maxLength: 80, ...options })}"`
}

/**
 * The text with each secret replaced by `***`, the longest first, also where a server has written
 * it in another way: percent-encoded, escaped as in JSON, in base64, or broken into lines; a phone
 * number also with separators in it.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const longestFirst = secrets.filter(Boolean).sort((a, b) => b.length - a.length)
  return longestFirst.reduce((shown, secret) => shown.replace(spellingsOf(secret), REDACTED), text)
}

function spellingsOf(secret: string): RegExp {
  // A number is the same without its plus.
  const [, digits] = /^\+?(\d{7,})$/.exec(secret) ?? []
  if (digits !== undefined) return new RegExp([...digits].join(SEPARATORS), 'gu')
  const inText = [...secret].map(spellingsOfCharacter).join('\\s?')
  return new RegExp([inText, ...base64FormsOf(secret)].join('|'), 'gu')
}

/** `+` may be `%2B`, `\u002b` and, as a quotation mark would be, `\+`. */
function spellingsOfCharacter(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16)
  const plain = `\\u{${hex}}`
  if (!/^[\x21-\x7e]$/.test(character) || /^[A-Za-z0-9]$/.test(character)) return plain
  return `(?:\\\\?${plain}|(?i:%${hex}|\\\\u00${hex}))`
}

/**
 * What is the same in the base64 of any text that holds the secret: which characters that are
 * hangs on where in a group of three bytes the secret begins.
 */
function base64FormsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  if (bytes.length < MIN_BASE64_BYTES) return []
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const first = Math.ceil((before * 8) / 6)
    const end = Math.floor(((before + bytes.length) * 8) / 6)
    return encoded.slice(first, end).replaceAll('+', '[-+]').replaceAll('/', '[/_]')
  })
}

function onOneLine(text: string): string {
  return stripVTControlCharacters(text.toWellFormed())
    .replace(/\p{Cf}+/gu, '')
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
}

/** The runner takes `::` at the start of a line, and `##[` anywhere in one, for a command. */
function disarm(text: string): string {
  return text.replace(/^::/, ': :').replaceAll('##[', '## [')
}

function cut(text: string, maxLength: number): string {
  const characters = [...text]
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`
}
