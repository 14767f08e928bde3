import { createHash, randomBytes } from 'node:crypto'
import { lstat, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { constants } from 'node:os'
import path from 'node:path'
import { isSystemError, Mistake, StepError, systemCodeOf } from '../errors.js'
import { quote } from '../sanitize.js'

/** The folders to which paths that are not absolute are relative. */
export interface Places {
  readonly cwd: string
  /** Undefined if the user has no home folder. */
  readonly home: string | undefined
}

/** Names of devices on Windows, also with an extension: what is written there is lost. */
const DEVICE = /^(con|conin\$|conout\$|clock\$|prn|aux|nul|(?:com|lpt)[\d¹²³])(?=\s*(?:\.|$))/i

/** What a shell or a workflow replaces, and nothing replaces here. */
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
 * An absolute path from an input: `~` is the home folder, and a relative path starts at `cwd`, as in
 * upload-artifact. Throws a Mistake for a pattern, a variable, or a device on Windows.
 */
export function resolveFolder(text: string, { cwd, home }: Places): string {
  // On Windows, \\?\ in front allows longer paths; it is not a wildcard.
  const plain = text.replace(/^\\\\\?\\/, '')
  const mistake = UNEXPANDED.find(([pattern]) => pattern.test(plain))
  if (mistake) throw new Mistake(`${quote(text)} ${mistake[1]}.`)
  const isAtHome = /^~(?=[/\\]|$)/.test(text)
  if (isAtHome && home === undefined) {
    throw new Mistake(
      `${quote(text)} is in the home folder, and this system knows none. Write a path without ~.`,
    )
  }
  const resolved = path.resolve(cwd, isAtHome ? path.join(home ?? '', text.slice(1)) : text)
  const device = path.sep === '\\' ? deviceIn(resolved) : undefined
  if (device === undefined) return resolved
  throw new Mistake(
    `${quote(text)} has ${quote(device)} in it, which is a device on Windows. Give another name.`,
  )
}

/** The part of a path that Windows would treat as a device. */
export function deviceIn(resolved: string): string | undefined {
  return resolved.split(/[/\\]/).find((name) => DEVICE.test(name))
}

/** Whether a folder or file is neither in another folder nor that folder itself. */
export function isOutside(folder: string, other: string): boolean {
  const relative = path.relative(other, folder)
  return relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)
}

/** File systems allow 255 bytes; this leaves room for a prefix and a suffix. */
const MAX_STEM_LENGTH = 200

/** Characters of job ids that some file systems, or upload-artifact, refuse. */
const UNSAFE = /[:*]/g

/**
 * The names of a job's files: `{job-id}.csv`, or `{job-id}-1.csv`, `{job-id}-2.csv` … where there
 * are several. An id that cannot be a file's name is changed, and made unique by a hash.
 */
export function fileNames(jobId: string, count: number): string[] {
  const stem = stemOf(jobId)
  if (count === 1) return [`${stem}.csv`]
  return Array.from({ length: count }, (_, index) => `${stem}-${index + 1}.csv`)
}

function stemOf(jobId: string): string {
  const safe = jobId.replace(UNSAFE, '_').replace(/^\.+/, '_').slice(0, MAX_STEM_LENGTH)
  if (safe === jobId && !DEVICE.test(jobId)) return jobId
  const hash = createHash('sha256').update(jobId).digest('hex').slice(0, 12)
  return `${safe.replace(DEVICE, '_$1')}-${hash}`
}

/**
 * The CSV files in a folder, sorted by name, without hidden ones. None if the folder cannot be read.
 */
export async function listCsvFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => /^[^.].*\.csv$/is.test(entry.name) && !entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** `.name.csv.0123456789abcdef.part`: unique, and hidden so that no upload includes it. */
const PARTIAL = /^\..+\.[0-9a-f]{16}\.part$/s

/** A partial file without a write for this long was left behind by a run that was killed. */
const MAX_IDLE_MS = 3_600_000

/** A new path, for a file of that name until it is whole. */
export function newPartialPath(folder: string, name: string): string {
  return path.join(folder, `.${name}.${randomBytes(8).toString('hex')}.part`)
}

/**
 * Makes the folder if it is missing, checks that a file can be written there (before the wait for the
 * job, not after it), and removes what killed runs left in it more than an hour ago. Resolves with the
 * time of the folder's file system, in epoch ms. Rejects with a StepError.
 */
export async function prepareFolder(folder: string): Promise<number> {
  try {
    await makeFolder(folder)
    const now = await writeProbe(folder)
    await removeLeftovers(folder, now - MAX_IDLE_MS)
    return now
  } catch (cause) {
    throw new StepError(
      `The folder ${quote(folder, { maxLength: 300 })} (path) cannot be used: ${explainFault(cause)}.`,
      { cause },
    )
  }
}

/** The clock of a file server differs from ours, so the time is read from a new file. */
async function writeProbe(folder: string): Promise<number> {
  const probe = newPartialPath(folder, 'probe')
  const handle = await open(probe, 'wx')
  try {
    return (await handle.stat()).mtimeMs
  } finally {
    await handle.close()
    // A virus scanner may have it open. Only with `recursive` is the removal repeated.
    await rm(probe, { force: true, recursive: true, maxRetries: 5, retryDelay: 100 })
  }
}

/**
 * Removes partial files without a write since `before`, in epoch ms by the folder's file system.
 * (Process ids are of no use: other containers and hosts have their own.) A file that cannot be
 * removed stays, and does no harm. A file that is still in use is not lost, see AtomicFile.
 */
export async function removeLeftovers(folder: string, before: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => PARTIAL.test(name))
  for (const name of names) {
    const file = path.join(folder, name)
    const found = await lstat(file).catch(() => undefined)
    if (!found?.isFile() || found.mtimeMs >= before) continue
    await rm(file, { force: true }).catch(() => undefined)
  }
}

/**
 * Makes a folder and those above it. The recursion of node:fs never ends if a system refuses with
 * ENOENT to make a folder in one that exists, as /proc does.
 */
export async function makeFolder(folder: string): Promise<void> {
  const make = (): Promise<void> =>
    mkdir(folder).catch(async (error: unknown) => {
      // Systems have different codes for a folder that exists, so it is checked.
      const found = await stat(folder).catch(() => undefined)
      if (!found?.isDirectory()) throw error
    })
  const above = path.dirname(folder)
  await make().catch(async (error: unknown) => {
    if (systemCodeOf(error) !== 'ENOENT' || above === folder) throw error
    await makeFolder(above)
    await make()
  })
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a file stands in its place',
  EEXIST: 'a file stands in its place',
  EISDIR: 'a folder stands in its place',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  EIO: 'the disk failed',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EBUSY: 'another program uses it',
  EROFS: 'the disk is read-only',
  EFBIG: 'the file is larger than the disk takes',
  ESTALE: 'another host has removed it',
}

/** Node.js has no name for this code, only its number. */
const UNNAMED = `Unknown system error -${constants.errno.EDQUOT}`

/**
 * What went wrong when a file was written or read, in words, with the code of Node.js. Throws the
 * error itself if it does not come from the system: then it is a bug.
 */
export function explainFault(error: unknown, what: 'written' | 'read' = 'written'): string {
  if (!isSystemError(error)) throw error
  const given = systemCodeOf(error)
  const code = given === UNNAMED ? 'EDQUOT' : given
  const isDenied = code === 'EACCES' || code === 'EPERM'
  const denial = isDenied ? `it may not be ${what}` : `it cannot be ${what}`
  return `${REASONS[code] ?? denial} (${code})`
}
