import { rm } from 'node:fs/promises'
import type { ExportClient } from '../api/client.js'
import { LinkExpiredError } from '../api/errors.js'
import type { Job } from '../api/job.js'
import type { FetchOptions, FileSink } from '../api/transfer.js'
import { waitForJob } from '../api/wait.js'
import { type Clock, unlessAborted } from '../clock.js'
import { StepError } from '../errors.js'
import { AtomicFile } from '../files/save.js'
import type { ExportReader, GrowingFile } from '../report/reader.js'
import { sanitizeAnswer } from '../sanitize.js'
import type { Log, Step } from '../step.js'
import { formatBytes } from '../summary/format.js'

const FILES_AT_A_TIME = 4

/** How often the progress of a file is logged. */
const LOG_EVERY_MS = 10_000

export interface DownloadFilesDependencies {
  readonly api: Pick<ExportClient, 'read' | 'fetch'>
  readonly clock: Clock
  readonly step: Step
  /** Reads the files as they arrive; undefined if there is no report. */
  readonly reader: Reader | undefined
}

export type Reader = Pick<ExportReader, 'follow'>

export interface FilesToDownload {
  readonly jobId: string
  readonly folder: string
  readonly job: Job
  /** A name for each link. */
  readonly names: readonly string[]
  /** How long to wait for new links, if these expire; 0 asks once. */
  readonly renewalMs: number
}

/**
 * Downloads all files of a job, four at a time. The first that fails ends the others: files that are
 * already whole stay and are in the output, and no partial file is left. If a file cannot be read for
 * the report, all files are still downloaded before the step fails.
 */
export async function downloadFiles(
  delivery: FilesToDownload,
  dependencies: DownloadFilesDependencies,
): Promise<void> {
  const { names } = delivery
  const { step } = dependencies
  const others = new AbortController()
  const signal = AbortSignal.any([step.signal, others.signal])
  const links = new Links(delivery, signal, dependencies)
  const saved: string[] = []
  let failure: unknown
  let unread: unknown
  let next = 0

  const downloadNext = async (): Promise<void> => {
    while (next < names.length && !signal.aborted) {
      const index = next++
      try {
        const file = await downloadFile(index, { delivery, links, signal }, dependencies)
        saved[index] = file.path
        // The next file waits for this one's reading, so that the reader is never far behind.
        await awaitReading(file, signal).catch((error) => (unread ??= error))
      } catch (error) {
        // The first failure counts: it ends the other files.
        failure ??= error
        others.abort(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(FILES_AT_A_TIME, names.length) }, downloadNext))
  const files = saved.filter((file) => file !== undefined)
  if (failure instanceof LinksReorderedError) {
    await Promise.all(files.splice(0).map((file) => rm(file, { force: true })))
  }
  step.setOutput('files', JSON.stringify(files))
  if (failure) throw failure
  step.signal.throwIfAborted()
  if (unread) throw unread
}

interface SavedFile {
  readonly path: string
  readonly bytes: number
  readonly followed: GrowingFile | undefined
}

/** One file, whole under its name. */
async function downloadFile(
  index: number,
  { delivery, links, signal }: { delivery: FilesToDownload; links: Links; signal: AbortSignal },
  { clock, step, reader }: DownloadFilesDependencies,
): Promise<SavedFile> {
  const name = delivery.names[index] ?? ''
  const file = new AtomicFile(delivery.folder, name, { clock, signal })
  const followed = reader?.follow(name, file.partialPath)
  const startedAt = clock.uptime()
  try {
    await file.open(followed)
    const tell = logProgress(name, { clock, log: step })
    const onProgress = (bytes: number, total: number | undefined): void => {
      followed?.announced(total)
      tell(bytes, total)
    }
    await links.fetch(index, file, { signal, onProgress })
    await file.finish()
  } catch (error) {
    await file.discard()
    throw error
  }
  const { position } = file
  const ms = clock.uptime() - startedAt
  step.info(
    `Saved ${name}: ${formatBytes(position)} in ${(ms / 1_000).toFixed(1)} s, ${formatSpeed(position, ms)}.`,
  )
  return { path: file.finalPath, bytes: position, followed }
}

function logProgress(
  name: string,
  { clock, log }: { clock: Clock; log: Pick<Log, 'info'> },
): FetchOptions['onProgress'] {
  const startedAt = clock.uptime()
  let loggedAt = startedAt
  return (bytes, total) => {
    const now = clock.uptime()
    if (now - loggedAt < LOG_EVERY_MS) return
    loggedAt = now
    const of = total === undefined ? '' : ` of ${formatBytes(total)}`
    log.info(`${name}: ${formatBytes(bytes)}${of}, ${formatSpeed(bytes, now - startedAt)}.`)
  }
}

function formatSpeed(bytes: number, ms: number): string {
  return `${formatBytes(Math.round((bytes * 1_000) / Math.max(1, ms)))}/s`
}

/**
 * There are new links, and it cannot be told which link is of which file. A saved file could be
 * downloaded again under another name, so all are downloaded again.
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
 * Does the work for a job's links; and all of it once more if they had to be renewed and the order of
 * the new ones is unknown, so that no file is lost or there twice.
 */
export async function withLinksOf<T extends FilesToDownload>(
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
  readonly #delivery: FilesToDownload
  readonly #signal: AbortSignal
  readonly #dependencies: DownloadFilesDependencies
  #links: readonly string[]
  #leftMs: number
  #renewal: Promise<void> | undefined

  constructor(
    delivery: FilesToDownload,
    signal: AbortSignal,
    dependencies: DownloadFilesDependencies,
  ) {
    this.#delivery = delivery
    this.#signal = signal
    this.#dependencies = dependencies
    this.#links = delivery.job.links
    this.#leftMs = delivery.renewalMs
  }

  /** Downloads a file by its link, or by a new one if the link has expired. */
  async fetch(index: number, sink: FileSink, options: FetchOptions): Promise<void> {
    const { api } = this.#dependencies
    const link = this.#links[index] ?? ''
    try {
      await api.fetch(link, sink, options)
    } catch (error) {
      if (!(error instanceof LinkExpiredError)) throw error
      // All links may have been renewed for another file meanwhile.
      if (this.#links[index] === link) {
        this.#renewal ??= this.#renew(error)
        await this.#renewal
        this.#renewal = undefined
      }
      const renewed = this.#links[index] ?? link
      if (renewed === link) throw error
      await api.fetch(renewed, sink, options)
    }
  }

  /** Throws the old failure if there are no new links. */
  async #renew(failure: LinkExpiredError): Promise<void> {
    const { api, clock, step } = this.#dependencies
    const { jobId } = this.#delivery
    const startedAt = clock.uptime()
    step.info(`${failure.message} Asking for new links.`)
    const job = await waitForJob(
      { jobId, timeoutMs: this.#leftMs },
      { api, clock, log: step, signal: this.#signal },
    )
    this.#leftMs = Math.max(0, this.#leftMs - (clock.uptime() - startedAt))
    if (job.links.length !== this.#links.length) throw failure
    const links = inOrderOf(this.#links, job.links)
    if (links === undefined) throw new LinksReorderedError(job)
    this.#links = links
  }
}

/**
 * New links in the order of the old ones, if it can be told because their addresses are the same and
 * only the queries have changed; undefined otherwise.
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
 * Waits until another thread has read a file, but no longer than until the signal, with whose reason
 * it rejects. Rejects with a StepError if the file cannot be read; the saved file is not affected.
 */
async function awaitReading(file: SavedFile, signal: AbortSignal): Promise<void> {
  if (!file.followed) return
  try {
    await unlessAborted(file.followed.ended(file.path, file.bytes), signal)
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    // Its message says what is wrong with the file.
    if (cause instanceof StepError) throw cause
    const reason = sanitizeAnswer(cause instanceof Error ? cause.message : String(cause))
    throw new StepError(
      `The files are saved, and could not be read for the report: ${reason}. This is a bug in the action. Please report it in the action's repository, with this line and the version in use; summary: false does without the report.`,
      { cause },
    )
  }
}
