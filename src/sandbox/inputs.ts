import { fields, optional, type RawInputs } from '../inputs/fields.js'
import { parseChoice, parseDuration, parseWholeNumber } from '../inputs/values.js'
import { type SandboxConfig, SCENARIOS } from './jobs.js'

/** Messages a day: a window of half a year takes some seconds to be counted. */
const MAX_RECORDS = 2_000_000
const MAX_FILES = 100
const MAX_SEED = 4_294_967_295

/** The sandbox's inputs by their names in action.yml. */
export const SANDBOX_INPUTS = ['records', 'files', 'scenario', 'duration', 'seed'] as const

/** The inputs to what every export is like; throws an InputError with all mistakes. */
export function readSandboxConfig(raw: RawInputs): SandboxConfig {
  return fields({
    records: optional('records', parseWholeNumber(0, MAX_RECORDS), 1_000),
    files: optional('files', parseWholeNumber(1, MAX_FILES), 1),
    scenario: optional('scenario', parseChoice(SCENARIOS), 'succeeded'),
    durationMs: optional('duration', parseDuration({ minMs: 0, maxMs: 6 * 3_600_000 }), 2_000),
    seed: optional('seed', parseWholeNumber(0, MAX_SEED), 1),
  })(raw)
}
