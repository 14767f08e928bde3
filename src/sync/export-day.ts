import type { ExportClient } from '../api/client.js'
import { ApiError, ConnectionError, JobEndedError, LinkExpiredError } from '../api/errors.js'
import type { Job } from '../api/job.js'
import { type Pacer, waitForJob } from '../api/wait.js'
import type { Archive } from '../archive/archive.js'
import { type DayContent, DayFile } from '../archive/day-file.js'
import { PartChangedError } from '../archive/day-part.js'
import { figuresOfDay } from '../archive/day-reports.js'
import { type Day, endOf, startOf } from '../archive/days.js'
import type { Compression } from '../archive/manifest.js'
import { isSettled, type Reason, type Settling } from '../archive/plan.js'
import { type Clock, formatUtc } from '../clock.js'
import { StepError } from '../errors.js'
import type { AtomicFile } from '../files/save.js'
import type { Log } from '../step.js'
import { formatCount } from '../summary/format.js'

/** How much more is asked for at both ends: whether the API includes the end is not documented. */
const ASKED_BEYOND_MS = 1_000

/** A day's file is started again if its links, or the bytes behind them, have changed. */
const MAX_DOWNLOADS = 3

/** Longer than any timeout of the step, which ends a wait by the signal. */
const NO_TIMEOUT_MS = 2 ** 31 - 1

/** What the API would answer for every other day too (docs/api.md#errors). */
const REFUSALS = { start: [401, 403, 404, 426], wait: [401, 403] }
const ILLEGAL_SUBACCOUNT = 1001

export interface ExportDependencies {
  readonly archive: Archive
  readonly client: Pick<ExportClient, 'start' | 'read' | 'fetch'>
  readonly clock: Clock
  readonly log: Log
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal
  /**
   * Aborted some time after that: a start under way is awaited, so that its job can be cancelled.
   */
  readonly requestSignal: AbortSignal
  readonly pacer: Pacer
  /** Epoch ms by the API's clock. */
  readonly now: () => number
  /** Jobs that are not known to be over. */
  readonly running: Set<string>
  readonly settling: Settling
  /** The form of days that are new. */
  readonly compression: Compression
}

interface Download extends DayContent {
  readonly output: AtomicFile
}

/** No other day can be exported either: a refused key, a wrong address. */
export class SyncEndedError extends StepError {
  override name = 'SyncEndedError'
}

/**
 * Exports one day, and puts it into the archive. Resolves to the data file that was written,
 * absolute; to undefined if the day has none, has the same one as before, or is not over by the
 * API's clock. What is there stays if the new export has less. Rejects with a StepError, which is a
 * SyncEndedError if no other day can be exported either.
 */
export async function exportDay(
  { day, reason }: { day: Day; reason: Reason },
  dependencies: ExportDependencies,
): Promise<string | undefined> {
  const job = await runJob(day, dependencies)
  if (job === undefined) return undefined
  const made = job.links.length > 0 ? await downloadDay(day, job, dependencies) : undefined
  try {
    return await saveDay({ day, reason, ...job }, made, dependencies)
  } finally {
    await made?.output.discard()
  }
}

/** A job that is over; one without records has no links. */
interface EndedJob {
  readonly jobId: string
  readonly links: readonly string[]
  /** When it was started, in epoch ms by the API's clock. */
  readonly exportedAt: number
}

/** Starts the day's job, and waits until it is over; undefined if the day is not over. */
async function runJob(
  day: Day,
  { client, clock, log, signal, requestSignal, pacer, running, now }: ExportDependencies,
): Promise<EndedJob | undefined> {
  const from = `${formatUtc(startOf(day) - ASKED_BEYOND_MS)}Z`
  const to = `${formatUtc(endOf(day) + ASKED_BEYOND_MS)}Z`
  const startedAt = clock.uptime()
  const jobId = await client
    .start({ from, to, limit: 0 }, { signal, requestSignal })
    .catch(endAtRefusal(REFUSALS.start))
  running.add(jobId)
  signal.throwIfAborted()
  // The API's time is not known before its first answer.
  const exportedAt = now() - (clock.uptime() - startedAt)
  if (endOf(day) > exportedAt) return undefined
  const quiet: Log = {
    info: (text) => log.debug(`${day}: ${text}`),
    notice: (text) => log.notice(`${day}: ${text}`),
    warning: (text) => log.warning(`${day}: ${text}`),
    debug: (text) => log.debug(text),
  }
  const job = await waitForJob(
    { jobId, timeoutMs: NO_TIMEOUT_MS },
    { api: client, clock, log: quiet, signal, pacer },
  ).catch(endAtRefusal(REFUSALS.wait))
  running.delete(jobId)
  return { jobId, links: linksOf(jobId, job), exportedAt }
}

function endAtRefusal(httpStatuses: readonly number[]): (error: unknown) => never {
  return (error) => {
    const isRefused =
      error instanceof ApiError
        ? httpStatuses.includes(error.httpStatus) || error.code === ILLEGAL_SUBACCOUNT
        : error instanceof ConnectionError && error.permanent
    if (!isRefused) throw error
    throw new SyncEndedError((error as StepError).message, { cause: error })
  }
}

function linksOf(jobId: string, { jobStatus, links }: Job): readonly string[] {
  if (jobStatus === 'empty') return []
  if (jobStatus === 'succeeded' && links.length > 0) return links
  const files = jobStatus === 'succeeded' ? ', and the API gives no link to a file' : ''
  throw new JobEndedError(
    `Job ${jobId} has ended as ${jobStatus}${files}. The next run tries the day again; if that fails too, ask 8x8 support about this job.`,
  )
}

/** Resolves to the day's file, complete, and not yet under its name. */
async function downloadDay(
  day: Day,
  { jobId, ...job }: EndedJob,
  dependencies: ExportDependencies,
): Promise<Download> {
  const { client, log, signal } = dependencies
  let { links } = job
  for (let attempt = 1; ; attempt++) {
    try {
      return await downloadLinks(day, links, dependencies)
    } catch (error) {
      const hasChanged = error instanceof LinkExpiredError || error instanceof PartChangedError
      if (!hasChanged || attempt === MAX_DOWNLOADS) throw error
      log.info(`${day}: ${error.message} Its files are requested again.`)
      // The new links may be in another order, so all files are downloaded again.
      const renewed = await client.read(jobId, signal)
      if (renewed.links.length === 0) throw error
      links = renewed.links
    }
  }
}

async function downloadLinks(
  day: Day,
  links: readonly string[],
  { archive, client, signal, ...given }: ExportDependencies,
): Promise<Download> {
  const compression = archive.days.get(day)?.file?.compression ?? given.compression
  const output = archive.makeFile(day, compression)
  const dayFile = await DayFile.create({ day, compression, output })
  try {
    await output.open()
    for (const [index, link] of links.entries()) {
      const name = links.length === 1 ? day : `${day}, part ${index + 1}`
      const part = dayFile.nextPart(name)
      await client.fetch(link, part, { signal, onProgress: () => undefined })
      await part.end()
    }
    return { output, ...(await dayFile.end()) }
  } catch (error) {
    dayFile.discard()
    await output.discard()
    throw error
  }
}

async function saveDay(
  { day, reason, exportedAt }: { day: Day; reason: Reason } & EndedJob,
  made: Download | undefined,
  { archive, log, settling }: ExportDependencies,
): Promise<string | undefined> {
  const old = archive.days.get(day)
  // A damaged file is replaced by whatever there is.
  const kept = reason === 'missing' || reason === 'damaged' ? undefined : old
  const figures = made?.figures ?? figuresOfDay()
  const records = figures.records + figures.unreadable
  if (kept && records < kept.records && !(reason === 'refresh' && records > 0)) {
    log.warning(
      `${day}: the new export has ${formatCount(records)} records, and the archive has ${formatCount(kept.records)}, which stay.${reason === 'refresh' ? '' : ' Where the fewer ones are right, as after a removal of personal data, give the day as refresh.'}`,
    )
    const { pending } = kept
    const settled = isSettled({ day, pending, exportedAt }, settling)
    await archive.saveEntry({ ...kept, exportedAt, settled })
    return undefined
  }
  const pending = figures.missing.includes('status_value') ? figures.records : figures.pending
  const settled = isSettled({ day, pending, exportedAt }, settling)
  const file = records > 0 ? made?.file : undefined
  // A refresh also replaces a file that is not what the manifest says.
  const isSame =
    reason !== 'refresh' && kept?.file !== undefined && kept.file.sha256 === file?.sha256
  const written = file && !isSame ? made?.output : undefined
  await archive.saveDay({ day, records, pending, settled, exportedAt, file }, written, figures)
  const parts = [
    `${day}: ${formatCount(records)} ${records === 1 ? 'record' : 'records'}`,
    ...(pending > 0 ? [`${formatCount(pending)} pending`] : []),
    settled ? 'settled' : 'not settled',
  ]
  log.info(`${parts.join(', ')}.`)
  if (made) warnOfOddRecords(day, made, log)
  return written?.finalPath
}

function warnOfOddRecords(day: Day, { ofOtherDays, figures }: DayContent, log: Log): void {
  if (ofOtherDays > 0) {
    log.warning(
      `${day}: ${formatCount(ofOtherDays)} records have a createdat of another day. They stay in this day's file.`,
    )
  }
  if (figures.unreadable > 0) {
    log.warning(
      `${day}: ${formatCount(figures.unreadable)} records could not be read. They are in the archive as they came, and in no figure.`,
    )
  }
}
