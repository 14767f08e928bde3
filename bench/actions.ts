import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { parseFileCommands } from '../__tests__/helpers/file-commands.ts'
import { API_KEY, SUBACCOUNT_ID } from './account.ts'
import { scratchFolder } from './scratch.ts'

export const ACTIONS = ['start', 'download', 'sync', 'cancel', 'merge-reports', 'sandbox'] as const
export type Action = (typeof ACTIONS)[number]

export const root = path.dirname(import.meta.dirname)

/** The built script of an action. */
export function scriptOf(action: Action): string {
  return path.join(root, 'dist', action, 'index.js')
}

/** Where a step's outputs, state and summary go. */
export interface StepFiles {
  readonly env: Readonly<Record<string, string>>
  clear(): void
  outputs(): Record<string, string>
  state(): Record<string, string>
}

/** The runner's files for one step; `name` tells them from another's. */
export function stepFiles(name: string): StepFiles {
  const file = (kind: string): string => path.join(scratchFolder, `${name}-${kind}`)
  const read = (kind: string) => parseFileCommands(readFileSync(file(kind), 'utf8'))
  const files: StepFiles = {
    env: {
      GITHUB_OUTPUT: file('output'),
      GITHUB_STATE: file('state'),
      GITHUB_STEP_SUMMARY: file('summary'),
      GITHUB_WORKSPACE: scratchFolder,
      RUNNER_TEMP: scratchFolder,
    },
    clear: () => {
      for (const kind of ['output', 'state', 'summary']) writeFileSync(file(kind), '')
    },
    outputs: () => read('output'),
    state: () => read('state'),
  }
  files.clear()
  return files
}

/** An action's inputs as the runner hands them over, with the defaults of its action.yml. */
export function inputsOf(
  action: Action,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const file = path.join(root, action === 'start' ? '' : action, 'action.yml')
  const { inputs = {} } = parse(readFileSync(file, 'utf8')) as {
    inputs?: Record<string, { default?: string }>
  }
  const defaults = Object.entries(inputs).map(([name, input]) => [name, input.default ?? ''])
  const all: Record<string, string> = { ...Object.fromEntries(defaults), ...given }
  return Object.fromEntries(
    Object.entries(all).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text]),
  )
}

/** What start, download and cancel need of an account. */
export function accountAt(apiUrl: string): Record<string, string> {
  return { 'api-key': API_KEY, 'subaccount-id': SUBACCOUNT_ID, 'api-url': apiUrl }
}
