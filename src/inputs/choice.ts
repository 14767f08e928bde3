import { Mistake } from '../errors.js'
import { quote } from '../sanitize.js'
import type { Parse } from './fields.js'

/** One of the given words, written just so. */
export function parseChoice<T extends string>(choices: readonly T[]): Parse<T> {
  return (text) => {
    const choice = choices.find((word) => word === text)
    if (choice === undefined) {
      throw new Mistake(`${quote(text)} is not known. Write one of ${choices.join(', ')}.`)
    }
    return choice
  }
}
