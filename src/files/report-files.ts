import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { StepError } from '../errors.js'
import { quote } from '../plain-text.js'
import { explainFault } from './fault.js'

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
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
  } catch (cause) {
    throw new StepError(
      `The file ${quote(file, { maxLength: 300 })} cannot be saved: ${explainFault(cause)}.`,
      { cause },
    )
  }
}

/** The `.json` files in a folder and in the folders below it, by name. Rejects with a StepError. */
export async function readJsonFiles(folder: string): Promise<TextFile[]> {
  try {
    const names = await readdir(folder, { recursive: true })
    const files = names.filter((name) => name.endsWith('.json')).sort()
    return await Promise.all(files.map((name) => readText(path.join(folder, name))))
  } catch (cause) {
    if (cause instanceof StepError) throw cause
    throw new StepError(
      `The folder ${quote(folder, { maxLength: 300 })} (path) cannot be read: ${explainFault(cause)}.`,
      { cause },
    )
  }
}

async function readText(file: string): Promise<TextFile> {
  const { size } = await stat(file)
  if (size > MAX_BYTES) {
    throw new StepError(`The file ${quote(file, { maxLength: 300 })} is too long for a report.`)
  }
  return { path: file, text: await readFile(file, 'utf8') }
}
