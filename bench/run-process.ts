import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Sample } from './contest.ts'
import { scratchFolder } from './scratch.ts'

/** A program to run, with nothing of this process's environment but where programs are. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

const peakFile = path.join(scratchFolder, 'peak-memory')

/** Times a process from before its start to after its end. Rejects unless it ends with 0. */
export function timeProcess(command: Command): Promise<Sample> {
  const { program, args, env = {}, cwd = scratchFolder } = command
  return new Promise((resolve, reject) => {
    const begunAt = performance.now()
    const child = spawn(program, args, {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    }
    child.once('error', reject)
    // Not `close`: a server that a process leaves behind may keep its pipes open.
    child.once('exit', (code) => {
      const ms = performance.now() - begunAt
      if (code === 0) resolve({ ms })
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${said}`))
    })
  })
}

/** The same for a Node.js script, with the most memory that it had at a time. */
export async function measureScript(script: string, command: Omit<Command, 'program' | 'args'>) {
  const { ms } = await timeProcess({
    ...command,
    program: process.execPath,
    args: ['--require', path.join(import.meta.dirname, 'peak-memory.cjs'), script],
    env: { ...command.env, PEAK_MEMORY_FILE: peakFile },
  })
  const peakBytes = Number(readFileSync(peakFile, 'utf8'))
  rmSync(peakFile)
  return { ms, peakBytes }
}
