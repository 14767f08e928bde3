import { describe, expect, test } from 'vitest'
import type { ExportClient } from '../../src/api/client.js'
import type { ExportFilter } from '../../src/api/job.js'
import { StepError } from '../../src/errors.js'
import { readStartRequest } from '../../src/start/inputs.js'
import { startExport } from '../../src/start/start.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { validInputs } from '../helpers/valid-inputs.js'

const NOW = Date.parse('2026-11-24T10:20:30Z')

/** An API that starts a job with this id, and writes down what for. */
function apiOf(step: RecordedStep, filters: ExportFilter[] = []): Pick<ExportClient, 'start'> {
  return {
    async start(filter) {
      filters.push(filter)
      step.events.push('start')
      return 'job-1'
    },
  }
}

const requestOf = (differing: Record<string, string> = {}) =>
  readStartRequest({ ...validInputs, ...differing }, NOW)

describe('a start', () => {
  test('hands on what is known as soon as it is known', async () => {
    const step = new RecordedStep()

    await startExport(requestOf({ from: '2026-11-01', to: '2026-11-02' }), {
      api: apiOf(step),
      step,
    })

    expect(step.events).toEqual([
      'output: from=2026-11-01',
      'output: to=2026-11-02',
      expect.stringMatching(
        /^info: .* acme_sg · 2026-11-01 00:00 to 2026-11-02 00:00 UTC, 1 day · all countries · /,
      ),
      'start',
      'output: job-id=job-1',
      'output: job-ids=["job-1"]',
      'output: jobs=[{"job-id":"job-1","from":"2026-11-01","to":"2026-11-02"}]',
      'info: Started job job-1.',
      'summary',
    ])
  })

  test('warns before it asks', async () => {
    const step = new RecordedStep()

    await startExport(requestOf({ from: '2020-01-01', to: 'now' }), { api: apiOf(step), step })

    expect(step.events[0]).toMatch(/^warning: The API keeps logs for 6 months/)
  })

  test('asks for what was given, in the order of the API’s reference', async () => {
    const step = new RecordedStep()
    const filters: ExportFilter[] = []
    const request = requestOf({
      limit: '7',
      country: 'SG MY',
      'phone-number': '+6511111111',
      to: '2026-11-02',
      from: '2026-11-01',
    })

    await startExport(request, { api: apiOf(step, filters), step })

    expect(JSON.stringify(filters)).toBe(
      '[{"from":"2026-11-01","to":"2026-11-02","phoneNumber":"6511111111","countries":["SG","MY"],"limit":7}]',
    )
  })

  test('leaves out what was not given, but for the limit', async () => {
    const step = new RecordedStep()
    const filters: ExportFilter[] = []

    await startExport(requestOf(), { api: apiOf(step, filters), step })

    expect(filters).toEqual([{ limit: 0 }])
    expect(step.outputs).toMatchObject({ from: '', to: '', 'job-id': 'job-1' })
  })

  test('shows the phone number nowhere', async () => {
    const step = new RecordedStep()

    await startExport(requestOf({ 'phone-number': '+6511111111' }), { api: apiOf(step), step })

    expect(`${step.events.join()}${step.summary}`).not.toContain('6511111111')
    expect(step.events.join()).toContain('one phone number')
  })

  test('says where the API’s defaults apply', async () => {
    const step = new RecordedStep()

    await startExport(requestOf({ 'time-zone': 'Asia/Tokyo' }), { api: apiOf(step), step })

    expect(step.events.join()).toContain(
      '7 days before today (default) to today (default) UTC · all countries',
    )
  })

  test('says the window in the zone that was asked for, and in UTC', async () => {
    const step = new RecordedStep()
    const differing = { 'time-zone': 'Asia/Kolkata', from: '2026-11-01', to: '2026-11-02T01:02:03' }

    await startExport(requestOf(differing), { api: apiOf(step), step })

    expect(step.events.join()).toContain(
      '2026-11-01 00:00 to 2026-11-02 01:02:03 Asia/Kolkata (2026-10-31 18:30 to 2026-11-01 19:32:03 UTC)',
    )
  })

  test('is summed up for the page of the run', async () => {
    const step = new RecordedStep()
    const differing = { from: '2026-11-01', to: 'now', country: 'SG', limit: '10' }

    await startExport(requestOf(differing), { api: apiOf(step), step })

    expect(step.summary).toBe(`### SMS log export started

|  |  |
| :--- | :--- |
| Job | \`job-1\` |
| Subaccount | \`acme_sg\` |
| Window | 2026-11-01 00:00 to 2026-11-24 10:20:30 UTC, 23 days 10 hours 20 minutes 30 seconds |
| Countries | SG |
| Phone numbers | all |
| Limit | 10 records |

`)
  })

  test('names the job where its output cannot be set', async () => {
    const step = new RecordedStep()
    step.unwritableOutput = 'job-id'

    const work = startExport(requestOf(), { api: apiOf(step), step })

    await expect(work).rejects.toThrow(/ job job-1, .* output job-id/)
    expect(step.events).toContain('start')
  })

  test('fails where the API fails, with no id', async () => {
    const step = new RecordedStep()
    const api = { start: () => Promise.reject(new Error('no')) }

    await expect(startExport(requestOf(), { api, step })).rejects.toThrow('no')

    expect(step.outputs).toEqual({ from: '', to: '' })
  })
})

describe('a start in slices', () => {
  const sliced = (differing: Record<string, string> = {}) =>
    requestOf({ from: '2026-08-15', to: '2026-11-01', slice: 'month', ...differing })

  /** An API that starts so many jobs and then fails as told. */
  function apiUpTo(started: number, failure: Error, filters: ExportFilter[] = []) {
    const start = async (filter: ExportFilter): Promise<string> => {
      if (filters.length === started) throw failure
      filters.push(filter)
      return `job-${filters.length}`
    }
    return { start }
  }

  const never = new Error('never')

  test('starts one job for each, and hands on all of them', async () => {
    const step = new RecordedStep()
    const filters: ExportFilter[] = []

    await startExport(sliced({ limit: '9' }), { api: apiUpTo(3, never, filters), step })

    expect(filters).toEqual([
      { from: '2026-08-15', to: '2026-09-01T00:00:00+00:00', limit: 9 },
      { from: '2026-09-01T00:00:00+00:00', to: '2026-10-01T00:00:00+00:00', limit: 9 },
      { from: '2026-10-01T00:00:00+00:00', to: '2026-11-01', limit: 9 },
    ])
    expect(step.outputs).toEqual({
      from: '2026-08-15',
      to: '2026-11-01',
      'job-id': '',
      'job-ids': '["job-1","job-2","job-3"]',
      jobs: JSON.stringify([
        { 'job-id': 'job-1', from: '2026-08-15', to: '2026-09-01T00:00:00+00:00' },
        {
          'job-id': 'job-2',
          from: '2026-09-01T00:00:00+00:00',
          to: '2026-10-01T00:00:00+00:00',
        },
        { 'job-id': 'job-3', from: '2026-10-01T00:00:00+00:00', to: '2026-11-01' },
      ]),
    })
    expect(step.events[2]).toContain('· in 3 slices ·')
    expect(step.summary).toContain('| Jobs | 3 |')
    expect(step.summary).toContain('| `job-3` | 2026-10-01T00:00:00+00:00 | 2026-11-01 |')
  })

  test('gives the one job’s id where the window is no longer than a slice', async () => {
    const step = new RecordedStep()

    await startExport(sliced({ from: '2026-10-02' }), { api: apiUpTo(1, never), step })

    expect(step.outputs).toMatchObject({ 'job-id': 'job-1', 'job-ids': '["job-1"]' })
  })

  test('that fails half-way still hands on what it has started, and says what is missing', async () => {
    const step = new RecordedStep()
    const api = apiUpTo(2, new StepError('The API is gone.'))

    await expect(startExport(sliced(), { api, step })).rejects.toThrow(
      /^The API is gone\. .*2 of 3 jobs .* output jobs.* 2026-10-01T00:00:00\+00:00 to 2026-11-01: /,
    )

    expect(step.outputs).toMatchObject({ 'job-id': '', 'job-ids': '["job-1","job-2"]' })
  })

  test('that fails at once says that there is none', async () => {
    const step = new RecordedStep()
    const api = apiUpTo(0, new StepError('The API is gone.'))

    await expect(startExport(sliced(), { api, step })).rejects.toThrow(
      /^The API is gone\. .*3 jobs/,
    )

    expect(step.outputs).toMatchObject({ 'job-id': '', 'job-ids': '[]', jobs: '[]' })
  })

  test('names its jobs in the log where they cannot be outputs', async () => {
    const step = new RecordedStep()
    step.unwritableOutput = 'jobs'

    await expect(startExport(sliced(), { api: apiUpTo(3, never), step })).rejects.toThrow(
      / job-1, job-2, job-3, .*output jobs/,
    )
  })

  test('does not hide a fault of ours behind what is missing', async () => {
    const step = new RecordedStep()
    const fault = new TypeError('a bug')

    await expect(startExport(sliced(), { api: apiUpTo(1, fault), step })).rejects.toBe(fault)

    expect(step.outputs['job-ids']).toBe('["job-1"]')
  })
})
