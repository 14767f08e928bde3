import type { ExportClient } from '../api/client.js'
import { LinkExpiredError } from '../api/errors.js'
import type { Job } from '../api/job.js'
import type { Clock } from '../clock.js'
import { FileInMaking } from '../files/save.js'
import type { ExportReader, FollowedFile } from '../report/export-reader.js'
import type { Step } from '../step.js'
import { describeSaved, reportProgress } from './progress.js'
import { awaitReader } from './reading.js'

const FILES_AT_A_TIME = 4

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
        if (file.followed) {
          await awaitReader(file.followed.ended(file.bytes), signal).catch((error) => {
            unread ??= { error }
          })
        }
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
