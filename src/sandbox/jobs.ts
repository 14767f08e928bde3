import { randomBytes } from 'node:crypto'
import { UTCDateMini } from '@date-fns/utc/date/mini'
import { addMonths } from 'date-fns/addMonths'
import type { Clock } from '../clock.js'
import { type ExportContent, ExportFile } from './export-file.js'
import { createTemplates, type RowTemplate } from './rows.js'
import type { ExportRequest } from './start-request.js'

/** How jobs end. */
export const SCENARIOS = ['succeeded', 'empty', 'failed', 'cancelled', 'error'] as const
export type Scenario = (typeof SCENARIOS)[number]

/** A job waits in the queue for this share of its time. */
const QUEUED_SHARE = 0.2

/** One message in so many goes to, or comes from, the phone number that is asked for. */
const ROWS_PER_NUMBER = 100

/** What every export of a sandbox is like. */
export interface SandboxConfig {
  /** Rows in each export, before its filters. */
  readonly records: number
  /** CSV files in each export. */
  readonly files: number
  readonly scenario: Scenario
  readonly durationMs: number
  readonly seed: number
}

/** How large an export is and how long its job runs, by what is asked for. */
export type SizeOf = (request: ExportRequest) => Pick<SandboxConfig, 'records' | 'durationMs'>

export interface SandboxJob {
  readonly id: string
  readonly subaccountId: string
  readonly files: readonly ExportFile[]
  /** The secret ends of the files' links. */
  readonly tokens: readonly string[]
  readonly startedAt: number
  readonly endsAt: number
  cancelled: boolean
}

/** The jobs of a sandbox: what they are at a moment is a matter of the clock. */
export class SandboxJobs {
  readonly #config: SandboxConfig
  readonly #clock: Clock
  readonly #sizeOf: SizeOf
  readonly #jobs = new Map<string, SandboxJob>()
  readonly #files = new Map<string, { job: SandboxJob; file: ExportFile }>()

  /** Exports are as the configuration has them where `sizeOf` is left out. */
  constructor(config: SandboxConfig, clock: Clock, sizeOf: SizeOf = () => config) {
    this.#config = config
    this.#clock = clock
    this.#sizeOf = sizeOf
  }

  start(subaccountId: string, request: ExportRequest): SandboxJob {
    const { files } = this.#config
    const { records, durationMs } = this.#sizeOf(request)
    const content = this.#contentOf(subaccountId, request, records)
    const startedAt = this.#clock.now()
    const job: SandboxJob = {
      id: randomText(64),
      subaccountId,
      files: Array.from({ length: files }, (_, number) => new ExportFile(content, number, files)),
      tokens: Array.from({ length: files }, () => randomText(96)),
      startedAt,
      endsAt: startedAt + durationMs,
      cancelled: false,
    }
    this.#jobs.set(job.id, job)
    job.files.forEach((file, number) => {
      this.#files.set(job.tokens[number] as string, { job, file })
    })
    return job
  }

  find(subaccountId: string, jobId: string): SandboxJob | undefined {
    const job = this.#jobs.get(jobId)
    return job?.subaccountId === subaccountId ? job : undefined
  }

  findFile(subaccountId: string, token: string): { job: SandboxJob; file: ExportFile } | undefined {
    const found = this.#files.get(token)
    const isThere =
      found?.job.subaccountId === subaccountId && this.statusOf(found.job) === 'succeeded'
    return isThere ? found : undefined
  }

  /** The status in the API's words. */
  statusOf(job: SandboxJob): 'queued' | 'running' | Scenario {
    const now = this.#clock.now()
    if (job.cancelled) return 'cancelled'
    if (now < job.startedAt + (job.endsAt - job.startedAt) * QUEUED_SHARE) return 'queued'
    if (now < job.endsAt) return 'running'
    if (this.#config.scenario !== 'succeeded') return this.#config.scenario
    return job.files.every(({ isEmpty }) => isEmpty) ? 'empty' : 'succeeded'
  }

  /** Cancels a job that is not over; false where it is. */
  cancel(job: SandboxJob): boolean {
    const isOpen = ['queued', 'running'].includes(this.statusOf(job))
    if (isOpen) job.cancelled = true
    return isOpen
  }

  /** When the links of a job stop working: a month after its end, in epoch milliseconds. */
  expiryOf(job: SandboxJob): number {
    return addMonths(new UTCDateMini(job.endsAt), 1).getTime()
  }

  hasExpired(job: SandboxJob): boolean {
    return this.#clock.now() >= this.expiryOf(job)
  }

  #contentOf(subaccountId: string, request: ExportRequest, records: number): ExportContent {
    const { seed } = this.#config
    const { countries, phoneNumber, limit, from, to } = request
    const all = createTemplates(seed, { subaccountId, phoneNumber })
    const places = [...all.keys()].filter((place) => {
      const { country, callingCode } = all[place] as RowTemplate
      const isAskedFor = !countries || countries.includes(country)
      return isAskedFor && (!phoneNumber || phoneNumber.startsWith(callingCode))
    })
    const templates = places.map((place) => all[place] as RowTemplate)
    const { count, indexOf } = phoneNumber
      ? rowsOfOneNumber(templates.length, records)
      : rowsAt(places, { every: all.length, records })
    const rows = limit > 0 ? Math.min(count, limit) : count
    return { seed, templates, rows, indexOf, records, from, to }
  }
}

/** The rows that a filter leaves of an export: how many, and which each of them is. */
type RowsLeft = { readonly count: number } & Pick<ExportContent, 'indexOf'>

/** Those at certain places among `every` so many, and so in each further so many. */
function rowsAt(
  places: readonly number[],
  { every, records }: { every: number; records: number },
): RowsLeft {
  const inRest = places.filter((place) => place < records % every).length
  return {
    count: Math.floor(records / every) * places.length + inRest,
    indexOf: (row) =>
      Math.floor(row / places.length) * every + (places[row % places.length] as number),
  }
}

/** Those of one phone number, where there is a country that it can be of. */
function rowsOfOneNumber(templates: number, records: number): RowsLeft {
  return {
    count: templates > 0 ? Math.ceil(records / ROWS_PER_NUMBER) : 0,
    indexOf: (row) => row * ROWS_PER_NUMBER,
  }
}

/** Letters and digits that nobody guesses. */
function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    text += randomBytes(length).toString('base64').replace(/[+/=]/g, '')
  }
  return text.slice(0, length)
}
