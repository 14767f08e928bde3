import { Mistake } from '../errors.js'

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
