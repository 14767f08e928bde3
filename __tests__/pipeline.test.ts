import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../src/clock.js'
import type { SandboxConfig } from '../src/sandbox/inputs.js'
import { type SandboxServer, startSandboxServer } from '../src/sandbox/server.js'
import { parseCsv } from './helpers/csv.js'
import { type ActionRun, runAction } from './helpers/run-action.js'
import { contentsOf, runCancel, runDownload } from './helpers/run-download.js'
import { API_KEY, errorsOf, runStart } from './helpers/run-start.js'
import { createTemporaryFolder } from './helpers/temporary-folder.js'

async function sandbox(config: Partial<SandboxConfig> = {}): Promise<SandboxServer> {
  const server = await startSandboxServer({
    records: 100,
    files: 1,
    scenario: 'succeeded',
    durationMs: 0,
    seed: 1,
    apiKey: API_KEY,
    clock: systemClock,
    ...config,
  })
  onTestFinished(() => server.close())
  return server
}

async function start(url: string): Promise<string> {
  const { outputs } = await runStart(url, { inputs: { 'phone-number': '' } })
  return outputs['job-id'] ?? ''
}

/** What a later step sees of the files, as it would: by the outputs alone. */
function recordsIn({ outputs }: ActionRun): string[][] {
  const files = JSON.parse(outputs.files ?? '') as string[]
  return files.flatMap((file) => parseCsv(readFileSync(file, 'utf8')).slice(1))
}

describe('start, then download', () => {
  test('gives the records of the job, in files that later steps can read', async () => {
    const { url } = await sandbox({ records: 700, files: 3, durationMs: 1_000 })
    const folder = path.join(createTemporaryFolder(), 'logs')

    const jobId = await start(url)
    const run = await runDownload(url, { inputs: { 'job-id': jobId, path: folder } })

    expect(run.exitCode).toBe(0)
    const records = recordsIn(run)
    expect(run.outputs.records).toBe(String(records.length))
    expect(records.length).toBeGreaterThan(3_000)
    expect(new Set(records.map(([umid]) => umid)).size).toBe(records.length)
    // What upload-artifact would take: the folder, without hidden files.
    expect(
      readdirSync(run.outputs.path ?? '')
        .map((name) => path.join(folder, name))
        .sort(),
    ).toEqual(JSON.parse(run.outputs.files ?? ''))
  })

  test('gives the same bytes days later', async () => {
    const { url } = await sandbox({ records: 300 })
    const folders = [createTemporaryFolder(), createTemporaryFolder()]
    const jobId = await start(url)

    for (const folder of folders) {
      await runDownload(url, { inputs: { 'job-id': jobId, path: folder } })
    }

    const [first = {}, second = {}] = folders.map(contentsOf)
    expect(Object.keys(first)).toEqual([`${jobId}.csv`])
    expect(second).toEqual(first)
  })

  test.each(['empty', 'failed', 'cancelled', 'error'] as const)(
    'puts the end %s out',
    async (scenario) => {
      const { url } = await sandbox({ scenario })
      const folder = createTemporaryFolder()

      const run = await runDownload(url, { inputs: { 'job-id': await start(url), path: folder } })

      expect(run.exitCode).toBe(scenario === 'empty' ? 0 : 1)
      expect(run.outputs).toMatchObject({ status: scenario, files: '[]' })
      expect(readdirSync(folder)).toEqual([])
    },
  )

  test('gives nothing to another subaccount', async () => {
    const { url } = await sandbox()

    const run = await runDownload(url, {
      inputs: { 'job-id': await start(url), 'subaccount-id': 'other' },
    })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)[0]).toContain('404, code 4018')
  })
})

describe('start, then cancel', () => {
  test('ends the job, and does no harm twice', async () => {
    const { url } = await sandbox({ durationMs: 600_000 })
    const inputs = { 'job-id': await start(url) }

    const first = await runCancel(url, { inputs })
    const second = await runCancel(url, { inputs })
    const download = await runDownload(url, { inputs: { ...inputs, timeout: '0' } })

    expect(first.stderr).toBe('')
    expect([first.exitCode, first.outputs]).toEqual([0, { cancelled: 'true' }])
    expect([second.exitCode, second.outputs]).toEqual([0, { cancelled: 'false' }])
    expect(second.stdout).toContain('::notice::')
    expect(download.outputs.status).toBe('cancelled')
  })

  test('leaves a job that is over as it is', async () => {
    const { url } = await sandbox()
    const inputs = { 'job-id': await start(url), path: createTemporaryFolder() }

    const cancel = await runCancel(url, { inputs: { 'job-id': inputs['job-id'] } })
    const download = await runDownload(url, { inputs })

    expect(cancel.outputs).toEqual({ cancelled: 'false' })
    expect(download.outputs.status).toBe('succeeded')
  })
})

describe('the built actions one after the other', () => {
  test('need no account: sandbox, start, download, and the end of the sandbox', async () => {
    const stage = await runAction('sandbox', { inputs: { duration: '0s', records: '50' } })
    const connection = {
      'api-key': stage.outputs['api-key'] ?? '',
      'api-url': stage.outputs['api-url'] ?? '',
      'subaccount-id': 'acme_sg',
    }
    const folder = createTemporaryFolder()

    const started = await runAction('start', { inputs: connection })
    const download = await runAction('download', {
      inputs: { ...connection, 'job-id': started.outputs['job-id'] ?? '', path: folder },
    })
    const env = Object.entries(stage.state).map(([name, text]) => [`STATE_${name}`, text])
    const post = await runAction('sandbox', { script: 'post', env: Object.fromEntries(env) })

    // A newer Node.js would print its deprecations here, also those of loading.
    expect([stage, started, download, post].map(({ stderr }) => stderr)).toEqual(['', '', '', ''])
    expect([stage.exitCode, started.exitCode, download.exitCode]).toEqual([0, 0, 0])
    expect(recordsIn(download).length).toBeGreaterThan(200)
    expect(download.outputs.records).toBe(String(recordsIn(download).length))
  })
})
