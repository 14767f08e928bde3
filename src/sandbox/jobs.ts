import { randomBytes } from 'node:crypto'
import { UTCDateMini } from '@date-fns/utc/date/mini'
import { addMonths } from 'date-fns/addMonths'
import type { Clock } from '../clock.js'
import { type ExportContent, ExportFile } from './export-file.js'
import { createTemplates } from './rows.js'
import type { ExportRequest } from './start-request.js'

/** How jobs end. */
export const SCENARIOS = ['succeeded', 'empty', 'failed', 'cancelled', 'error'] as const
export type Scenario = (typeof SCENARIOS)[number]

/** A job waits in the queue for this share of its time. */
const QUEUED_SHARE = 0.2

/** Of the messages of a country, one number gets this share. */
const ONE_NUMBER_SHARE = 0.01

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
  readonly #jobs = new Map<string, SandboxJob>()
  readonly #files = new Map<string, { job: SandboxJob; file: ExportFile }>()

  constructor(config: SandboxConfig, clock: Clock) {
    this.#config = config
    this.#clock = clock
  }

  start(subaccountId: string, request: ExportRequest): SandboxJob {
    const { files, durationMs } = this.#config
    const content = this.#contentOf(subaccountId, request)
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
    if (now < job.startedAt + this.#config.durationMs * QUEUED_SHARE) return 'queued'
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

  #contentOf(subaccountId: string, request: ExportRequest): ExportContent {
    const { records, seed } = this.#config
    const { countries, phoneNumber, limit, from, to } = request
    const templates = createTemplates(seed, { subaccountId, phoneNumber }).filter(
      ({ country, callingCode }) =>
        (!countries || countries.includes(country)) &&
        (!phoneNumber || phoneNumber.startsWith(callingCode)),
    )
    const matching = phoneNumber ? Math.ceil(records * ONE_NUMBER_SHARE) : records
    const limited = limit > 0 ? Math.min(matching, limit) : matching
    return { seed, templates, rows: templates.length > 0 ? limited : 0, from, to }
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
