import { symlinkSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { StepError } from '../../src/errors.js'
import { mergeReports } from '../../src/merge-reports/merge.js'
import type { Measures } from '../../src/report/figures.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { folderWith, reportOn, someFigures, someGroup } from '../helpers/report-folder.js'

interface Merged {
  failure: unknown
  step: RecordedStep
}

async function merge(
  files: Record<string, string>,
  { jobIds, step = new RecordedStep() }: { jobIds?: string[]; step?: RecordedStep } = {},
): Promise<Merged> {
  const failure = await mergeReports({ folder: folderWith(files), jobIds }, step)
    .then(() => undefined)
    .catch((error: unknown) => error)
  return { failure, step }
}

const without = (step: RecordedStep, kind: string): string[] =>
  step.events.filter((event) => !event.startsWith(kind))

const recordsOf = ({ step }: Merged): number => JSON.parse(step.outputs.report ?? '').records

describe('reports of several jobs', () => {
  test('are joined: outputs, a line of the log, and a page', async () => {
    const { failure, step } = await merge({
      'one/report.json': reportOn('job-1'),
      'two/report.json': reportOn('job-2'),
    })

    expect(failure).toBeUndefined()
    expect(step.outputs.records).toBe('4')
    expect(JSON.parse(step.outputs.report ?? '')).toMatchObject({
      records: 4,
      parts: 6,
      deliveryRate: 0.5,
      cost: { EUR: '0.2' },
      days: { '2026-11-02': { records: 4, parts: 6, delivered: 2, cost: { EUR: '0.2' } } },
    })
    expect(without(step, 'output')).toEqual([
      expect.stringMatching(
        /^info: 2 reports: 4 outbound, 0 inbound · 50\.0% delivered.* · EUR 0\.2, 0\.05 a record · .*1 country · 2026-11-02\.$/,
      ),
      'summary',
    ])
    expect(step.summary).toMatch(/`job-1` \|\n.*`job-2` \|\n/)
  })

  test.skipIf(process.platform === 'win32')('leave links alone, and say so once', async () => {
    const folder = folderWith({ 'report.json': reportOn('job-1') })
    const merge = async (): Promise<string[]> => {
      const step = new RecordedStep()
      await mergeReports({ folder, jobIds: undefined }, step)
      expect(step.outputs.records).toBe('2')
      return step.events.filter((event) => event.startsWith('notice'))
    }

    symlinkSync(path.join(folder, 'report.json'), path.join(folder, 'a.json'))
    const one = await merge()
    symlinkSync(folder, path.join(folder, 'b'))
    const two = await merge()

    expect(one).toEqual([expect.stringMatching(/a\.json"\./)])
    expect(two).toEqual([expect.stringMatching(/a\.json" and 1 more/)])
  })

  test('are compared with those of the period before', async () => {
    const [folder, before] = [reportOn('job-1'), reportOn('job-0')].map((text) =>
      folderWith({ 'report.json': text }),
    )
    const step = new RecordedStep()

    await mergeReports({ folder: folder ?? '', jobIds: undefined, compareWith: before }, step)

    expect(step.summary).toMatch(/Change/)
  })

  test('may be one alone', async () => {
    const { failure, step } = await merge({ 'report.json': reportOn('job-1') })

    expect(failure).toBeUndefined()
    expect(step.events).toContainEqual(expect.stringMatching(/^info: One report: 2 outbound, /))
  })

  test('stand on the page in the order in which the jobs were started', async () => {
    const files = Object.fromEntries(
      ['a', 'b', 'c'].map((jobId) => [`${jobId}.json`, reportOn(jobId)]),
    )

    const { step } = await merge(files, { jobIds: ['c', 'a', 'b'] })

    expect([...step.summary.matchAll(/`([abc])` \|$/gm)].map(([, jobId]) => jobId)).toEqual([
      'c',
      'a',
      'b',
    ])
  })

  test('of one id in two subaccounts are two', async () => {
    const merged = await merge({
      'a.json': reportOn('job-1'),
      'b.json': reportOn('job-1', { subaccountId: 'acme_us' }),
    })

    expect(merged.failure).toBeUndefined()
    expect(recordsOf(merged)).toBe(4)
  })

  test('are no report where there is none', async () => {
    const { failure, step } = await merge({ 'job-1.csv': 'umid' })

    expect(failure).toBeInstanceOf(StepError)
    expect(failure).toMatchObject({
      message: expect.stringMatching(/no report in ".+" \(path\)\./),
    })
    expect(step.events).toEqual([])
  })
})

describe('a sum that would be wrong is not made', () => {
  test('of a file that is no report', async () => {
    const { failure, step } = await merge({ 'a.json': reportOn('job-1'), 'b.json': '{}' })

    expect(failure).toBeInstanceOf(StepError)
    expect(failure).toMatchObject({
      message: expect.stringMatching(/".+b\.json" is no report/),
    })
    expect(step.events).toEqual([])
  })

  test('of the report on one job twice', async () => {
    const files = { 'a/r.json': reportOn('job-1'), 'b/r.json': reportOn('job-1') }

    const { failure, step } = await merge(files)

    expect(failure).toMatchObject({
      name: 'StepError',
      message: expect.stringMatching(/"job-1".* twice.* report-file/),
    })
    expect(step.events).toEqual([])
  })
})

describe('the jobs that must be there', () => {
  test('may all be there', async () => {
    const files = { 'a.json': reportOn('job-1'), 'b.json': reportOn('job-2') }

    const { failure, step } = await merge(files, { jobIds: ['job-1', 'job-2'] })

    expect(failure).toBeUndefined()
    expect(step.summary).not.toContain('missing')
  })

  test('are a failure where one is not, after the report on the others is written', async () => {
    const jobIds = ['job-1', 'job-2', 'job-3']

    const { failure, step } = await merge({ 'a.json': reportOn('job-2') }, { jobIds })

    expect(failure).toMatchObject({
      name: 'StepError',
      message: expect.stringMatching(/2 of 3 jobs .*"job-1"/),
    })
    expect(step.outputs.records).toBe('2')
    expect(step.events).toContainEqual(
      expect.stringMatching(/^info: One report, 2 missing: 2 outbound/),
    )
    expect(step.summary).toMatch(/\*\*.* 2 of 3 jobs .*\*\*/)
  })

  test('leave reports on other jobs out, as of an earlier attempt of the run', async () => {
    const files = { 'a.json': reportOn('job-1'), 'b.json': reportOn('earlier') }

    const merged = await merge(files, { jobIds: ['job-1'] })

    expect(merged.failure).toBeUndefined()
    expect(recordsOf(merged)).toBe(2)
    expect(merged.step.events[0]).toMatch(/^notice: .*job-ids.*: 1\.$/)
    expect(merged.step.summary).not.toContain('earlier')
  })

  test('count once where they are said twice', async () => {
    const jobIds = ['job-1', 'job-1', 'job-2', 'job-2']

    const { failure } = await merge({ 'a.json': reportOn('job-1') }, { jobIds })

    expect(failure).toMatchObject({
      message: expect.stringMatching(/^The reports on 1 of 2 jobs are missing/),
    })
  })
})

describe('a reader is told', () => {
  const group: Measures = { ...someGroup, cost: {} }
  const reportOfMany = (jobId: string, count: number, prefix: string): string => {
    const names = Array.from({ length: count }, (_, index) => [`${prefix}${index}`, group])
    return reportOn(jobId, {
      figures: { ...someFigures, operators: Object.fromEntries(names) },
    })
  }

  test('of names that count together', async () => {
    const { step } = await merge({
      'a.json': reportOfMany('job-1', 6_000, 'a'),
      'b.json': reportOfMany('job-2', 6_000, 'b'),
    })

    expect(step.events).toContainEqual(expect.stringMatching(/^notice: .*operators.*"other"/))
  })

  test('of an output that is too long to be handed to another job', async () => {
    const { step } = await merge({ 'a.json': reportOfMany('job-1', 9_000, 'x'.repeat(100)) })

    expect(step.events).toContainEqual(
      expect.stringMatching(/^warning: .*report.*1 MiB.*report-file/),
    )
    expect(step.outputs.report).toBe('')
  })

  test('of neither where there is nothing to tell', async () => {
    const { step } = await merge({ 'a.json': reportOfMany('job-1', 100, 'a') })

    expect(step.events.filter((event) => event.startsWith('notice'))).toEqual([])
  })
})
