import { InputError, Mistake } from '../../src/errors.js'

/** All mistakes that reading inputs throws, as `input: what is wrong`; none where it succeeds. */
export function mistakesIn(read: () => unknown): string[] {
  try {
    read()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.mistakes.map(({ input, text }) => `${input}: ${text}`)
  }
  return []
}

/** The message of the mistake that a text is. */
export function mistakeOf(parse: (text: string) => unknown, text: string): string {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof Mistake) return error.message
    throw error
  }
  throw new Error(`${JSON.stringify(text)} is no mistake`)
}
