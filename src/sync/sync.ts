import { ExportClient } from '../api/client.js'
import { ConnectionError, StartLostError } from '../api/errors.js'
import { Http } from '../api/http.js'
import type { Connection } from '../api/job.js'
import { createPacer } from '../api/wait.js'
import { Archive, ArchiveChangedError } from '../archive/archive.js'
import { type Day, formatDays } from '../archive/days.js'
import { describePlan, type Plan, planDays } from '../archive/plan.js'
import { type Clock, type Countdown, describeTime } from '../clock.js'
import { StepError } from '../errors.js'
import type { Step } from '../step.js'
import { type ExportDependencies, exportDay, SyncEndedError } from './export-day.js'
import type { SyncRequest } from './inputs.js'
import { publishOutcome, setFirstOutputs } from './outcome.js'

/** A runner gives a cancelled job little time. */
const CANCEL_MS = 5_000

/** A smaller difference between two clocks is usual. */
const MAX_SKEW_MS = 60_000

/** How many failures the step's message names. */
const MAX_NAMED = 5

type Client = Pick<ExportClient, 'start' | 'read' | 'fetch' | 'cancel'>

/** Makes the client of a run. `onDate` is called with the header Date of each answer of the API. */
export type Connect = (onDate: (date: string | undefined) => void) => Client

export function connectTo(
  connection: Connection,
  dependencies: { clock: Clock; step: Step; random: () => number },
): Connect {
  return (onDate) => {
    const http = new Http({ ...connection, ...dependencies })
    const send: Http['send'] = async (...request) => {
      const answer = await http.send(...request)
      onDate(answer.headers.date)
      return answer
    }
    return new ExportClient(connection, {
      ...dependencies,
      http: { send, call: http.call.bind(http) },
    })
  }
}

interface SyncDependencies {
  readonly connect: Connect
  readonly clock: Clock
  readonly step: Step
}

/**
 * Brings an archive up to date: exports each day that is missing or may still change, the oldest
 * first. If a day fails, the others are exported all the same. Sets all outputs, also when it
 * fails. Rejects with a StepError that says which days are missing.
 */
export async function syncArchive(
  request: SyncRequest,
  dependencies: SyncDependencies,
): Promise<void> {
  const { folder, owner, timeoutMs } = request
  const { clock, step } = dependencies
  setFirstOutputs(folder, step)
  const archive = await Archive.open({ folder, owner, clock, log: step, signal: step.signal })
  const run = new SyncRun(request, archive, dependencies)
  const first = run.plan()
  for (const line of describePlan(first)) step.info(line)
  run.warnOfForgotten(first)
  const hasWorked = first.toExport.length > 0
  const limit = clock.countdown(timeoutMs, () => {
    run.end(new StepError(`The time is out after ${describeTime(timeoutMs)} (timeout).`))
  })
  try {
    if (hasWorked) await run.exportDays(first)
  } finally {
    limit.stop()
  }
  const plan = hasWorked ? run.plan() : first
  const outcome = { ...run.results, plan, hasWorked, now: run.now() }
  await publishOutcome(outcome, { archive, request, step })
  run.throwFailure(plan)
  await archive.removeLeftovers()
}

/** One run over the days of a plan. */
class SyncRun {
  readonly results = {
    /** Data files that were written, absolute. */
    written: [] as string[],
    /** Days that were not there before, and days that were not settled before. */
    added: [] as Day[],
    settled: [] as Day[],
  }
  readonly #request: SyncRequest
  readonly #archive: Archive
  readonly #dependencies: SyncDependencies
  readonly #end = new AbortController()
  readonly #running = new Set<string>()
  readonly #failures = new Map<Day, StepError>()
  /** How far the API's clock is ahead of the runner's. */
  #skewMs: number | undefined
  /** When the API has last answered, by the clock's uptime. */
  #answeredAt = Number.NEGATIVE_INFINITY

  constructor(request: SyncRequest, archive: Archive, dependencies: SyncDependencies) {
    this.#request = request
    this.#archive = archive
    this.#dependencies = dependencies
  }

  /** What is to be done now, and how complete the archive is. */
  plan(): Plan {
    const sizes = this.#request.isSparse ? undefined : this.#archive.sizes()
    return planDays(this.#archive.days, sizes, this.#request, this.now())
  }

  /** Ends all work under way; the first reason counts. */
  end(reason: unknown): void {
    this.#end.abort(reason)
  }

  /** Exports the days of the plan, as far as possible. Does not reject for a day that fails. */
  async exportDays(plan: Plan): Promise<void> {
    const { clock, step } = this.#dependencies
    await this.#archive.prepare()
    const signal = AbortSignal.any([step.signal, this.#end.signal])
    // Gives starts under way some time at the end, so that their jobs can be cancelled.
    const late = new AbortController()
    let limit: Countdown | undefined
    const startLimit = (): void => {
      limit ??= clock.countdown(CANCEL_MS, () => late.abort(signal.reason))
    }
    signal.addEventListener('abort', startLimit)
    const { client, firstAnswer } = this.#connect()
    const dependencies: ExportDependencies = {
      archive: this.#archive,
      client,
      clock,
      log: step,
      signal,
      requestSignal: late.signal,
      pacer: createPacer(clock),
      now: () => this.now(),
      running: this.#running,
      settling: this.#request,
      compression: this.#request.compression,
    }
    const queue = [...plan.toExport]
    const begun = new Set<Day>()
    /** It never rejects: an error ends the other lanes too, and all of them are awaited. */
    const lane = async (): Promise<void> => {
      try {
        for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) {
          begun.add(next.day)
          await this.#exportDay(next, dependencies)
        }
      } catch (error) {
        this.end(error)
      }
    }
    // One lane goes first: its first answer has the API's time, which decides which days are over.
    const first = lane()
    try {
      await Promise.race([first, firstAnswer])
      const rest = this.plan().toExport.filter(({ day }) => !begun.has(day))
      queue.splice(0, queue.length, ...rest)
    } catch (error) {
      this.end(error)
    }
    const others = Array.from({ length: this.#request.parallel - 1 }, lane)
    await Promise.all([first.then(lane), ...others])
    startLimit()
    await this.#cancelJobs(client, late.signal)
    limit?.stop()
  }

  /** Throws the error that the step fails with, if any. `plan` says what is missing now. */
  throwFailure({ missing, forgotten }: Plan): void {
    const { step } = this.#dependencies
    const lacking = missing.filter((day) => !forgotten.includes(day))
    const state =
      lacking.length === 0
        ? 'No day is missing.'
        : `Missing ${lacking.length === 1 ? 'is' : 'are'} ${formatDays(lacking)}.`
    const reason = step.signal.aborted ? step.signal.reason : this.#end.signal.reason
    if (reason !== undefined && !(reason instanceof StepError)) throw reason
    if (reason) {
      throw new StepError(`${reason.message} ${state} What is done stays; the next run goes on.`, {
        cause: reason,
      })
    }
    if (this.#failures.size === 0) return
    const named = [...this.#failures].slice(0, MAX_NAMED)
    const more = this.#failures.size - named.length
    const texts = named.map(([day, { message }]) => `${day}: ${message}`)
    if (more > 0) texts.push(`${more} more are in the log.`)
    const count = this.#failures.size === 1 ? 'One day' : `${this.#failures.size} days`
    throw new StepError(`${count} could not be exported. ${texts.join(' ')} ${state}`)
  }

  /** Names the days of `refresh` that the API does not keep any more. */
  warnOfForgotten({ toExport }: Plan): void {
    const planned = new Set(toExport.map(({ day }) => day))
    const refused = this.#request.refresh.filter((day) => !planned.has(day))
    if (refused.length === 0) return
    this.#dependencies.step.warning(
      `Cannot be exported again (refresh): ${formatDays(refused)}. The API keeps logs for 6 months.`,
    )
  }

  #connect(): { client: Client; firstAnswer: Promise<void> } {
    const { clock, connect } = this.#dependencies
    let onAnswer = (): void => undefined
    const firstAnswer = new Promise<void>((resolve) => {
      onAnswer = resolve
    })
    const client = connect((date) => {
      this.#answeredAt = clock.uptime()
      this.#compareClocks(date)
      onAnswer()
    })
    return { client, firstAnswer }
  }

  #compareClocks(date: string | undefined): void {
    const apiTime = Date.parse(date ?? '')
    if (this.#skewMs !== undefined || Number.isNaN(apiTime)) return
    this.#skewMs = apiTime - this.#dependencies.clock.now()
    const seconds = Math.round(Math.abs(this.#skewMs) / 1_000)
    if (Math.abs(this.#skewMs) < MAX_SKEW_MS) return
    this.#dependencies.step.warning(
      `The clock of this runner is ${seconds} s ${this.#skewMs < 0 ? 'ahead of' : 'behind'} the API's, which decides what days are over. Set the runner's clock.`,
    )
  }

  /** Epoch ms by the API's clock, as far as it is known. */
  now(): number {
    return this.#dependencies.clock.now() + (this.#skewMs ?? 0)
  }

  async #exportDay(
    planned: Plan['toExport'][number],
    dependencies: ExportDependencies,
  ): Promise<void> {
    const { clock, step } = this.#dependencies
    const { day } = planned
    const before = this.#archive.days.get(day)
    const begunAt = clock.uptime()
    try {
      const written = await exportDay(planned, dependencies)
      const after = this.#archive.days.get(day)
      if (written !== undefined) this.results.written.push(written)
      if (!before && after) this.results.added.push(day)
      if (!before?.settled && after?.settled) this.results.settled.push(day)
    } catch (error) {
      if (dependencies.signal.aborted) {
        // The end of the run has cut the day off: the day itself has not failed.
        if (error instanceof StartLostError) step.warning(`${day}: ${error.message}`)
        return
      }
      if (!(error instanceof StepError)) throw error
      const isUnreachable =
        error instanceof ConnectionError && error.sent === 'no' && this.#answeredAt < begunAt
      if (isUnreachable) {
        this.end(new StepError(`${error.message} The other days are not tried.`, { cause: error }))
      } else if (error instanceof SyncEndedError || error instanceof ArchiveChangedError) {
        this.end(error)
      } else {
        this.#failures.set(day, error)
        step.info(`${day} could not be exported: ${error.message}`)
      }
    }
  }

  /** Cancels the jobs at the API whose result is not awaited any more. */
  async #cancelJobs(client: Client, signal: AbortSignal): Promise<void> {
    if (this.#running.size === 0) return
    const cancelled = await Promise.all(
      [...this.#running].map((jobId) => client.cancel(jobId, signal).catch(() => false)),
    )
    const count = cancelled.filter(Boolean).length
    this.#dependencies.step.info(
      `Jobs that were not over: ${cancelled.length}. Cancelled: ${count}.`,
    )
  }
}
