import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Job } from '../../src/api/job.js'
import { downloadExport } from '../../src/download/download.js'
import { readDownloadRequest } from '../../src/download/inputs.js'
import { StepError } from '../../src/errors.js'
import { type RecordedSource, sourceOf } from '../helpers/file-sources.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { folderWith, reportOn } from '../helpers/report-folder.js'
import { jobOf } from '../helpers/simulated-job.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'
import { validInputs } from '../helpers/valid-inputs.js'

interface Downloaded {
  failure: unknown
  workspace: string
  step: RecordedStep
  reads: number
  source: RecordedSource
}

/** A download of a job that is this, look by look, and at last stays as it is. */
async function download(
  jobs: Job | readonly (Job | StepError)[],
  inputs: Record<string, string> = {},
  workspace = createTemporaryFolder(),
): Promise<Downloaded> {
  const step = new RecordedStep()
  const clock = new ManualClock()
  const source = sourceOf()
  const looks = [jobs].flat()
  let reads = 0
  const api = {
    read: async (): Promise<Job> => {
      const look = looks[Math.min(reads++, looks.length - 1)] as Job | StepError
      if (look instanceof StepError) throw look
      return look
    },
  }
  const given = { ...validInputs, 'job-id': 'job-1', summary: 'false', ...inputs }
  const request = readDownloadRequest(given, { cwd: workspace, home: path.join(workspace, 'home') })
  let failure: unknown
  try {
    const dependencies = {
      api: { ...api, fetch: source.fetch },
      clock,
      step,
      workspace,
      startReader: readerOfNothing,
    }
    await clock.runUntil(downloadExport(request, dependencies))
  } catch (error) {
    failure = error
  }
  return { failure, workspace, step, reads, source }
}

function readerOfNothing(): never {
  throw new Error('with summary: false no file is read')
}

const succeeded = (...links: string[]): Job => ({
  ...jobOf('succeeded', links),
  expires: '2026-12-24T10:20:30.00Z',
})

describe('a download', () => {
  test('sets its outputs, and brings the file', async () => {
    const { failure, workspace, step } = await download([
      jobOf('queued'),
      jobOf('running'),
      succeeded('link 1'),
    ])

    const folder = path.join(workspace, 'sms-logs')
    expect(failure).toBeUndefined()
    expect(step.outputs).toMatchObject({
      status: 'succeeded',
      path: folder,
      files: JSON.stringify([path.join(folder, 'job-1.csv')]),
      expires: '2026-12-24T10:20:30.00Z',
    })
    expect(readdirSync(folder)).toEqual(['job-1.csv'])
  })

  test('sets each status when it is heard', async () => {
    const { step } = await download([jobOf('queued'), jobOf('running'), succeeded('link 1')])

    expect(step.events.filter((event) => event.startsWith('output: status='))).toEqual([
      'output: status=queued',
      'output: status=running',
      'output: status=succeeded',
    ])
  })

  test('sets the folder and an empty list before it asks for anything', async () => {
    const { step, workspace } = await download([new StepError('The API answered 401.')])

    expect(step.events.slice(0, 2)).toEqual([
      `output: path=${path.join(workspace, 'sms-logs')}`,
      'output: files=[]',
    ])
  })

  test('names what else lies in the folder, and what it replaces', async () => {
    const workspace = createTemporaryFolder()
    const folder = path.join(workspace, 'sms-logs')
    mkdirSync(folder)
    for (const name of ['job-1', 'a', 'b', 'c', 'd', 'e', 'f']) {
      writeFileSync(path.join(folder, `${name}.csv`), '')
    }

    const { step } = await download(succeeded('link 1'), {}, workspace)

    expect(step.events.filter((event) => event.startsWith('notice'))).toEqual([
      expect.stringMatching(/: a\.csv, b\.csv, c\.csv, d\.csv, e\.csv and 1 more/),
      expect.stringMatching(/replaced: job-1\.csv/),
    ])
  })

  test('of an empty job takes an old report away, after it was compared with, and writes anew', async () => {
    const workspace = folderWith({ 'report.json': reportOn('job-0') })
    const report = path.join(workspace, 'report.json')
    const inputs = { summary: 'true', 'report-file': report, 'compare-with': report }

    const { failure, step } = await download(jobOf('empty'), inputs, workspace)

    expect(failure).toBeUndefined()
    expect(step.events.filter((event) => event.startsWith('warning: report'))).toEqual([])
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ jobId: 'job-1' })
    expect(step.outputs.records).toBe('0')
  })

  test('whose job fails leaves no report of an earlier run', async () => {
    const workspace = folderWith({ 'report.json': reportOn('job-0') })
    const inputs = { summary: 'true', 'report-file': path.join(workspace, 'report.json') }

    const { failure } = await download(jobOf('failed'), inputs, workspace)

    expect(failure).toBeInstanceOf(StepError)
    expect(existsSync(path.join(workspace, 'report.json'))).toBe(false)
  })

  test('asks for nothing where the folder cannot be used', async () => {
    const file = path.join(createTemporaryFolder(), 'logs')
    writeFileSync(file, 'a file')

    const { failure, reads } = await download(succeeded('link 1'), { path: file })

    expect(failure).toMatchObject({ message: expect.stringContaining('(path) cannot be used') })
    expect(reads).toBe(0)
  })

  test('says where the files go when that is outside the workspace', async () => {
    const folder = path.join(createTemporaryFolder(), 'logs')

    const { failure, step } = await download(succeeded('link 1'), { path: folder })

    expect(failure).toBeUndefined()
    expect(step.events).toContain(`info: The files go to "${folder}", outside the workspace.`)
    expect(readdirSync(folder)).toEqual(['job-1.csv'])
  })

  test('says nothing of that inside of it', async () => {
    const { step } = await download(succeeded('link 1'), { path: 'a/b' })

    expect(step.events.join('\n')).not.toContain('outside the workspace')
  })

  test('leaves expires empty where the API does not say it', async () => {
    const { step } = await download(jobOf('succeeded', ['link 1']))

    expect(step.outputs.expires).toBe('')
  })
})

describe('the end of a job', () => {
  test.each(['failed', 'cancelled', 'error'])('as %s is a failure', async (jobStatus) => {
    const { failure, step } = await download(jobOf(jobStatus))

    expect(failure).toMatchObject({
      name: 'JobEndedError',
      message: expect.stringMatching(` job-1 .*${jobStatus}`),
    })
    expect(step.outputs).toMatchObject({ status: jobStatus, files: '[]' })
  })

  test('as succeeded with no link is a failure', async () => {
    const { failure, step } = await download(succeeded())

    expect(failure).toMatchObject({
      name: 'JobEndedError',
      message: expect.stringMatching(/ job-1 .*succeeded.* no link/),
    })
    expect(step.outputs).toMatchObject({ status: 'succeeded', files: '[]' })
  })

  test('as failed is one, whatever links it has', async () => {
    const { failure, source } = await download(jobOf('failed', ['link 1']))

    expect(failure).toMatchObject({ name: 'JobEndedError' })
    expect(source.fetched).toEqual([])
  })

  test.each(['running', 'archiving'])(
    'that has not come in time is a failure, and the status %s is put out',
    async (jobStatus) => {
      const { failure, step } = await download(jobOf(jobStatus), { timeout: '5m' })

      expect(failure).toMatchObject({ name: 'WaitTimeoutError' })
      expect(step.outputs).toMatchObject({ status: jobStatus, files: '[]' })
    },
  )

  test('is asked for once with the timeout 0', async () => {
    const { failure, reads } = await download(jobOf('running'), { timeout: '0' })

    expect(failure).toMatchObject({ name: 'WaitTimeoutError' })
    expect(reads).toBe(1)
  })
})

describe('a job without records', () => {
  test.each([
    ['warn', /^warning: .* job-1 .*no records/],
    ['ignore', /^info: .* job-1 .*no records/],
  ])('gets if-no-files-found: %s', async (choice, event) => {
    const { failure, step, source } = await download(jobOf('empty'), {
      'if-no-files-found': choice,
    })

    expect(failure).toBeUndefined()
    expect(step.events.at(-1)).toMatch(event)
    expect(step.outputs).toMatchObject({ status: 'empty', files: '[]' })
    expect(source.fetched).toEqual([])
  })

  test('fails with if-no-files-found: error', async () => {
    const { failure, step } = await download(jobOf('empty'), { 'if-no-files-found': 'error' })

    expect(failure).toMatchObject({
      message: expect.stringMatching(/ job-1 .*no records.* if-no-files-found/),
    })
    expect(step.outputs).toMatchObject({ status: 'empty', files: '[]' })
  })

  test('leaves a folder for upload-artifact all the same', async () => {
    const { workspace } = await download(jobOf('empty'))

    expect(existsSync(path.join(workspace, 'sms-logs'))).toBe(true)
  })
})
