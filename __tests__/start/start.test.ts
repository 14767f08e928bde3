import { describe, expect, test } from 'vitest'
import type { ExportApi } from '../../src/job/export-api.js'
import type { ExportFilter } from '../../src/job/filter.js'
import { readStartRequest } from '../../src/start/inputs.js'
import { startExport } from '../../src/start/start.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { validInputs } from '../helpers/valid-inputs.js'

const NOW = Date.parse('2026-11-24T10:20:30Z')

/** An API that starts a job with this id, and writes down what for. */
function apiOf(step: RecordedStep, filters: ExportFilter[] = []): Pick<ExportApi, 'start'> {
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
      'info: Asking for the SMS logs of acme_sg · 2026-11-01 00:00 to 2026-11-02 00:00 UTC · all countries · all phone numbers · no limit.',
      'start',
      'output: job-id=job-1',
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
    expect(step.outputs).toEqual({ from: '', to: '', 'job-id': 'job-1' })
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

| | |
|---|---|
| Job | \`job-1\` |
| Subaccount | \`acme_sg\` |
| Window | 2026-11-01 00:00 to 2026-11-24 10:20:30 UTC |
| Countries | SG |
| Phone numbers | all |
| Limit | 10 records |

`)
  })

  test('names the job where its output cannot be set', async () => {
    const step = new RecordedStep()
    step.unwritableOutput = 'job-id'

    const work = startExport(requestOf(), { api: apiOf(step), step })

    await expect(work).rejects.toThrow('Started job job-1, but could not set the output job-id.')
    expect(step.events).toContain('start')
  })

  test('is not undone where its summary cannot be written', async () => {
    const step = new RecordedStep()
    step.isSummaryUnwritable = true

    await startExport(requestOf(), { api: apiOf(step), step })

    expect(step.outputs['job-id']).toBe('job-1')
    expect(step.events.at(-1)).toBe(
      'warning: The job summary could not be written. The job is started, and its id is set.',
    )
  })

  test('fails where the API fails, with no id', async () => {
    const step = new RecordedStep()
    const api = { start: () => Promise.reject(new Error('no')) }

    await expect(startExport(requestOf(), { api, step })).rejects.toThrow('no')

    expect(step.outputs).toEqual({ from: '', to: '' })
  })
})
