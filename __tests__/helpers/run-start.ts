import { expect } from 'vitest'
import { type ActionRun, launchAction, type RunningAction, type RunOptions } from './run-action.js'

export const API_KEY = 'kEy-0123456789-of-the-tests'
export const PHONE_NUMBER = '+6598765432'

/** A start with all that it must have, at a server of a test; what differs is named. */
export function launchStart(apiUrl: string, options: RunOptions = {}): RunningAction {
  const inputs = {
    'api-key': API_KEY,
    'subaccount-id': 'acme_sg',
    'api-url': apiUrl,
    // A busy machine is not to be taken for a silent server: who needs that says a shorter time.
    'request-timeout': '30s',
    retries: '1',
    'phone-number': PHONE_NUMBER,
    ...options.inputs,
  }
  const running = launchAction('start', { ...options, inputs })
  return { ...running, ended: running.ended.then((run) => withoutSecrets(run)) }
}

/** The same, to its end. */
export function runStart(apiUrl: string, options: RunOptions = {}): Promise<ActionRun> {
  return launchStart(apiUrl, options).ended
}

/** Every run passes here: no secret is in anything that a person or a step can see. */
export function withoutSecrets(run: ActionRun, more: readonly string[] = []): ActionRun {
  const log = run.stdout
    .split('\n')
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n')
  for (const secret of [API_KEY, PHONE_NUMBER, PHONE_NUMBER.slice(1), ...more]) {
    const places = {
      log,
      stderr: run.stderr,
      summary: run.summary,
      outputs: JSON.stringify(run.outputs),
    }
    for (const [place, text] of Object.entries(places)) {
      expect([place, text.includes(secret)]).toEqual([place, false])
    }
  }
  return run
}

/** The texts of the error annotations, as the runner reads them. */
export function errorsOf({ stdout }: ActionRun): string[] {
  return stdout
    .split('\n')
    .flatMap((line) => /^::error(?: [^:]*)?::(.*)$/.exec(line)?.[1] ?? [])
    .map((text) => text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%'))
}

/** Every line of the log that the runner would take for a command, by its name. */
export function commandsOf({ stdout }: ActionRun): string[] {
  return stdout
    .split('\n')
    .flatMap((line) => /^\s*::([a-z-]+)/.exec(line)?.[1] ?? (line.includes('##[') ? '##[' : []))
}
