import { createReadStream } from 'node:fs'
import type { Figures } from '../report/figures.js'
import { FileReading } from '../report/file-reading.js'
import { decodeName } from '../report/names.js'
import { Tally } from '../report/tally.js'
import type { Log } from '../step.js'
import type { Archive } from './archive.js'
import { type Day, formatDays } from './days.js'
import type { ArchivedDay, ArchivedFile } from './manifest.js'

/** The figures of a day's file that has been read, or those of a day without records. */
export function figuresOfDay(reading?: FileReading): Figures {
  const tally = new Tally()
  if (reading) tally.add(reading.end().figures, decodeName)
  return tally.plain()
}

interface DayReportsOptions {
  readonly archive: Archive
  /** Whether the data files are here, so that a missing report can be made from them. */
  readonly hasData: boolean
  readonly log: Pick<Log, 'info' | 'warning'>
  readonly signal: AbortSignal
}

/** The figures of an archive's days, from their reports. */
export class DayReports {
  readonly #options: DayReportsOptions

  constructor(options: DayReportsOptions) {
    this.#options = options
  }

  /** A day's figures; undefined if its report is not there, and cannot be made either. */
  async figuresOf(day: Day): Promise<Figures | undefined> {
    const { archive } = this.#options
    const entry = archive.days.get(day)
    return entry && (archive.readReport(day) ?? (await this.#make(entry)))
  }

  /** Makes the reports that are missing from the days' data. */
  async makeMissing(): Promise<void> {
    const { archive, log } = this.#options
    const reported = archive.reportedDays()
    const made: Day[] = []
    for (const entry of archive.days.values()) {
      if (reported.has(entry.day)) continue
      if ((await this.#make(entry)) !== undefined) made.push(entry.day)
    }
    if (made.length > 0)
      log.info(`The reports of ${formatDays(made.sort())} were made from their data.`)
  }

  async #make({ day, file }: ArchivedDay): Promise<Figures | undefined> {
    const { archive, hasData, log, signal } = this.#options
    if (file !== undefined && !hasData) return undefined
    signal.throwIfAborted()
    try {
      const figures = file ? await this.#read(day, file) : figuresOfDay()
      await archive.saveReport(day, figures)
      return figures
    } catch {
      signal.throwIfAborted()
      log.warning(
        `The report of ${day} is missing, and could not be made from its data. Give the day as refresh.`,
      )
      return undefined
    }
  }

  async #read(day: Day, { compression }: ArchivedFile): Promise<Figures> {
    const { archive, signal } = this.#options
    const { createGunzip } = await import('node:zlib')
    const reading = new FileReading()
    const bytes = createReadStream(archive.pathOf(day, compression), { signal })
    const data = compression === 'gzip' ? bytes.pipe(createGunzip()) : bytes
    bytes.on('error', (error) => data.destroy(error))
    for await (const chunk of data as AsyncIterable<Buffer>) reading.push(chunk)
    return figuresOfDay(reading)
  }
}
