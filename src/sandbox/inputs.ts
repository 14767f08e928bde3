import { fields, optional, type RawInputs } from '../inputs/fields.js'
import { parseChoice, parseDuration, parseWholeNumber } from '../inputs/values.js'

/** How jobs end. */
const SCENARIOS = ['succeeded', 'empty', 'failed', 'cancelled', 'error'] as const

/** What every export of a sandbox is like. */
export interface SandboxConfig {
  /** Messages a day, on average. */
  readonly records: number
  /** CSV files in each export. */
  readonly files: number
  readonly scenario: (typeof SCENARIOS)[number]
  readonly durationMs: number
  readonly seed: number
}

/** Messages a day: a window of half a year takes some seconds to be counted. */
const MAX_RECORDS = 2_000_000
const MAX_FILES = 100
const MAX_SEED = 4_294_967_295

/** The sandbox's inputs by their names in action.yml. */
export const SANDBOX_INPUTS = ['records', 'files', 'scenario', 'duration', 'seed'] as const

/** Throws an InputError with all mistakes. */
export function readSandboxConfig(raw: RawInputs): SandboxConfig {
  return fields({
    records: optional('records', parseWholeNumber(0, MAX_RECORDS), 1_000),
    files: optional('files', parseWholeNumber(1, MAX_FILES), 1),
    scenario: optional('scenario', parseChoice(SCENARIOS), 'succeeded'),
    durationMs: optional('duration', parseDuration({ minMs: 0, maxMs: 6 * 3_600_000 }), 2_000),
    seed: optional('seed', parseWholeNumber(0, MAX_SEED), 1),
  })(raw)
}
