import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../clock.js'
import { StepError, systemCodeOf } from '../errors.js'
import { explainFault, makeFolder, prepareFolder, removeLeftovers } from '../files/folder.js'
import { readRegularFileSync, saveText } from '../files/json-files.js'
import { AtomicFile } from '../files/save.js'
import type { Figures } from '../report/figures.js'
import { formatReportFile, parseReportFile } from '../report/report-file.js'
import { quote } from '../sanitize.js'
import type { Log } from '../step.js'
import { type Day, endOf } from './days.js'
import {
  type ArchivedDay,
  COMPRESSIONS,
  type Compression,
  dataPath,
  formatManifest,
  MANIFEST,
  type Manifest,
  newManifest,
  type Owner,
  parseManifest,
} from './manifest.js'

const REPORTS = 'reports'
const DATA = 'data'

interface ArchiveOptions {
  /** Absolute. */
  readonly folder: string
  readonly owner: Owner
  readonly clock: Clock
  readonly log: Pick<Log, 'notice'>
  readonly signal: AbortSignal
}

/**
 * An archive on the disk: the manifest, and the files and reports of its days. Each change writes
 * the data, then the report, then the manifest, each whole or not at all. So what the manifest
 * names is always there. Its methods reject with StepErrors.
 */
export class Archive {
  readonly #options: ArchiveOptions
  #manifest: Manifest
  /** When `prepare` was called, by the folder's file system, in epoch ms. */
  #preparedAt: number | undefined
  /** Identifies the manifest that this run has read or written last. */
  #version: string | undefined
  #changing: Promise<void> = Promise.resolve()

  private constructor(options: ArchiveOptions, manifest: Manifest, version: string | undefined) {
    this.#options = options
    this.#manifest = manifest
    this.#version = version
  }

  /**
   * Opens the archive in a folder, or begins one if there is none. Rejects, and changes nothing, if
   * there are data or reports without a manifest, or if the manifest cannot be used.
   */
  static async open(options: ArchiveOptions): Promise<Archive> {
    const { folder, owner, log } = options
    const file = path.join(folder, MANIFEST)
    const version = versionOf(file)
    if (version !== undefined) {
      return new Archive(options, parseManifest(readManifest(file), owner), version)
    }
    for (const name of [DATA, REPORTS]) {
      if (list(path.join(folder, name)).length === 0) continue
      throw new StepError(
        `There is a folder ${name} in ${show(folder)} (path), and no manifest, ${MANIFEST}, beside it, so what it holds is not known. Nothing was changed. Restore the manifest, or give another path; docs/archive.md says more.`,
      )
    }
    const archive = new Archive(options, newManifest(owner), undefined)
    await archive.prepare()
    await archive.#saveManifest(archive.#manifest)
    log.notice(`There is no archive in ${show(folder)} (path) yet: this run begins one.`)
    return archive
  }

  /** Checks that the folder can be written to, before work that takes long. */
  async prepare(): Promise<number> {
    this.#preparedAt ??= await prepareFolder(this.#options.folder)
    return this.#preparedAt
  }

  get days(): ReadonlyMap<Day, ArchivedDay> {
    return this.#manifest.days
  }

  /** The size of each day's file that is a regular file. */
  sizes(): Map<Day, number> {
    const sizes = new Map<Day, number>()
    for (const { day, file } of this.days.values()) {
      if (file === undefined) continue
      // `path.join` would take longer than `lstat`.
      const found = statOf(`${this.#options.folder}/${dataPath(day, file.compression)}`)
      if (found?.isFile()) sizes.set(day, found.size)
    }
    return sizes
  }

  /** What is in `data` and not in the manifest, relative to the archive's folder. */
  unknownFiles(): string[] {
    const names = list(path.join(this.#options.folder, DATA))
    return names
      .filter((name) => this.days.get(name.replace(/^date=/, ''))?.file === undefined)
      .map((name) => `${DATA}/${name}`)
  }

  /** Files in the other form beside a day's file. It looks for each day, which takes longer. */
  otherForms(): string[] {
    return [...this.days.values()].flatMap(({ day, file }) =>
      COMPRESSIONS.filter((form) => file && form !== file.compression)
        .map((form) => dataPath(day, form))
        .filter((name) => statOf(path.join(this.#options.folder, name)) !== undefined),
    )
  }

  /** The days whose report is there. */
  reportedDays(): Set<Day> {
    const names = list(path.join(this.#options.folder, REPORTS))
    return new Set(names.map((name) => name.replace(/\.json$/, '')))
  }

  /** The figures of a day's report; undefined if it cannot be read, or is far too long. */
  readReport(day: Day): Figures | undefined {
    let text: string | undefined
    try {
      text = readRegularFileSync(this.#reportPath(day))
    } catch {
      return undefined
    }
    return parseReportFile(text ?? '')?.figures
  }

  /** Saves a day's report. It is named by its day, so that reports of days can be merged. */
  async saveReport(day: Day, figures: Figures): Promise<void> {
    const { subaccountId } = this.#manifest.owner
    const text = formatReportFile({ subaccountId, jobId: day, figures })
    await saveText(this.#reportPath(day), text, this.#options)
  }

  /** Where a day's file lies, absolute. */
  pathOf(day: Day, compression: Compression): string {
    return path.join(this.#options.folder, dataPath(day, compression))
  }

  /**
   * A day's file. Until it is finished it is in the archive's folder, where no reader of `data`
   * sees it.
   */
  makeFile(day: Day, compression: Compression): AtomicFile {
    const { folder } = this.#options
    const finalPath = this.pathOf(day, compression)
    return new AtomicFile(folder, path.basename(finalPath), { ...this.#options, finalPath })
  }

  /**
   * Adds or replaces a day: its file if there is a new one, its report, and the manifest. Before
   * the file of a settled day is replaced, the manifest says that the day is not settled, and due.
   */
  async saveDay(entry: ArchivedDay, file: AtomicFile | undefined, figures: Figures): Promise<void> {
    await this.#alone(async () => {
      this.#checkUnchanged()
      if (file !== undefined) {
        const old = this.days.get(entry.day)
        if (old?.settled) {
          await this.#saveEntry({ ...old, settled: false, exportedAt: endOf(old.day) })
        }
        const folder = path.dirname(file.finalPath)
        await makeFolder(folder).catch((cause) => {
          const reason = explainFault(cause)
          throw new StepError(`The folder ${show(folder)} cannot be made: ${reason}.`, { cause })
        })
        await file.finish()
      }
      await this.saveReport(entry.day, figures)
      await this.#saveEntry(entry)
    })
  }

  /** Changes a day only in the manifest. */
  async saveEntry(entry: ArchivedDay): Promise<void> {
    await this.#alone(() => this.#saveEntry(entry))
  }

  /** Removes the partial files of killed runs. */
  async removeLeftovers(): Promise<void> {
    for (const folder of [this.#options.folder, path.join(this.#options.folder, REPORTS)]) {
      const hasSome = list(folder, true).some((name) => name.endsWith('.part'))
      if (hasSome) await removeLeftovers(folder, await this.prepare())
    }
  }

  /** One change after another: each begins with the manifest that the one before has written. */
  #alone(change: () => Promise<void>): Promise<void> {
    const changing = this.#changing.then(change)
    this.#changing = changing.catch(() => undefined)
    return changing
  }

  async #saveEntry(entry: ArchivedDay): Promise<void> {
    const days = new Map(this.days).set(entry.day, entry)
    await this.#saveManifest({ ...this.#manifest, days })
  }

  /** A day that the manifest on the disk does not name is not in the archive. */
  async #saveManifest(manifest: Manifest): Promise<void> {
    this.#checkUnchanged()
    const file = path.join(this.#options.folder, MANIFEST)
    await saveText(file, formatManifest(manifest), this.#options)
    this.#version = versionOf(file)
    this.#manifest = manifest
  }

  /** Two syncs that both write the manifest would lose each other's days. */
  #checkUnchanged(): void {
    if (versionOf(path.join(this.#options.folder, MANIFEST)) === this.#version) return
    throw new ArchiveChangedError(
      `Another program has changed the archive in ${show(this.#options.folder)} (path) during this run. Its files are whole. Run one sync at a time: use a concurrency group.`,
    )
  }

  #reportPath(day: Day): string {
    return path.join(this.#options.folder, REPORTS, `${day}.json`)
  }
}

/** Another program has changed the archive during this run. */
export class ArchiveChangedError extends StepError {
  override name = 'ArchiveChangedError'
}

function readManifest(file: string): string {
  let reason = 'it is a link, or no file'
  let cause: unknown
  try {
    const text = readRegularFileSync(file)
    if (text !== undefined) return text
  } catch (error) {
    reason = error instanceof StepError ? 'it is far too long' : explainFault(error, 'read')
    cause = error
  }
  throw new StepError(
    `The archive's manifest, ${show(file)}, cannot be read: ${reason}. Nothing was changed.`,
    { cause },
  )
}

/** Does not follow a link; undefined if nothing is there. */
function statOf(file: string): Stats | undefined {
  return look('file', file, () => lstatSync(file, { throwIfNoEntry: false }))
}

/** Changes with each new version of a file; undefined if nothing is there. */
function versionOf(file: string): string | undefined {
  const found = look('file', file, () => statSync(file, { bigint: true, throwIfNoEntry: false }))
  return found && [found.ino, found.size, found.mtimeNs].join(' ')
}

/** The names in a folder, hidden ones only if asked for; none if the folder is not there. */
function list(folder: string, all = false): string[] {
  const names = look('folder', folder, () => readdirSync(folder)) ?? []
  return names.filter((name) => all || !name.startsWith('.'))
}

/** Undefined for a folder that is not there, and for a file whose path leads through a file. */
function look<T>(what: 'file' | 'folder', place: string, read: () => T): T | undefined {
  try {
    return read()
  } catch (cause) {
    if (systemCodeOf(cause) === (what === 'file' ? 'ENOTDIR' : 'ENOENT')) return undefined
    const reason = explainFault(cause, 'read')
    throw new StepError(`The ${what} ${show(place)} cannot be read: ${reason}.`, { cause })
  }
}

function show(file: string): string {
  return quote(file, { maxLength: 300 })
}
