import { describe, expect, test } from 'vitest'
import type { ExportApi } from '../../src/api/export-api.js'
import { cancelExport } from '../../src/cancel/cancel.js'
import { readCancelRequest } from '../../src/cancel/inputs.js'
import { InterruptedError, StepError } from '../../src/errors.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { validInputs } from '../helpers/valid-inputs.js'

type Outcome = boolean | StepError | 'silence'

interface Cancelled {
  failure: unknown
  step: RecordedStep
  /** The jobs that were to be cancelled, in their order. */
  asked: string[]
  tookMs: number
  clock: ManualClock
}

interface Settings {
  jobId?: string | undefined
  retries?: string
  mayPass?: boolean
  step?: RecordedStep
}

/** A cancel at an API whose tries come to this, one after the other. */
async function cancelWith(outcomes: Outcome[], settings: Settings = {}): Promise<Cancelled> {
  const { retries, mayPass = true, step = new RecordedStep() } = settings
  const jobId = 'jobId' in settings ? settings.jobId : 'job-1'
  const clock = new ManualClock()
  const startedAt = clock.now()
  const asked: string[] = []
  const api: Pick<ExportApi, 'cancel' | 'mayPass'> = {
    mayPass: () => mayPass,
    async cancel(id, signal) {
      const outcome = outcomes[asked.length]
      asked.push(id)
      if (outcome === 'silence') {
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new StepError('Ended.')))
        })
      }
      if (outcome instanceof StepError) throw outcome
      return outcome === true
    },
  }
  const request = readCancelRequest({ ...validInputs, 'job-id': jobId, retries })
  let failure: unknown
  try {
    await clock.runUntil(cancelExport(request, { api, clock, step }))
  } catch (error) {
    failure = error
  }
  return { failure, step, asked, tookMs: clock.now() - startedAt, clock }
}

describe('a cancel', () => {
  test('says that it has cancelled the job', async () => {
    const { failure, step, asked } = await cancelWith([true])

    expect(failure).toBeUndefined()
    expect(asked).toEqual(['job-1'])
    expect(step.outputs).toEqual({ cancelled: 'true' })
    expect(step.events.at(-1)).toBe('info: Cancelled job job-1.')
  })

  test('takes a job that is over or unknown as done, with a notice', async () => {
    const { failure, step, asked } = await cancelWith([false])

    expect(failure).toBeUndefined()
    expect(asked).toHaveLength(1)
    expect(step.outputs).toEqual({ cancelled: 'false' })
    expect(step.events.at(-1)).toBe(
      'notice: Job job-1 is over already, or the API does not know it: nothing to cancel.',
    )
  })

  test('asks for nothing where there is no job, with a notice', async () => {
    const { failure, step, asked } = await cancelWith([], { jobId: undefined })

    expect(failure).toBeUndefined()
    expect(asked).toEqual([])
    expect(step.events).toEqual([
      'output: cancelled=false',
      'notice: There is no job-id, so there is nothing to cancel: the start step may not have run.',
    ])
  })

  test('leaves no timer behind', async () => {
    const { clock } = await cancelWith([true])

    expect(clock.pending).toBe(0)
  })
})

describe('a cancel that fails', () => {
  const lost = new StepError('The connection was lost.')

  test('is tried once more, at once', async () => {
    const { failure, step, asked, tookMs } = await cancelWith([lost, true])

    expect(failure).toBeUndefined()
    expect(asked).toEqual(['job-1', 'job-1'])
    expect(tookMs).toBe(0)
    expect(step.outputs).toEqual({ cancelled: 'true' })
    expect(step.events).toContain('info: The connection was lost. Trying once more.')
  })

  test('is not tried a third time', async () => {
    const last = new StepError('Lost again.')

    const { failure, step, asked } = await cancelWith([lost, last, true])

    expect(failure).toBe(last)
    expect(asked).toHaveLength(2)
    expect(step.outputs).toEqual({ cancelled: 'false' })
  })

  test('is not tried again where that would meet the same', async () => {
    const { failure, asked } = await cancelWith([lost, true], { mayPass: false })

    expect(failure).toBe(lost)
    expect(asked).toHaveLength(1)
  })

  test('is not tried again where retries is 0', async () => {
    const { failure, asked } = await cancelWith([lost, true], { retries: '0' })

    expect(failure).toBe(lost)
    expect(asked).toHaveLength(1)
  })

  test('has 5 s for a try, and 5 for one more', async () => {
    const { failure, step, asked, tookMs, clock } = await cancelWith(['silence', 'silence', true], {
      mayPass: false,
    })

    expect(failure).toMatchObject({ message: 'The API has not answered within 5 s.' })
    expect(asked).toHaveLength(2)
    expect(tookMs).toBe(10_000)
    expect(step.events).toContain('info: The API has not answered within 5 s. Trying once more.')
    expect(clock.pending).toBe(0)
  })

  test('is tried once more after a silence, and succeeds', async () => {
    const { failure, step } = await cancelWith(['silence', true])

    expect(failure).toBeUndefined()
    expect(step.outputs).toEqual({ cancelled: 'true' })
  })

  test('is not tried again where the runner wants the step to end', async () => {
    const step = new RecordedStep()
    setImmediate(() => step.interrupt(new InterruptedError('SIGTERM')))

    const { failure, asked, tookMs } = await cancelWith(['silence', true], { step })

    expect(failure).toBeInstanceOf(StepError)
    expect(asked).toHaveLength(1)
    expect(tookMs).toBe(0)
  })
})
