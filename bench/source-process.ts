import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/** How Node.js reads TypeScript with members declared in a constructor's parameters. */
const ARGUMENTS = [
  '--experimental-transform-types',
  '--disable-warning=ExperimentalWarning',
  '--import',
  path.join(import.meta.dirname, 'source-loader.mjs'),
]

/** Runs a script of this folder in a process of its own that can import from src. */
export function forkSource(script: string, args: readonly string[] = []): ChildProcess {
  return fork(path.join(import.meta.dirname, script), args, { execArgv: ARGUMENTS })
}

/** The one message of such a script, once it has ended. Rejects if it ends without one. */
export async function runSource<T>(script: string, args: readonly string[]): Promise<T> {
  const child = forkSource(script, args)
  const ended = once(child, 'exit')
  const failed = ended.then(() => {
    throw new Error(`${script} has told nothing`)
  })
  const [message] = (await Promise.race([once(child, 'message'), failed])) as [T]
  await failed.catch(() => undefined)
  return message
}

export interface ServerProcess<Ready> {
  readonly ready: Ready
  end(): Promise<void>
}

/** A server in a process of its own, so that it takes no time from whom it serves. */
export async function startServer<Ready>(
  script: string,
  order: object,
): Promise<ServerProcess<Ready>> {
  const child = forkSource(script)
  const ended = once(child, 'exit')
  child.send(order)
  const failed = ended.then(([code]) => {
    throw new Error(`${script} ended with ${code}`)
  })
  const [ready] = (await Promise.race([once(child, 'message'), failed])) as [Ready]
  failed.catch(() => undefined)
  return {
    ready,
    async end() {
      child.kill()
      await ended
    },
  }
}
