import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Mistake, StepError, systemCodeOf } from '../errors.js'
import { quote } from '../sanitize.js'
import { explainFault } from './fault.js'

/** `.name.csv.4711.part`: hidden, so that no upload takes it, and with its maker's process id. */
const PARTIAL = /^\..+\.csv\.(\d+)\.part$/

/** The name under which a file is written until it is whole. */
export function partialName(name: string, pid: number): string {
  return `.${name}.${pid}.part`
}

/** Where this process writes a file until it is whole. */
export function partialPath(folder: string, name: string): string {
  return path.join(folder, partialName(name, process.pid))
}

/** Where paths that are not absolute begin. */
export interface Places {
  readonly cwd: string
  /** Undefined where the system knows no home of the user. */
  readonly home: string | undefined
}

/** What a shell or a workflow would have replaced: nothing does that here. */
const UNEXPANDED: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/\$\{\{/, 'holds "${{", an expression that was not replaced. Look at its quotes and braces'],
  [
    /\$[A-Za-z_{]|%[A-Za-z_][^%/\\]*%/,
    'holds a variable, and no shell replaces it here. Write an expression of the workflow, like runner.temp, in its place',
  ],
  [/[*?]/, 'holds a wildcard. Write one path, without * and ?'],
  [/[\r\n]/, 'is more than one line. Write one path'],
]

/**
 * The path that is meant, absolute: `~` is the home, a relative path starts at `cwd`, as
 * upload-artifact reads them. Throws a Mistake for what is a pattern, or holds a variable.
 */
export function resolveFolder(text: string, { cwd, home }: Places): string {
  // Windows takes longer paths after \\?\, which is no wildcard.
  const plain = text.replace(/^\\\\\?\\/, '')
  const mistake = UNEXPANDED.find(([pattern]) => pattern.test(plain))
  if (mistake) throw new Mistake(`${quote(text)} ${mistake[1]}.`)
  if (!/^~(?=[/\\]|$)/.test(text)) return path.resolve(cwd, text)
  if (home !== undefined) return path.resolve(cwd, path.join(home, text.slice(1)))
  throw new Mistake(
    `${quote(text)} is in the home folder, and this system knows none. Write a path without ~.`,
  )
}

/** Whether a folder is not in another, nor that one itself. */
export function isOutside(folder: string, other: string): boolean {
  const relative = path.relative(other, folder)
  return relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)
}

/**
 * Makes the folder if it is missing, removes what a run that was killed has left in it, and tries
 * whether a file can be written there: better now than after an hour's wait. Rejects with a
 * StepError where that is not possible.
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder)
    const leftovers = (await readdir(folder)).filter(isLeftover)
    await Promise.all(leftovers.map((name) => rm(path.join(folder, name), { force: true })))
    const probe = partialPath(folder, 'probe.csv')
    await writeFile(probe, '')
    await rm(probe)
  } catch (cause) {
    throw new StepError(
      `The folder ${quote(folder, { maxLength: 300 })} (path) cannot be used: ${explainFault(cause)}.`,
      { cause },
    )
  }
}

/**
 * Makes a folder and those above it. The recursion of node:fs never ends where a system has a
 * folder and refuses with ENOENT to make another in it, as /proc does.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    // Systems have different words for a folder that is there, so it is looked at.
    if (await isFolder(folder)) return
    const above = path.dirname(folder)
    if (systemCodeOf(error) !== 'ENOENT' || above === folder || (await isFolder(above))) throw error
    await makeFolder(above)
    await makeFolder(folder)
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}

/**
 * A partial file whose maker is at work is another step's, and stays. This process has made none
 * yet: in containers, where ids begin anew, one with its id is of a run before.
 */
function isLeftover(name: string): boolean {
  const [, pid] = PARTIAL.exec(name) ?? []
  return pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid)))
}

/** Signal 0 reaches nobody and asks whether it could. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}
