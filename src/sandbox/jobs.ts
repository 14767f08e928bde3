import { randomBytes } from 'node:crypto'
import { UTCDateMini } from '@date-fns/utc/date/mini'
import { addMonths } from 'date-fns/addMonths'
import { createFiles, type ExportFile, type ExportRequest } from './export.js'

/** How jobs end. */
export const SCENARIOS = ['succeeded', 'empty', 'failed', 'cancelled', 'error'] as const
export type Scenario = (typeof SCENARIOS)[number]

/** A job waits in the queue for this share of its time. */
const QUEUED_SHARE = 0.2

/** What a sandbox is like. */
export interface SandboxConfig {
  /** Messages a day, on average. */
  readonly records: number
  /** CSV files in each export. */
  readonly files: number
  readonly scenario: Scenario
  readonly durationMs: number
  readonly seed: number
  /** For tests: whether an export has the messages of the very moment `to`. It has not, else. */
  readonly includesTo?: boolean
}

/** A job, which is what it is by the clock. It shows the messages as they are at its start. */
export class SandboxJob {
  readonly id = randomText(64)
  readonly subaccountId: string
  /** By the secret ends of their links. */
  readonly files: ReadonlyMap<string, ExportFile>
  /** When its links stop working: a month after its end, in epoch milliseconds. */
  readonly expiresAt: number
  readonly #startedAt: number
  readonly #endsAt: number
  readonly #scenario: Scenario
  #isCancelled = false

  constructor(config: SandboxConfig, subaccountId: string, request: ExportRequest, now: number) {
    const { seed, records, files, scenario, durationMs, includesTo } = config
    const to = request.to + (includesTo ? 1 : 0)
    const source = { ...request, to, seed, records, subaccountId, asOf: now }
    this.subaccountId = subaccountId
    this.files = new Map(createFiles(source, files).map((file) => [randomText(96), file]))
    this.#startedAt = now
    this.#endsAt = now + durationMs
    this.expiresAt = addMonths(new UTCDateMini(this.#endsAt), 1).getTime()
    this.#scenario = scenario
  }

  /** The status in the API's words. */
  statusAt(now: number): 'queued' | 'running' | Scenario {
    if (this.#isCancelled) return 'cancelled'
    if (now < this.#startedAt + (this.#endsAt - this.#startedAt) * QUEUED_SHARE) return 'queued'
    if (now < this.#endsAt) return 'running'
    const isEmpty = [...this.files.values()].every(({ rows }) => rows === 0)
    return this.#scenario === 'succeeded' && isEmpty ? 'empty' : this.#scenario
  }

  /** Cancels it if it is not over; false where it is. */
  cancelAt(now: number): boolean {
    const isOpen = ['queued', 'running'].includes(this.statusAt(now))
    this.#isCancelled ||= isOpen
    return isOpen
  }
}

/** Letters and digits that nobody guesses. */
function randomText(length: number): string {
  const text = randomBytes(2 * length).toString('base64')
  return text.replace(/[+/=]/g, '').slice(0, length)
}
