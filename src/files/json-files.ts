import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { StepError, systemCodeOf } from '../errors.js'
import { quote } from '../sanitize.js'
import { explainFault, explainReadFault } from './fault.js'
import { makeFolder } from './folder.js'

/** Longer ones are no reports. */
const MAX_BYTES = 64 * 1_048_576

/** A file as text. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

/** Writes a text, in a folder that is made if it is missing. Rejects with a StepError. */
export async function writeText(file: string, text: string): Promise<void> {
  try {
    await makeFolder(path.dirname(file))
    await writeFile(file, text)
  } catch (cause) {
    throw new StepError(`The file ${show(file)} cannot be saved: ${explainFault(cause)}.`, {
      cause,
    })
  }
}

/**
 * The `.json` files in a folder and in the folders below it, by name, one after another: only one is
 * in memory. None where the folder is not there. Rejects with a StepError.
 */
export async function* readJsonFiles(folder: string): AsyncGenerator<TextFile, void, undefined> {
  for (const name of await listNames(folder)) {
    const file = path.join(folder, name)
    const text = await readText(file)
    if (text !== undefined) yield { path: file, text }
  }
}

async function listNames(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive: true })
    return names.filter((name) => name.endsWith('.json')).sort()
  } catch (cause) {
    // Where nothing was downloaded, nobody has made the folder.
    if (systemCodeOf(cause) === 'ENOENT') return []
    throw new StepError(
      `The folder ${show(folder)} (path) cannot be read: ${explainReadFault(cause)}.`,
      { cause },
    )
  }
}

/** Undefined for what is no file: an artifact, and so its folder, may be named like one. */
async function readText(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file)
    if (!found.isFile()) return undefined
    if (found.size <= MAX_BYTES) return await readFile(file, 'utf8')
  } catch (cause) {
    throw new StepError(`The file ${show(file)} cannot be read: ${explainReadFault(cause)}.`, {
      cause,
    })
  }
  throw new StepError(`The file ${show(file)} is too long for a report.`)
}

function show(file: string): string {
  return quote(file, { maxLength: 300 })
}
