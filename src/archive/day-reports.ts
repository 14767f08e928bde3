import { createReadStream } from 'node:fs'
import type { Figures } from '../report/figures.js'
import { FileReading } from '../report/file-reading.js'
import { decodeName } from '../report/names.js'
import { RecordCounter } from '../report/record-counter.js'
import { formatReportFile, parseReportFile } from '../report/report-file.js'
import { Tally } from '../report/tally.js'
import type { Log } from '../step.js'
import type { Archive } from './archive.js'
import { type Day, formatDays } from './days.js'
import type { ArchivedDay } from './manifest.js'

/** The figures of a day without records. */
export function noFigures(): Figures {
  return new Tally().plain()
}

/** Reads the records of a day's file for its figures, while it is made or when it lies there. */
export class DayReader {
  readonly #counter = new RecordCounter()
  readonly #reading = new FileReading(this.#counter)

  push(bytes: Buffer): void {
    this.#reading.push(bytes)
  }

  end(): Figures {
    this.#reading.end()
    const tally = new Tally()
    tally.add(this.#counter.tally.plain(), decodeName)
    return tally.plain()
  }
}

interface DayReportsOptions {
  readonly archive: Archive
  readonly subaccountId: string
  /** Whether data files lie here, from which a missing report can be made. */
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

  /** The text of a day's report. It is named by its day, so that reports of days can be merged. */
  format(day: Day, figures: Figures): string {
    return formatReportFile({ subaccountId: this.#options.subaccountId, jobId: day, figures })
  }

  /** A day's figures; undefined where its report is not there, and cannot be made either. */
  async figuresOf(day: Day): Promise<Figures | undefined> {
    const entry = this.#options.archive.days.get(day)
    if (entry === undefined) return undefined
    const text = this.#options.archive.readReport(day)
    const report = text === undefined ? undefined : parseReportFile(text)
    return report?.figures ?? (await this.#make(entry))
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

  async #make(entry: ArchivedDay): Promise<Figures | undefined> {
    const { archive, hasData, log, signal } = this.#options
    if (entry.file !== undefined && !hasData) return undefined
    signal.throwIfAborted()
    try {
      const figures = entry.file ? await this.#read(entry.day, entry.file) : noFigures()
      await archive.saveReport(entry.day, this.format(entry.day, figures))
      return figures
    } catch {
      signal.throwIfAborted()
      log.warning(
        `The report of ${entry.day} is missing, and could not be made from its data. Give the day as refresh.`,
      )
      return undefined
    }
  }

  async #read(day: Day, { compression }: NonNullable<ArchivedDay['file']>): Promise<Figures> {
    const { archive, signal } = this.#options
    const { createGunzip } = await import('node:zlib')
    const reader = new DayReader()
    const bytes = createReadStream(archive.pathOf(day, compression), { signal })
    const data = compression === 'gzip' ? bytes.pipe(createGunzip()) : bytes
    bytes.on('error', (error) => data.destroy(error))
    for await (const chunk of data as AsyncIterable<Buffer>) reader.push(chunk)
    return reader.end()
  }
}
