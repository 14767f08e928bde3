import { rm } from 'node:fs/promises'
import type { ExportClient } from '../api/client.js'
import { LinkExpiredError } from '../api/errors.js'
import type { Job } from '../api/job.js'
import { waitForJob } from '../api/wait.js'
import { type Clock, unlessAborted } from '../clock.js'
import { StepError } from '../errors.js'
import { FileInMaking } from '../files/save.js'
import type { ExportReader, FollowedFile } from '../report/reader.js'
import { sanitizeAnswer } from '../sanitize.js'
import type { Step } from '../step.js'
import { describeSaved, reportProgress } from './progress.js'

const FILES_AT_A_TIME = 4

export interface DownloadFilesDependencies {
  readonly api: Pick<ExportClient, 'read' | 'fetch'>
  readonly clock: Clock
  readonly step: Step
  /** Reads the files as they arrive; undefined without a report. */
  readonly reader: Reader | undefined
}

export type Reader = Pick<ExportReader, 'follow'>

export interface Delivery {
  readonly jobId: string
  readonly folder: string
  readonly job: Job
  /** A name for each link. */
  readonly names: readonly string[]
  /** How long may be waited for new links, if these expire; 0 asks once. */
  readonly renewalMs: number
}

/**
 * Downloads all files of a job, four at a time. The first that fails ends the others: files that are
 * whole by then stay and are in the output, nothing half-written is left. If a file cannot be read
 * for the report, all are still downloaded, and the step fails after that.
 */
export async function downloadFiles(
  delivery: Delivery,
  dependencies: DownloadFilesDependencies,
): Promise<void> {
  const { names, folder } = delivery
  const { step } = dependencies
  const links = new Links(delivery, dependencies)
  const others = new AbortController()
  const signal = AbortSignal.any([step.signal, others.signal])
  const saved: string[] = []
  let failure: { error: unknown } | undefined
  let unread: { error: unknown } | undefined
  let next = 0

  const bringNext = async (): Promise<void> => {
    while (next < names.length && !signal.aborted) {
      const index = next++
      try {
        const file = await bringOne(
          { index, name: names[index] ?? '', folder, links, signal },
          dependencies,
        )
        saved[index] = file.path
        // Until it is read it holds its place, so that the reader is never far behind.
        await awaitReading(file, signal).catch((error) => {
          unread ??= { error }
        })
      } catch (error) {
        // That the others were ended is not a failure of its own.
        failure ??= { error }
        others.abort(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(FILES_AT_A_TIME, names.length) }, bringNext))
  const files = saved.filter((file) => file !== undefined)
  if (failure?.error instanceof LinksReorderedError) {
    await Promise.all(files.splice(0).map((file) => rm(file, { force: true })))
  }
  step.setOutput('files', JSON.stringify(files))
  if (failure) throw failure.error
  step.signal.throwIfAborted()
  if (unread) throw unread.error
}

interface Errand {
  readonly index: number
  readonly name: string
  readonly folder: string
  readonly links: Links
  readonly signal: AbortSignal
}

interface SavedFile {
  readonly path: string
  readonly bytes: number
  readonly followed: FollowedFile | undefined
}

/** One file, whole under its name. */
async function bringOne(
  { index, name, folder, links, signal }: Errand,
  { api, clock, step, reader }: DownloadFilesDependencies,
): Promise<SavedFile> {
  const file = new FileInMaking(folder, name, { clock, signal })
  const followed = reader?.follow(name, file.partialPath)
  const startedAt = clock.uptime()
  const onProgress = reportProgress(name, { clock, log: step })
  try {
    await file.open(followed)
    const link = links.at(index)
    try {
      await api.fetch(link, file, { signal, onProgress })
    } catch (error) {
      if (!(error instanceof LinkExpiredError)) throw error
      const renewed = await links.renew(index, link, error, signal)
      await api.fetch(renewed, file, { signal, onProgress })
    }
    await file.finish()
  } catch (error) {
    await file.discard()
    throw error
  }
  step.info(describeSaved(name, file.position, clock.uptime() - startedAt))
  return { path: file.finalPath, bytes: file.position, followed }
}

/**
 * There are new links, and nothing says which of them is of which file. A file that was saved from
 * an old one could come again under another name, so all are downloaded again.
 */
class LinksReorderedError extends StepError {
  override name = 'LinksReorderedError'

  constructor(readonly job: Job) {
    super(
      'The API has given new links twice, and they do not say which file is which. Run the download again.',
    )
  }
}

/**
 * Does the work for a job's links, and all of it once more where they had to be renewed and the new
 * ones come in an order of their own: no file is lost or twice by that.
 */
export async function withLinksOf<T extends Delivery>(
  delivery: T,
  work: (delivery: T) => Promise<void>,
): Promise<void> {
  try {
    await work(delivery)
  } catch (error) {
    if (!(error instanceof LinksReorderedError)) throw error
    await work({ ...delivery, job: error.job })
  }
}

/** The links of a job, which are renewed when they have expired. */
class Links {
  readonly #delivery: Delivery
  readonly #dependencies: DownloadFilesDependencies
  #links: readonly string[]
  #leftMs: number
  #renewal: Promise<void> | undefined

  constructor(delivery: Delivery, dependencies: DownloadFilesDependencies) {
    this.#delivery = delivery
    this.#dependencies = dependencies
    this.#links = delivery.job.links
    this.#leftMs = delivery.renewalMs
  }

  at(index: number): string {
    return this.#links[index] ?? ''
  }

  /** A new link in place of one that has expired; where the job gives none, the old failure stands. */
  async renew(
    index: number,
    expired: string,
    failure: LinkExpiredError,
    signal: AbortSignal,
  ): Promise<string> {
    // Another file may have asked for all of them meanwhile.
    if (this.at(index) === expired) {
      this.#renewal ??= this.#readAgain(failure, signal)
      await this.#renewal
      this.#renewal = undefined
    }
    const link = this.at(index)
    if (link === expired) throw failure
    return link
  }

  async #readAgain(failure: LinkExpiredError, signal: AbortSignal): Promise<void> {
    const { api, clock, step } = this.#dependencies
    const { jobId } = this.#delivery
    const startedAt = clock.uptime()
    step.info(`${failure.message} Asking for new links.`)
    const job = await waitForJob(
      { jobId, timeoutMs: this.#leftMs },
      { api, clock, log: step, signal, onStatus: () => undefined },
    )
    this.#leftMs = Math.max(0, this.#leftMs - (clock.uptime() - startedAt))
    if (job.links.length !== this.#links.length) throw failure
    const links = inOrderOf(this.#links, job.links)
    if (links === undefined) throw new LinksReorderedError(job)
    this.#links = links
  }
}

/**
 * New links in the order of the old ones, if that can be told: by their addresses, where only what
 * is signed about these has changed. A token that is new in the path says nothing.
 */
function inOrderOf(old: readonly string[], links: readonly string[]): string[] | undefined {
  if (links.length === 1) return [...links]
  const byAddress = new Map(links.map((link) => [addressOf(link), link]))
  const ordered = old.flatMap((link) => byAddress.get(addressOf(link)) ?? [])
  return new Set(ordered).size === links.length ? ordered : undefined
}

function addressOf(link: string): string {
  const { origin, pathname } = URL.canParse(link) ? new URL(link) : { origin: '', pathname: link }
  return `${origin}${pathname}`
}

/**
 * Waits until a file has been read, in a thread with a pace of its own: a step that is to end does
 * not wait for it. Rejects with the signal's reason then, and with a StepError where it cannot be
 * read, which takes nothing from the files.
 */
async function awaitReading(file: SavedFile, signal: AbortSignal): Promise<void> {
  if (!file.followed) return
  try {
    await unlessAborted(file.followed.ended(file.path, file.bytes), signal)
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    // It says itself what is wrong with the file.
    if (cause instanceof StepError) throw cause
    const reason = sanitizeAnswer(cause instanceof Error ? cause.message : String(cause))
    throw new StepError(
      `The files are saved, and could not be read for the report: ${reason}. This is a bug in the action. Please report it in the action's repository, with this line and the version in use; summary: false does without the report.`,
      { cause },
    )
  }
}
