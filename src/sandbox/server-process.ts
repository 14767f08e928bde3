import { fork } from 'node:child_process'
import path from 'node:path'
import type { Clock, Countdown } from '../clock.js'
import { StepError, systemCodeOf } from '../errors.js'
import { sanitize } from '../sanitize.js'
import type { SandboxConfig } from './inputs.js'
import type { SandboxServer } from './server.js'

const MAX_START_MS = 20_000
const LOOK_EVERY_MS = 1_000
/** The longest that a job of GitHub's own runners takes. */
const MAX_LIFE_MS = 6 * 3_600_000

/** What the server's process is told, by a message: a command line would show the key. */
export interface ServerOrder {
  readonly config: SandboxConfig
  readonly apiKey: string
  /** The process that stands for the job: the server ends when it is gone. */
  readonly watchedPid: number
}

/** What it answers: where it listens, or why it does not. */
export type ServerAnswer = { url: string } | { error: string }

/**
 * Starts the server in a process of its own that outlives this one, and resolves to its address.
 * `entry` is the bundle that serves. Rejects with a StepError if it does not come up within 20 s,
 * or with the signal's reason.
 */
export async function startServerProcess(
  order: ServerOrder,
  { entry, clock, signal }: { entry: string; clock: Clock; signal: AbortSignal },
): Promise<string> {
  signal.throwIfAborted()
  const child = fork(entry, {
    detached: true,
    // Pipes to this process would keep it alive, or break when it ends.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    windowsHide: true,
    // Windows cannot remove a folder in which a process runs, and the workspace may be removed.
    cwd: path.dirname(entry),
  })
  let limit: Countdown | undefined
  try {
    return await new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        const said = sanitize(reason, { maxLength: 400 })
        reject(
          new StepError(
            `The sandbox's server did not come up: ${said}. Run the workflow again; if it fails again, report it in the action's repository.`,
          ),
        )
      }
      limit = clock.countdown(MAX_START_MS, () => fail('it took longer than 20 s'))
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      child.once('error', ({ message }) => fail(message))
      child.once('exit', (code) => fail(`it ended with ${code}`))
      child.once('message', (answer: ServerAnswer) =>
        'url' in answer ? resolve(answer.url) : fail(answer.error),
      )
      child.send(order, (error) => error && fail(error.message))
    })
  } catch (error) {
    child.kill()
    throw error
  } finally {
    limit?.stop()
    if (child.connected) child.disconnect()
    child.unref()
  }
}

/**
 * Ends the server when the job's process is gone, because a stopped runner runs no post step, and
 * after 6 hours in any case. The job's process is the one that started the action: the runner's
 * worker. In a job's container it cannot be seen, and its id is 0: a signal to 0 always succeeds,
 * and the server ends with the container.
 */
export function endWithJob(
  server: SandboxServer,
  { watchedPid, clock }: { watchedPid: number; clock: Clock },
): void {
  const close = (): void => {
    look.stop()
    life.stop()
    void server.close()
  }
  const look = clock.countdown(LOOK_EVERY_MS, () =>
    isAlive(watchedPid) ? look.restart() : close(),
  )
  const life = clock.countdown(MAX_LIFE_MS, close)
  void server.closed.then(close)
}

/** Signal 0 only asks whether the process is there; EPERM says that it is another user's. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}
