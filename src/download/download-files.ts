import type { ExportClient } from '../api/client.js'
import { LinkExpiredError } from '../api/errors.js'
import type { Job } from '../api/job.js'
import { type Clock, unlessAborted } from '../clock.js'
import { StepError } from '../errors.js'
import { FileInMaking } from '../files/save.js'
import type { ExportReader, FollowedFile } from '../report/reader.js'
import { sanitizeAnswer } from '../sanitize.js'
import type { Log, Step } from '../step.js'
import { formatBytes } from '../summary/number-format.js'

const FILES_AT_A_TIME = 4

const TELL_EVERY_MS = 10_000

export interface DownloadFilesDependencies {
  readonly api: Pick<ExportClient, 'read' | 'fetch'>
  readonly clock: Clock
  readonly step: Step
  /** Reads the files as they come; undefined where nobody wants to know what is in them. */
  readonly reader: Reader | undefined
}

export type Reader = Pick<ExportReader, 'follow'>

export interface Delivery {
  readonly jobId: string
  readonly folder: string
  readonly job: Job
  /** A name for each link. */
  readonly names: readonly string[]
}

/**
 * Brings all files of a job, four at a time. The first that fails ends the others: what is whole by
 * then stays and is put out, nothing half-written is left. Where a file cannot be read for the
 * report, all come home all the same, and the step fails after that.
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
        // What the end of the others brings about is no news.
        failure ??= { error }
        others.abort(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(FILES_AT_A_TIME, names.length) }, bringNext))
  step.setOutput('files', JSON.stringify(saved.filter((file) => file !== undefined)))
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
    try {
      await api.fetch(links.at(index), file, { signal, onProgress })
    } catch (error) {
      if (!(error instanceof LinkExpiredError)) throw error
      await links.renew(error, signal)
      await api.fetch(links.at(index), file, { signal, onProgress })
    }
    await file.finish()
  } catch (error) {
    await file.discard()
    throw error
  }
  step.info(describeSaved(name, file.position, clock.uptime() - startedAt))
  return { path: file.finalPath, bytes: file.position, followed }
}

/** The links of a job, which may be renewed once. */
class Links {
  readonly #delivery: Delivery
  readonly #dependencies: DownloadFilesDependencies
  #links: readonly string[]
  #renewal: Promise<readonly string[]> | undefined

  constructor(delivery: Delivery, dependencies: DownloadFilesDependencies) {
    this.#delivery = delivery
    this.#dependencies = dependencies
    this.#links = delivery.job.links
  }

  at(index: number): string {
    return this.#links[index] ?? ''
  }

  /** Reads the job again for new links; where that gives none, the old failure stands. */
  async renew(failure: LinkExpiredError, signal: AbortSignal): Promise<void> {
    const { api, step } = this.#dependencies
    const { jobId, names } = this.#delivery
    if (!this.#renewal) step.info(`${failure.message} Asking for new links.`)
    this.#renewal ??= api.read(jobId, signal).then(({ links }) => links)
    const links = await this.#renewal
    if (links.length !== names.length) throw failure
    this.#links = links
  }
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
    const reason = sanitizeAnswer(cause instanceof Error ? cause.message : String(cause))
    throw new StepError(
      `The files are saved, and could not be read for the report: ${reason}. This is a bug in the action. Please report it in the action's repository, with this line and the version in use; summary: false does without the report.`,
      { cause },
    )
  }
}

/** Tells of a file on its way every 10 s, so that a long one is seen to move. */
function reportProgress(
  name: string,
  { clock, log }: { clock: Clock; log: Pick<Log, 'info'> },
): (bytes: number, total: number | undefined) => void {
  const startedAt = clock.uptime()
  let toldAt = startedAt
  return (bytes, total) => {
    const now = clock.uptime()
    if (now - toldAt < TELL_EVERY_MS) return
    toldAt = now
    const of = total === undefined ? '' : ` of ${formatBytes(total)}`
    log.info(`${name}: ${formatBytes(bytes)}${of}, ${formatSpeed(bytes, now - startedAt)}.`)
  }
}

/** `a.csv: 25.3 MB in 1.2 s, 21.1 MB/s.` */
function describeSaved(name: string, bytes: number, ms: number): string {
  return `Saved ${name}: ${formatBytes(bytes)} in ${(ms / 1_000).toFixed(1)} s, ${formatSpeed(bytes, ms)}.`
}

function formatSpeed(bytes: number, ms: number): string {
  return `${formatBytes(Math.round((bytes * 1_000) / Math.max(1, ms)))}/s`
}
