import { InputError } from '../../src/errors.js'

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
