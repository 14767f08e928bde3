import { closeSync, constants, type Dirent, fstatSync, openSync, readSync } from 'node:fs'
import { readdir, stat, unlink } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { StepError, systemCodeOf } from '../errors.js'
import { quote } from '../sanitize.js'
import { explainFault, makeFolder } from './folder.js'
import { AtomicFile, type SaveOptions } from './save.js'

/** Longer ones are no reports. */
const MAX_BYTES = 64 * 1_048_576

/** Never through a link, and never waiting for the writer of a FIFO; Windows has neither. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** Figures have no phone numbers in them, so the runner's umask decides who may read them. */
const PUBLIC = 0o666

/** A file as text. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

type TextFiles = AsyncGenerator<TextFile, void, undefined>

/**
 * Writes a text, whole or not at all, in a folder that is made if it is missing. Rejects with a
 * StepError, or with the signal's reason.
 */
export async function saveText(
  file: string,
  text: string,
  options: Omit<SaveOptions, 'mode'>,
): Promise<void> {
  const { dir, base } = path.parse(file)
  try {
    await makeFolder(dir)
  } catch (cause) {
    throw cannotBeSaved(file, cause)
  }
  const saved = new AtomicFile(dir, base, { ...options, mode: PUBLIC })
  try {
    await saved.open()
    await saved.write(Buffer.from(text))
    await saved.finish()
  } catch (error) {
    await saved.discard()
    throw error
  }
}

/** Removes what an earlier run has written under this name. Rejects with a StepError. */
export async function removeOld(file: string): Promise<void> {
  try {
    await unlink(file)
  } catch (cause) {
    if (systemCodeOf(cause) !== 'ENOENT') throw cannotBeSaved(file, cause)
  }
}

export interface ReadOptions {
  readonly signal: AbortSignal
  /** Called with what is not opened: links, and what is named like a JSON file and is none. */
  readonly onSkipped?: (file: string) => void
}

/**
 * The `.json` files in a folder and in the folders below it, by name, one after another: only one is
 * in memory. None where the folder is not there. No link is followed but the folder's own, and
 * nothing but regular files is opened. Rejects with a StepError, or with the signal's reason.
 */
export async function* readJsonFiles(folder: string, options: ReadOptions): TextFiles {
  for (const file of await listFiles(folder, options)) yield* readText(file, options)
}

/** The same of a folder, or of one file. Rejects with a StepError where nothing is there. */
export async function* readJsonAt(place: string, options: ReadOptions): TextFiles {
  const found = await stat(place).catch((cause) => {
    throw cannotBeRead(show(place), cause)
  })
  yield* found.isDirectory() ? readJsonFiles(place, options) : readText(place, options)
}

async function listFiles(folder: string, { signal, onSkipped }: ReadOptions): Promise<string[]> {
  const files: string[] = []
  const folders = [folder]
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    signal.throwIfAborted()
    for (const entry of await entriesOf(next)) {
      const file = path.join(next, entry.name)
      const isNamed = entry.name.endsWith('.json')
      if (entry.isDirectory()) folders.push(file)
      else if (isNamed && entry.isFile()) files.push(file)
      else if (isNamed || entry.isSymbolicLink()) onSkipped?.(file)
    }
  }
  return files.sort()
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    // If nothing was downloaded, the folder does not exist.
    if (systemCodeOf(cause) === 'ENOENT') return []
    throw cannotBeRead(`The folder ${show(folder)} (path)`, cause)
  }
}

/** Nothing for what has become something else since it was listed. */
async function* readText(file: string, { signal, onSkipped }: ReadOptions): TextFiles {
  // A file is read at once, so it is here that a signal gets its turn.
  await setImmediate()
  signal.throwIfAborted()
  let text: string | undefined
  try {
    text = readRegularFileSync(file)
  } catch (cause) {
    throw cause instanceof StepError ? cause : cannotBeRead(`The file ${show(file)}`, cause)
  }
  if (text === undefined) onSkipped?.(file)
  else yield { path: file, text }
}

/**
 * A JSON file's text, at most 64 MiB; undefined where nothing is there, or a link, a device or a FIFO
 * has its name. It is read at once: a promise for each step takes longer than to read a small file.
 * Throws a StepError where it is longer, else what the system says.
 */
export function readRegularFileSync(file: string): string | undefined {
  let handle: number
  try {
    handle = openSync(file, READ)
  } catch (error) {
    if (['ENOENT', 'ELOOP'].includes(systemCodeOf(error))) return undefined
    throw error
  }
  try {
    const found = fstatSync(handle)
    if (!found.isFile()) return undefined
    if (found.size > MAX_BYTES) {
      throw new StepError(`The file ${show(file)} is longer than 64 MiB: too long for a report.`)
    }
    // It may grow while it is read, so no more is read than it had.
    const buffer = Buffer.allocUnsafe(found.size)
    let length = 0
    for (let read = 1; read > 0 && length < found.size; length += read) {
      read = readSync(handle, buffer, length, found.size - length, length)
    }
    return buffer.toString('utf8', 0, length)
  } finally {
    closeSync(handle)
  }
}

function cannotBeRead(what: string, cause: unknown): StepError {
  return new StepError(`${what} cannot be read: ${explainFault(cause, 'read')}.`, { cause })
}

function cannotBeSaved(file: string, cause: unknown): StepError {
  return new StepError(`The file ${show(file)} cannot be saved: ${explainFault(cause)}.`, { cause })
}

function show(file: string): string {
  return quote(file, { maxLength: 300 })
}
