import { execFileSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { systemClock } from '../src/clock.js'
import type { SandboxConfig } from '../src/sandbox/inputs.js'
import { startSandboxServer } from '../src/sandbox/server.js'
import { parseCsv } from './helpers/csv.js'
import { folderWith, reportOn } from './helpers/report-folder.js'
import { type ActionRun, launchAction, runAction } from './helpers/run-action.js'
import { runDownload } from './helpers/run-download.js'
import { API_KEY, commandsOf, errorsOf, runStart } from './helpers/run-start.js'
import { createTemporaryFolder } from './helpers/temporary-folder.js'

interface Merged extends ActionRun {
  errors: string[]
}

async function merge(folder: string, inputs: Record<string, string> = {}): Promise<Merged> {
  const run = await runAction('merge-reports', {
    inputs: { path: folder, ...inputs },
    env: { RUNNER_DEBUG: '1' },
  })
  expect(run.stderr).toBe('')
  return { ...run, errors: errorsOf(run) }
}

async function sandbox(config: Partial<SandboxConfig> = {}): Promise<string> {
  const server = await startSandboxServer({
    ...{ records: 20, files: 1, scenario: 'succeeded', durationMs: 0, seed: 1, apiKey: API_KEY },
    clock: systemClock,
    ...config,
  })
  onTestFinished(() => server.close())
  return server.url
}

/** As a matrix would: each job by a step of its own, its report in a folder of its own. */
async function downloadAll(url: string, jobIds: readonly string[]) {
  const folder = createTemporaryFolder()
  const reports = path.join(folder, 'reports')
  mkdirSync(reports)
  const runs: ActionRun[] = []
  for (const jobId of jobIds) {
    const run = await runDownload(url, {
      inputs: {
        'job-id': jobId,
        path: path.join(folder, 'logs'),
        'report-file': path.join(reports, jobId, 'report.json'),
      },
    })
    runs.push(run)
  }
  return { reports, runs, logs: path.join(folder, 'logs') }
}

const startSlices = (url: string): Promise<ActionRun> =>
  runStart(url, {
    inputs: { 'phone-number': '', from: 'now-3M/M', to: 'now/M', slice: 'month' },
  })

describe('start in slices, download each, merge', () => {
  test('gives the figures of all files together', async () => {
    const url = await sandbox({ files: 2 })
    const started = await startSlices(url)
    const jobIds: string[] = JSON.parse(started.outputs['job-ids'] ?? '')

    const { reports, runs, logs } = await downloadAll(url, jobIds)
    const merged = await merge(reports, { 'job-ids': started.outputs['job-ids'] ?? '' })

    expect([started, ...runs, merged].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0])
    const files = readdirSync(logs)
    const rows = files.flatMap((name) =>
      parseCsv(readFileSync(path.join(logs, name), 'utf8')).slice(1),
    )
    const report = JSON.parse(merged.outputs.report ?? '')
    expect(files).toHaveLength(6)
    expect(merged.outputs.records).toBe(String(rows.length))
    expect(rows.length).toBeGreaterThan(1_000)
    const sumOf = (name: string): number =>
      runs.reduce((sum, { outputs }) => sum + JSON.parse(outputs.report ?? '')[name], 0)
    expect(report.parts).toBe(sumOf('parts'))
    expect(report.delivered).toBe(sumOf('delivered'))
    expect(Object.keys(report)).toEqual(Object.keys(JSON.parse(runs[0]?.outputs.report ?? '')))
    for (const jobId of jobIds) expect(merged.summary).toContain(`\`${jobId}\` |`)
  })

  test('takes a job without records as one', async () => {
    const url = await sandbox({ scenario: 'empty' })
    const started = await startSlices(url)
    const jobIds: string[] = JSON.parse(started.outputs['job-ids'] ?? '')

    const { reports } = await downloadAll(url, jobIds)
    const merged = await merge(reports, { 'job-ids': started.outputs['job-ids'] ?? '' })

    expect(merged.exitCode).toBe(0)
    expect(merged.outputs.records).toBe('0')
    expect(merged.summary).toContain('No records: none of the exports has any.')
  })
})

describe('reports', () => {
  test('are joined in the log and the summary, as people read them', async () => {
    const folder = folderWith({
      'sms-report-1/report.json': reportOn('job-1'),
      'sms-report-2/report.json': reportOn('job-2', { subaccountId: 'acme_us' }),
    })

    const run = await merge(folder, { 'job-ids': '["job-1", "job-2", "job-3"]' })

    expect(run.exitCode).toBe(1)
    expect(run.outputs.records).toBe('4')
    await expect(`${run.stdout}\n--- summary ---\n${run.summary}`).toMatchFileSnapshot(
      '__snapshots__/merge-reports.txt',
    )
  })

  test('need no job to be named', async () => {
    const run = await merge(folderWith({ 'report.json': reportOn('job-1') }))

    expect(run.exitCode).toBe(0)
    expect(run.errors).toEqual([])
    expect(JSON.parse(run.outputs.report ?? '')).toMatchObject({ records: 2, deliveryRate: 0.5 })
  })

  test('are found from the workspace', async () => {
    const workspace = folderWith({ 'reports/report.json': reportOn('job-1') })

    const run = await runAction('merge-reports', { inputs: { path: 'reports' }, workspace })

    expect([run.exitCode, run.outputs.records]).toEqual([0, '2'])
  })

  test('may be a whole matrix of 256', async () => {
    const jobIds = Array.from({ length: 256 }, (_, index) => `job-${index}`)
    const files = jobIds.map((jobId) => [`${jobId}/report.json`, reportOn(jobId)])

    const run = await merge(folderWith(Object.fromEntries(files)), {
      'job-ids': JSON.stringify(jobIds),
    })

    expect([run.exitCode, run.outputs.records]).toEqual([0, '512'])
    expect(run.summary).toContain('The 256 exports')
  })
})

describe('a merge fails, and sets no output,', () => {
  test.each([
    [{}, /no report in ".+" \(path\)/],
    [{ 'a.json': '::error::x' }, /a\.json" is no report/],
    [{ 'a.json': '[1, 2' }, /a\.json" is no report/],
    [{ 'a.json': '['.repeat(500_000) }, /a\.json" is no report/],
    [
      { 'a.json': reportOn('job-1').replace(/"version":\d+/, '"version":99') },
      /a\.json" is no report.*version/,
    ],
    [{ 'a.json': reportOn('job-1'), 'b.json': reportOn('job-1') }, /"job-1".* twice/],
    [{ 'a.json': reportOn('job\n::error::x') }, /a\.json" is no report/],
    [{ '##[error]x.json': '{}' }, /## \[error\]x\.json" is no report/],
  ])('with the files %j', async (files, message) => {
    const run = await merge(folderWith(files as Record<string, string>))

    expect(run.exitCode).toBe(1)
    expect(run.errors).toEqual([expect.stringMatching(message)])
    expect(run.outputs).toEqual({})
    expect(run.summary).toBe('')
    expect(commandsOf(run)).toEqual(['error'])
  })

  test('with a file that is too long', async () => {
    const folder = folderWith({ 'report.json': '' })
    truncateSync(path.join(folder, 'report.json'), 100_000_000)

    const run = await merge(folder)

    expect(run.errors).toEqual([expect.stringMatching(/report\.json" .*long/)])
    expect(run.outputs).toEqual({})
  })

  test('with a folder that is not there', async () => {
    const run = await merge(path.join(createTemporaryFolder(), 'reports'))

    expect(run.exitCode).toBe(1)
    expect(run.errors).toEqual([expect.stringMatching(/no report in ".+" \(path\)/)])
  })

  test('with inputs that make no sense, all of which it names', async () => {
    const run = await merge('', { 'job-ids': '[]' })

    expect(run.exitCode).toBe(1)
    expect(run.errors).toEqual([
      expect.stringMatching(/^path: .*report-file/),
      expect.stringMatching(/^job-ids: .*empty.*start/),
    ])
  })
})

/** Windows lets not everyone make a link, and has no FIFO. */
describe.skipIf(process.platform === 'win32')('a folder with more than files in it', () => {
  const inLog = ({ stdout }: ActionRun): string => stdout.match(/^::notice::.*$/m)?.[0] ?? ''

  test('is not left by a link, to a file or to a folder', async () => {
    const outside = folderWith({
      'secret.json': reportOn('job-2'),
      'more/b.json': reportOn('job-3'),
    })
    const folder = folderWith({ 'report.json': reportOn('job-1') })
    symlinkSync(path.join(outside, 'secret.json'), path.join(folder, 'linked.json'))
    symlinkSync(path.join(outside, 'more'), path.join(folder, 'linked'))

    const run = await merge(folder)

    expect([run.exitCode, run.outputs.records]).toEqual([0, '2'])
    expect(run.summary).not.toMatch(/job-[23]/)
    expect(inLog(run)).toMatch(/linked.* 1 more/)
  })

  test('ends where two links lead to each other', async () => {
    const folder = folderWith({
      'a/report.json': reportOn('job-1'),
      'b/report.json': reportOn('job-2'),
    })
    symlinkSync(path.join(folder, 'b'), path.join(folder, 'a', 'b'))
    symlinkSync(path.join(folder, 'a'), path.join(folder, 'b', 'a'))

    const run = await merge(folder)

    expect([run.exitCode, run.outputs.records]).toEqual([0, '4'])
  })

  test.each(['itself', 'behind a link', 'as the folder of a link'])(
    'waits for no writer of a FIFO: %s',
    async (where) => {
      const folder = folderWith({ 'report.json': reportOn('job-1') })
      const pipe = path.join(
        where === 'itself' ? folder : createTemporaryFolder(),
        where === 'itself' ? 'pipe.json' : 'pipe',
      )
      execFileSync('mkfifo', [pipe])
      if (where !== 'itself') {
        const name = where === 'behind a link' ? 'linked.json' : 'linked'
        symlinkSync(pipe, path.join(folder, name))
      }

      const run = await merge(folder)

      expect([run.killedBy, run.exitCode, run.outputs.records]).toEqual([null, 0, '2'])
      expect(inLog(run)).toMatch(where === 'itself' ? /pipe\.json/ : /linked/)
    },
  )

  test('may itself be a link, as the input names it', async () => {
    const folder = folderWith({ 'report.json': reportOn('job-1') })
    const link = path.join(createTemporaryFolder(), 'reports')
    symlinkSync(folder, link)

    const run = await merge(link)

    expect([run.exitCode, run.outputs.records]).toEqual([0, '2'])
  })
})

describe.runIf(existsSync('/proc/self/fd'))('a merge that is ended', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('by %s in its work says so', async (signal) => {
    // Hours of work: one report of 60 MB under very many names, and none of them is asked for.
    const folder = folderWith({ '0.json': reportOn('job-1').padEnd(60_000_000) })
    for (let at = 1; at < 5_000; at++) {
      linkSync(path.join(folder, '0.json'), path.join(folder, `${at}.json`))
    }
    const { child, ended } = launchAction('merge-reports', {
      inputs: { path: folder, 'job-ids': '["job-2"]' },
    })
    const descriptors = `/proc/${child.pid}/fd`
    const target = (name: string): string => {
      try {
        return readlinkSync(path.join(descriptors, name))
      } catch {
        return ''
      }
    }
    await vi.waitUntil(
      () => readdirSync(descriptors).some((name) => target(name).startsWith(folder)),
      { timeout: 90_000, interval: 5 },
    )

    child.kill(signal)
    const run = await ended

    expect([run.exitCode, run.killedBy]).toEqual([1, null])
    expect(errorsOf(run)).toEqual([expect.stringContaining(signal)])
    expect(run.outputs).toEqual({})
  })
})

describe('a hostile report', () => {
  test('starts no command in the log, and puts no markup on the page', async () => {
    const name = '::error::x ##[error] <img src=x> `|` https://evil.example'
    const text = reportOn('job-1')
      .replaceAll('"Singtel"', JSON.stringify(name))
      .replaceAll('"EUR"', JSON.stringify(name))
      .replaceAll('"SG"', '"__proto__"')

    const run = await merge(folderWith({ 'report.json': text }))

    expect(run.exitCode).toBe(0)
    expect(commandsOf(run)).toEqual([])
    expect(run.summary).not.toMatch(/<img|evil\.example|https:/)
    expect(run.summary).toContain('&#95;&#95;proto&#95;&#95;')
    expect(run.outputs.report).toContain('"countries":{"__proto__":{"records":2')
  })
})
