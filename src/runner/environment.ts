import { homedir } from 'node:os'
import { getInput, getState, saveState } from '@actions/core'
import { StepError } from '../errors.js'
import type { RawInputs } from '../inputs/fields.js'
import { stripInvisible } from '../sanitize.js'
import type { Step } from '../step.js'

/** Inputs that are masked before anything else happens. */
const SECRET_INPUTS: readonly string[] = ['api-key', 'phone-number']

/**
 * Keys and phone numbers are longer; a shorter mask would hide parts of everything that later steps
 * log.
 */
const MIN_SECRET_LENGTH = 7

/**
 * The texts of the named inputs, without blanks around them and without invisible characters. An unset
 * input is `''` on the runner, and undefined from here on. Secrets are masked first, so that no later
 * line shows them.
 */
export function readRawInputs(names: readonly string[], step: Pick<Step, 'mask'>): RawInputs {
  const texts = names.map((name) => [name, readInput(name)] as const)
  for (const [name, given] of texts) {
    if (!SECRET_INPUTS.includes(name)) continue
    for (const secret of spellingsOf(name, given)) step.mask(secret)
  }
  return Object.fromEntries(
    texts.map(([name, given]) => [name, stripInvisible(given).trim() || undefined]),
  )
}

/** Some runners cannot set a variable with a dash in its name, and write `INPUT_API_KEY`. */
function readInput(name: string): string {
  const isThere = process.env[`INPUT_${name.toUpperCase()}`] !== undefined
  return getInput(isThere ? name : name.replaceAll('-', '_'))
}

/** The API gets, and may repeat, a phone number without its plus. */
function spellingsOf(name: string, given: string): Set<string> {
  const plain = stripInvisible(given).trim()
  const numbers = name === 'phone-number' ? [plain.replace('+', ''), plain.replace(/\D/g, '')] : []
  return new Set([given, plain, ...numbers].filter(({ length }) => length >= MIN_SECRET_LENGTH))
}

/** The working folder, and the home folder if there is one, to which paths may be relative. */
export function readPlaces(): { readonly cwd: string; readonly home: string | undefined } {
  return { cwd: workingFolder(), home: homeFolder() }
}

function workingFolder(): string {
  try {
    return process.cwd()
  } catch (cause) {
    throw new StepError(
      'The folder in which the step was started is not there any more. Check what an earlier step has removed.',
      { cause },
    )
  }
}

/** Undefined for a user that the system does not know, as in some containers. */
function homeFolder(): string | undefined {
  try {
    return homedir()
  } catch {
    return undefined
  }
}

/** Keeps a text for the post step of the same action. Throws a StepError where it cannot. */
export function keepForPost(name: string, text: string): void {
  try {
    saveState(name, text)
  } catch (cause) {
    throw new StepError(
      `The step could not keep ${name} for its end. Check that the file behind GITHUB_STATE is there, and that the runner's disk is not full.`,
      { cause },
    )
  }
}

/** What the main step has kept; undefined if it kept nothing. */
export function keptByMain(name: string): string | undefined {
  return getState(name) || undefined
}
