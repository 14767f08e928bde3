/**
 * The base of all failures that are meant for the user. `message` is one line that says what is wrong,
 * what was expected and where to look, and holds no secret; `cause` is the error behind it. Any other
 * error that ends a step is a bug of ours.
 */
export class StepError extends Error {
  override name = 'StepError'
}

/** What is wrong with one input, without the input's name, which the caller adds. */
export class Mistake extends Error {
  override name = 'Mistake'
}

/**
 * `, did you mean 10m?`; or only the end of the sentence, if `meant` is undefined or `parse` refuses
 * it as well.
 */
export function didYouMean(
  meant: string | undefined,
  parse: (text: string) => unknown = () => undefined,
): string {
  if (meant === undefined) return '.'
  try {
    parse(meant)
    return `, did you mean ${meant}?`
  } catch (error) {
    if (error instanceof Mistake) return '.'
    throw error
  }
}

/** What people write, and what they mean by it, from `GB: UK EN|GR: EL`: `UK` is `GB`. */
export function readSlips(table: string): ReadonlyMap<string, string> {
  return new Map(
    table.split('|').flatMap((entry) => {
      const [meant = '', written = ''] = entry.split(':')
      return written
        .trim()
        .split(' ')
        .map((slip): [string, string] => [slip, meant.trim()])
    }),
  )
}

/** One wrong input of a step: the input's name as in action.yml, and what is wrong with it. */
export interface InputMistake {
  readonly input: string
  readonly text: string
}

/** Everything that is wrong with the inputs of a step, thrown before any request. */
export class InputError extends StepError {
  override name = 'InputError'

  constructor(readonly mistakes: readonly InputMistake[]) {
    super(mistakes.map(({ input, text }) => `${input}: ${text}`).join('\n'))
  }
}

/** The code of an error of Node.js or of the system, such as `ENOENT`; empty for any other. */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/**
 * Whether an error comes from the operating system. If Node.js has no name for its code, it writes
 * `Unknown system error -122`. The codes of Node.js itself (`ERR_…`) mean bugs.
 */
export function isSystemError(error: unknown): boolean {
  return /^(E[A-Z0-9]+|UNKNOWN|Unknown system error -\d+)$/.test(systemCodeOf(error))
}

/** The runner has asked the step to end, by SIGINT or SIGTERM. */
export class InterruptedError extends StepError {
  override name = 'InterruptedError'

  constructor(signalName: string) {
    super(`Interrupted by ${signalName}.`)
  }
}
