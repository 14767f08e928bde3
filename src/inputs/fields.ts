import { InputError, type InputMistake, Mistake } from '../errors.js'
import { redact } from '../sanitize.js'

/** An api-key is at least this long. */
const MIN_KEY_LENGTH = 8

/** A phone number is at least this long. */
const MIN_DIGITS = 7

/** The texts of a step's inputs by their names in action.yml; undefined where unset or blank. */
export type RawInputs = Readonly<Record<string, string | undefined>>

/** Reads a value from the inputs; throws an InputError with everything that is wrong with it. */
export type Field<T> = (raw: RawInputs) => T

/** Text to value; throws a Mistake that says what is wrong and what would be right. */
export type Parse<T> = (text: string) => T

/** A field that must be given; `hint` says where to find its value. */
export function required<T>(input: string, parse: Parse<T>, hint: string): Field<T> {
  const read = optional(input, parse)
  return (raw) => {
    const value = read(raw)
    if (value !== undefined) return value
    throw new InputError([{ input, text: `is required, and not given. ${hint}` }])
  }
}

/**
 * A field that may be left out, and is `byDefault` then. If two inputs were swapped, the key could be
 * sent, or the phone number shown, as part of another one: such an input is refused, and not quoted.
 */
export function optional<T>(input: string, parse: Parse<T>, byDefault: T): Field<T>
export function optional<T>(input: string, parse: Parse<T>): Field<T | undefined>
export function optional<T>(input: string, parse: Parse<T>, byDefault?: T): Field<T | undefined> {
  return (raw) => {
    const { [input]: text, 'api-key': key = '', 'phone-number': number = '' } = raw
    if (text === undefined) return byDefault
    if (input !== 'api-key' && key.length >= MIN_KEY_LENGTH && text.includes(key)) {
      throw new InputError([{ input, text: 'holds the text of api-key. Give each its own.' }])
    }
    try {
      return parseField(input, text, parse)
    } catch (error) {
      const digits = number.replace(/\D/g, '')
      const isSwapped = digits.length >= MIN_DIGITS && redact(text, [digits]) !== text
      // The messages of these two do not show what was given.
      if (!isSwapped || input === 'api-key' || input === 'phone-number') throw error
      throw new InputError([{ input, text: 'holds the text of phone-number. Give each its own.' }])
    }
  }
}

/** Several fields as one: all are read, and all their mistakes are thrown together. */
export function fields<T extends object>(members: { [K in keyof T]: Field<T[K]> }): Field<T> {
  return (raw) => {
    const mistakes: InputMistake[] = []
    const values: Partial<T> = {}
    for (const name of Object.keys(members) as (keyof T)[]) {
      try {
        values[name] = members[name](raw)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        mistakes.push(...error.mistakes)
      }
    }
    if (mistakes.length > 0) throw new InputError(mistakes)
    return values as T
  }
}

/** Parses the text of one input, and adds the input's name to a mistake in it. */
export function parseField<T>(input: string, text: string, parse: Parse<T>): T {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    throw new InputError([{ input, text: error.message }])
  }
}
