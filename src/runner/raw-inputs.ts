import { getInput } from '@actions/core'
import type { RawInputs } from '../inputs/fields.js'
import type { Step } from '../step.js'

/** Inputs that are masked before anything else happens. */
const SECRET_INPUTS: readonly string[] = ['api-key', 'phone-number']

/**
 * The texts of the named inputs as the runner hands them over, trimmed; an unset input is `''`
 * there, and undefined from here on. Secrets are masked first, so that no later line shows them.
 */
export function readRawInputs(names: readonly string[], step: Pick<Step, 'mask'>): RawInputs {
  const entries = names.map((name) => [name, getInput(name) || undefined] as const)
  for (const [name, text] of entries) {
    if (text === undefined || !SECRET_INPUTS.includes(name)) continue
    step.mask(text)
    // A phone number is sent, and may be repeated by the API, without its plus sign.
    if (text.startsWith('+') && text.length > 1) step.mask(text.slice(1))
  }
  return Object.fromEntries(entries)
}
