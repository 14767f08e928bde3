import { randomBytes } from 'node:crypto'
import { UTCDateMini } from '@date-fns/utc/date/mini'
import { addMonths } from 'date-fns/addMonths'
import { createFiles, type ExportFile, type ExportRequest } from './export.js'
import type { SandboxConfig } from './inputs.js'

/** A job waits in the queue for this share of its time. */
const QUEUED_SHARE = 0.2

/**
 * A job, whose status follows from the clock. Its files have the messages as they are at its start.
 */
export class SandboxJob {
  readonly id = randomText(64)
  readonly subaccountId: string
  /** By the tokens that end their links. */
  readonly files: ReadonlyMap<string, ExportFile>
  /** When its links stop working: a month after its end, in epoch milliseconds. */
  readonly expiresAt: number
  readonly #startedAt: number
  readonly #endsAt: number
  readonly #scenario: SandboxConfig['scenario']
  #isCancelled = false

  constructor(config: SandboxConfig, subaccountId: string, request: ExportRequest, now: number) {
    const { seed, records, files, scenario, durationMs } = config
    const source = { ...request, seed, records, subaccountId, asOf: now }
    this.subaccountId = subaccountId
    this.files = new Map(createFiles(source, files).map((file) => [randomText(96), file]))
    this.#startedAt = now
    this.#endsAt = now + durationMs
    this.expiresAt = addMonths(new UTCDateMini(this.#endsAt), 1).getTime()
    this.#scenario = scenario
  }

  /** The status in the API's words. */
  statusAt(now: number): 'queued' | 'running' | SandboxConfig['scenario'] {
    if (this.#isCancelled) return 'cancelled'
    if (now < this.#startedAt + (this.#endsAt - this.#startedAt) * QUEUED_SHARE) return 'queued'
    if (now < this.#endsAt) return 'running'
    const isEmpty = [...this.files.values()].every(({ rows }) => rows === 0)
    return this.#scenario === 'succeeded' && isEmpty ? 'empty' : this.#scenario
  }

  /** Cancels it if it is not over; false if it is. */
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
