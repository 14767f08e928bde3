import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../clock.js'
import { StepError } from '../errors.js'
import { sanitize } from '../sanitize.js'
import type { SandboxConfig } from './jobs.js'

const MAX_START_MS = 20_000
const MAX_REASON_LENGTH = 400

/** What the server's process is told, over its channel and not on its command line. */
export interface ServerOrder {
  readonly config: SandboxConfig
  readonly apiKey: string
  /** The process that stands for the job: the server ends when it is gone. */
  readonly watchedPid: number
}

/** What it answers when it listens. */
export interface ServerReady {
  readonly url: string
}

export interface ServerProcessOptions {
  /** The bundle that serves. */
  readonly entry: string
  /** Where the process may write what it has to say, should it fail. */
  readonly temporaryFolder: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Starts the server in a process of its own that outlives this one, and resolves with its address.
 * Rejects with a StepError where it does not come up within 20 s, and with the signal's reason.
 */
export async function startServerProcess(
  order: ServerOrder,
  { entry, temporaryFolder, clock, signal }: ServerProcessOptions,
): Promise<ServerReady> {
  signal.throwIfAborted()
  const logFile = path.join(temporaryFolder, `8x8-sms-sandbox-${randomUUID()}.log`)
  const log = openSync(logFile, 'a', 0o600)
  // Pipes to this process would keep it alive, or break when it ends.
  const child = fork(path.resolve(entry), {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    windowsHide: true,
    // Windows removes no folder that is some process's own, and the workspace may have to go.
    cwd: path.dirname(path.resolve(entry)),
  })
  closeSync(log)
  try {
    return await answerOf(child, order, { clock, signal })
  } catch (cause) {
    child.kill()
    signal.throwIfAborted()
    const said = sanitize(reasonIn(readFileSync(logFile, 'utf8')), {
      maxLength: MAX_REASON_LENGTH,
    })
    throw new StepError(
      `The sandbox's server did not come up.${said && ` It said: ${said}.`} Run the step again; if it fails again, report it in the action's repository.`,
      { cause },
    )
  } finally {
    if (child.connected) child.disconnect()
    child.unref()
    removeIfPossible(logFile)
  }
}

/**
 * The line that names the error, or else the end of all: Node.js begins with the line of code,
 * which in a bundle is all of it.
 */
function reasonIn(log: string): string {
  return /^\[?\w*Error\b.*$/m.exec(log)?.[0] ?? log.slice(-MAX_REASON_LENGTH)
}

/** The server needs no log once it listens; a file that is left is no harm. */
function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {}
}

function answerOf(
  child: ChildProcess,
  order: ServerOrder,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<ServerReady> {
  return new Promise((resolve, reject) => {
    const limit = clock.countdown(MAX_START_MS, () => reject(new Error('it took too long')))
    const settle = (act: () => void): void => {
      limit.stop()
      act()
    }
    signal.addEventListener('abort', () => settle(() => reject(signal.reason)), { once: true })
    child.once('error', (error) => settle(() => reject(error)))
    child.once('exit', (code) => settle(() => reject(new Error(`it ended with ${code}`))))
    child.once('message', (ready) => settle(() => resolve(ready as ServerReady)))
    child.send(order, (error) => {
      if (error) settle(() => reject(error))
    })
  })
}
