import { closeSync, constants, type Dirent, fstatSync, openSync, readSync } from 'node:fs'
import { readdir, stat, unlink } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { StepError, systemCodeOf } from '../errors.js'
import { quote } from '../sanitize.js'
import { explainFault, makeFolder } from './folder.js'
import { AtomicFile, type SaveOptions } from './save.js'

/** Reports are shorter. */
const MAX_BYTES = 64 * 1_048_576

/** Follows no link, and does not wait for the writer of a FIFO; Windows has neither flag. */
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
 * Writes a text as a file, whole or not at all, and makes its folder if that is missing. Rejects with
 * a StepError, or with the signal's reason.
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

/** Removes the file of an earlier run, if there is one. Rejects with a StepError. */
export async function removeOld(file: string): Promise<void> {
  try {
    await unlink(file)
  } catch (cause) {
    if (systemCodeOf(cause) !== 'ENOENT') throw cannotBeSaved(file, cause)
  }
}

export interface ReadOptions {
  readonly signal: AbortSignal
  /** Called with each path that is not opened: a link, or something named `.json` that is no file. */
  readonly onSkipped?: (file: string) => void
}

/**
 * The `.json` files in a folder and in the folders below it, sorted by name; only one is in memory at
 * a time. None if the folder does not exist. Only the folder itself may be a link, and only regular
 * files are opened. Rejects with a StepError, or with the signal's reason.
 */
export async function* readJsonFiles(folder: string, options: ReadOptions): TextFiles {
  for (const file of await listFiles(folder, options)) yield* readText(file, options)
}

/** The same for a folder, or for one file. Rejects with a StepError if neither exists. */
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

/** Yields nothing if the path is no regular file any more. */
async function* readText(file: string, { signal, onSkipped }: ReadOptions): TextFiles {
  // The file is read synchronously; this is where a signal can arrive.
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
 * A JSON file's text, at most 64 MiB; undefined if there is no file, but nothing, a link, a device or
 * a FIFO. It is read synchronously, as promises take longer than to read a small file. Throws a
 * StepError if it is longer, otherwise the system's error.
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
    // It may grow meanwhile: no more is read than its size at the beginning.
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
