import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { startSandboxServer } from '../src/sandbox/server.js'
import { endWithJob } from '../src/sandbox/server-process.js'
import { ManualClock } from './helpers/manual-clock.js'
import { type ActionRun, runAction } from './helpers/run-action.js'
import { errorsOf } from './helpers/run-start.js'

function statusOf(url: string, apiKey: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/api/v1/subaccounts/acme_sg/messages/exports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}` },
      agent: false,
    })
    request.on('error', reject)
    request.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.end()
  })
}

const stateOf = ({ state }: ActionRun): Record<string, string> =>
  Object.fromEntries(Object.entries(state).map(([name, text]) => [`STATE_${name}`, text]))

describe('the sandbox action', () => {
  test('leaves a server beside the job, which its post step ends', async () => {
    const run = await runAction('sandbox')
    const { 'api-url': url = '', 'api-key': apiKey = '' } = run.outputs

    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(apiKey).toMatch(/^sandbox-[0-9a-f]{48}$/)
    expect(run.stdout.split('\n')).toEqual([
      `::add-mask::${apiKey}`,
      expect.stringMatching(
        /http:\/\/127\.0\.0\.1:\d+: 1000 messages .* 2s, .* succeeded, .* 1 file\.$/,
      ),
      'It ends with this job.',
      '',
    ])
    expect(await statusOf(url, apiKey)).toBe(202)
    expect(await statusOf(url, 'another')).toBe(401)

    const post = await runAction('sandbox', { script: 'post', env: stateOf(run) })

    expect(post).toMatchObject({ exitCode: 0, stdout: 'The sandbox has ended.\n', stderr: '' })
    await expect(statusOf(url, apiKey)).rejects.toThrow('ECONNREFUSED')
  })

  test('has another key each time', async () => {
    const runs = await Promise.all([runAction('sandbox'), runAction('sandbox')])

    expect(runs[0].outputs['api-key']).not.toBe(runs[1].outputs['api-key'])
    for (const run of runs) await runAction('sandbox', { script: 'post', env: stateOf(run) })
  })

  test('says so where there is nothing to end', async () => {
    const never = await runAction('sandbox', { script: 'post' })
    const gone = await runAction('sandbox', {
      script: 'post',
      env: { STATE_url: 'http://127.0.0.1:1', 'STATE_api-key': 'x' },
    })

    expect(never).toMatchObject({ exitCode: 0, stdout: 'There is no sandbox to end.\n' })
    expect(gone).toMatchObject({ exitCode: 0, stdout: 'The sandbox was gone already.\n' })
  })

  test('reports all mistakes in its inputs at once', async () => {
    const run = await runAction('sandbox', {
      inputs: { records: '-1', files: '0', scenario: 'works', duration: 'long', seed: 'x' },
    })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([
      expect.stringMatching(/^records: "-1" .* 2000000/),
      expect.stringMatching(/^files: "0" .* 100/),
      expect.stringMatching(/^scenario: "works" .*succeeded, empty, failed, cancelled, error/),
      expect.stringMatching(/^duration: "long" .*90s/),
      expect.stringMatching(/^seed: "x" .* 4294967295/),
    ])
    expect(run.outputs).toEqual({})
  })
})

test('a sandbox whose end cannot be prepared says so, and is no bug', async () => {
  const run = await runAction('sandbox', { env: { GITHUB_STATE: '/not/there' } })

  expect(run.exitCode).toBe(1)
  expect(errorsOf(run)).toEqual([expect.stringMatching(/GITHUB_STATE/)])
  expect(errorsOf(run)[0]).not.toContain('bug')
})

test('a sandbox needs no folder for temporary files', async () => {
  const run = await runAction('sandbox', { env: { RUNNER_TEMP: '/not/there' } })

  expect(run).toMatchObject({ exitCode: 0, stderr: '' })
  await runAction('sandbox', { script: 'post', env: stateOf(run) })
})

describe('the server’s process', () => {
  test('ends when the process of the job has ended', async () => {
    // A job of its own: a process that starts the action and lives until it is told to end.
    const job = spawn(
      process.execPath,
      [
        '-e',
        `const { spawnSync } = require('node:child_process')
         spawnSync(process.execPath, [${JSON.stringify(path.resolve('dist/sandbox/index.js'))}], { stdio: 'inherit' })
         process.stdin.resume()`,
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    let log = ''
    await new Promise<void>((resolve) => {
      job.stdout.on('data', (text) => {
        log += text
        if (log.includes('It ends with this job.')) resolve()
      })
    })
    const [, apiKey = ''] = /::add-mask::(\S+)/.exec(log) ?? []
    const [, url = ''] = /listens at (http:\/\/[\d.:]+):/.exec(log) ?? []
    expect(await statusOf(url, apiKey)).toBe(202)
    // Whoever is still connected to it sees its end.
    const connection = connect(Number(new URL(url).port), '127.0.0.1')
    await once(connection, 'connect')
    connection.resume()

    job.kill('SIGKILL')
    await once(connection, 'close')

    await expect(statusOf(url, apiKey)).rejects.toThrow('ECONNREFUSED')
  })

  test('does not end while that process lives, nor where it cannot be seen', async () => {
    const clock = new ManualClock()
    const config = { records: 1, files: 1, scenario: 'succeeded', durationMs: 0, seed: 1 } as const
    const seen = await startSandboxServer({ ...config, apiKey: 'k', clock })
    const unseen = await startSandboxServer({ ...config, apiKey: 'k', clock })
    endWithJob(seen, { watchedPid: process.pid, clock })
    endWithJob(unseen, { watchedPid: 0, clock })

    await clock.advance(60_000)

    expect([await statusOf(seen.url, 'k'), await statusOf(unseen.url, 'k')]).toEqual([202, 202])
    await Promise.all([seen.close(), unseen.close()])
  })

  test('ends after 6 hours, whatever happens', async () => {
    const clock = new ManualClock()
    const config = { records: 1, files: 1, scenario: 'succeeded', durationMs: 0, seed: 1 } as const
    const server = await startSandboxServer({ ...config, apiKey: 'k', clock })
    endWithJob(server, { watchedPid: process.pid, clock })
    let isClosed = false
    void server.closed.then(() => {
      isClosed = true
    })

    await clock.advance(6 * 3_600_000 - 1)
    expect(isClosed).toBe(false)
    await clock.advance(1)
    await server.closed

    expect(clock.pending).toBe(0)
  })
})
