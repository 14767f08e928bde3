import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { EOL, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { requireFreshDist } from '../../scripts/sources.ts'
import { parseFileCommands } from './file-commands.ts'

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))

requireFreshDist(root)

/** The Node.js that a runner would bring; `.ci/run` tries several. */
const NODE = process.env.ACTION_NODE || process.execPath

/** A run that is longer is a hang, and is killed. */
const MAX_RUN_MS = 100_000

export interface ActionRun {
  exitCode: number | null
  /** The signal that ended it, if one did. */
  killedBy: NodeJS.Signals | null
  stdout: string
  stderr: string
  outputs: Record<string, string>
  state: Record<string, string>
  summary: string
}

export interface RunOptions {
  /** What a workflow gives in `with`; the rest has action.yml's defaults. */
  inputs?: Record<string, string>
  env?: Record<string, string>
  /** Which of the action's scripts: its main one, or its post step. */
  script?: 'main' | 'post'
  /** A folder like dist to run it from; the action's own if not given. */
  dist?: string
  /** The folder that the job works in, which is kept; one that is removed with the run if not given. */
  workspace?: string
  /** What it is run by, as `unshare` and its options; nothing if not given. */
  through?: readonly string[]
  /** Hears of each piece of the log as it comes. */
  onStdout?: (text: string) => void
}

export interface RunningAction {
  child: ChildProcess
  /** Resolves when the process has ended. */
  ended: Promise<ActionRun>
  /** Resolves when the log has come to hold the text; rejects when the process ends before. */
  logged(text: string): Promise<void>
}

interface ActionFile {
  inputs?: Record<string, { default?: string }>
  runs: Record<'main' | 'post', string>
}

/** Runs a built action as the runner does, to its end. `start` is the action at the root. */
export function runAction(action: string, options: RunOptions = {}): Promise<ActionRun> {
  return launchAction(action, options).ended
}

/** Starts a built action as the runner does, with nothing of this process's environment. */
export function launchAction(action: string, options: RunOptions = {}): RunningAction {
  const folder = path.join(root, action === 'start' ? '' : action)
  const { inputs = {}, runs } = actionFileIn(folder)
  const files = createRunnerFiles()
  const workspace = options.workspace ?? files.folder
  const script = path.join(folder, runs[options.script ?? 'main'])
  const dist = path.join(root, 'dist')
  const [program = '', ...args] = [
    ...(options.through ?? []),
    NODE,
    script.replace(dist, options.dist ?? dist),
  ]
  const child = spawn(program, args, {
    cwd: workspace,
    env: {
      ...baseEnvironment(),
      ...inputEnvironment({ ...defaultsOf(inputs), ...options.inputs }),
      ...files.env,
      GITHUB_WORKSPACE: workspace,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text.replaceAll(EOL, '\n')
    options.onStdout?.(text)
    for (const listener of listeners) listener()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const limit = setTimeout(() => child.kill('SIGKILL'), MAX_RUN_MS)
  const ended = new Promise<ActionRun>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, killedBy) => {
      clearTimeout(limit)
      resolve({ exitCode, killedBy, stdout, stderr, ...files.read() })
      files.remove()
    })
  })
  const logged = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!stdout.includes(text)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
      child.once('close', () => reject(new Error(`ended without logging "${text}":\n${stdout}`)))
    })
  return { child, ended, logged }
}

const actionFiles = new Map<string, ActionFile>()

function actionFileIn(folder: string): ActionFile {
  const known = actionFiles.get(folder)
  if (known !== undefined) return known
  const file = parse(readFileSync(path.join(folder, 'action.yml'), 'utf8')) as ActionFile
  actionFiles.set(folder, file)
  return file
}

/** What every process needs to run, and no more: no proxy, no workflow of the outside. */
function baseEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'SystemRoot', 'TEMP', 'TMP', 'USERPROFILE']
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function defaultsOf(inputs: NonNullable<ActionFile['inputs']>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { default: text = '' }]) => [name, String(text)]),
  )
}

/** The runner's way to name an input: spaces as underscores, in capitals. */
function inputEnvironment(inputs: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, text]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      text,
    ]),
  )
}

function createRunnerFiles() {
  const folder = mkdtempSync(path.join(tmpdir(), 'run-action-'))
  const file = (name: string): string => path.join(folder, name)
  for (const name of ['output', 'state', 'summary']) writeFileSync(file(name), '')
  return {
    folder,
    env: {
      GITHUB_OUTPUT: file('output'),
      GITHUB_STATE: file('state'),
      GITHUB_STEP_SUMMARY: file('summary'),
      RUNNER_TEMP: folder,
    },
    read: () => ({
      outputs: parseFileCommands(readIfThere(file('output'))),
      state: parseFileCommands(readIfThere(file('state'))),
      summary: readIfThere(file('summary')),
    }),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
