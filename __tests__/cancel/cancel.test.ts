import { describe, expect, test } from 'vitest'
import { cancelExport, readCancelRequest } from '../../src/cancel/cancel.js'
import { StepError } from '../../src/errors.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { validInputs } from '../helpers/valid-inputs.js'

/** A cancel at an API that says so. */
async function cancelWith(outcome: boolean | StepError, jobId: string | undefined = 'job-1') {
  const step = new RecordedStep()
  const asked: string[] = []
  const api = {
    async cancel(id: string): Promise<boolean> {
      asked.push(id)
      if (outcome instanceof StepError) throw outcome
      return outcome
    },
  }
  const request = readCancelRequest({ ...validInputs, 'job-id': jobId || undefined })
  const failure = await cancelExport(request, { api, step }).catch((error: unknown) => error)
  return { failure, step, asked }
}

describe('a cancel', () => {
  test('says that it has cancelled the job', async () => {
    const { failure, step, asked } = await cancelWith(true)

    expect(failure).toBeUndefined()
    expect(asked).toEqual(['job-1'])
    expect(step.outputs).toEqual({ cancelled: 'true' })
    expect(step.events.at(-1)).toMatch(/^info: .*job-1/)
  })

  test('takes a job that is over or unknown as done, with a notice', async () => {
    const { failure, step, asked } = await cancelWith(false)

    expect(failure).toBeUndefined()
    expect(asked).toHaveLength(1)
    expect(step.outputs).toEqual({ cancelled: 'false' })
    expect(step.events.at(-1)).toMatch(/^notice: .*job-1/)
  })

  test('asks for nothing where there is no job, with a notice', async () => {
    const { failure, step, asked } = await cancelWith(true, '')

    expect(failure).toBeUndefined()
    expect(asked).toEqual([])
    expect(step.events).toEqual([expect.stringMatching(/^notice: .*job-id/)])
  })

  test('that fails has cancelled nothing', async () => {
    const lost = new StepError('The connection was lost.')

    const { failure, step } = await cancelWith(lost)

    expect(failure).toBe(lost)
    expect(step.outputs).toEqual({})
  })
})
