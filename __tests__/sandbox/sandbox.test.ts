import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { requireFreshDist } from '../../scripts/sources.js'
import { systemClock } from '../../src/clock.js'
import { InterruptedError, StepError } from '../../src/errors.js'
import { readSandboxConfig } from '../../src/sandbox/inputs.js'
import { startSandbox, stopSandbox } from '../../src/sandbox/sandbox.js'
import { startSandboxServer } from '../../src/sandbox/server.js'
import { type ServerOrder, startServerProcess } from '../../src/sandbox/server-process.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { stall, startWireServer } from '../helpers/wire-server.js'

// Its server's process runs dist.
requireFreshDist(process.cwd())

const CONFIG = { records: 5, files: 2, scenario: 'succeeded', durationMs: 90_000, seed: 1 } as const
const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'))
afterAll(() => rmSync(folder, { recursive: true, maxRetries: 5 }))

describe('the inputs of a sandbox', () => {
  test('are what every export is like', () => {
    const raw = { records: '5', files: '2', scenario: 'failed', duration: '10m', seed: '7' }

    expect(readSandboxConfig(raw)).toEqual({
      records: 5,
      files: 2,
      scenario: 'failed',
      durationMs: 600_000,
      seed: 7,
    })
  })

  test('have the defaults of the README', () => {
    expect(readSandboxConfig({})).toEqual({
      records: 1_000,
      files: 1,
      scenario: 'succeeded',
      durationMs: 2_000,
      seed: 1,
    })
  })
})

describe('a sandbox', () => {
  test('masks its key before anyone can see it, and keeps it for its end', async () => {
    const step = new RecordedStep()
    const keys: string[] = []
    const kept: string[] = []

    await startSandbox(CONFIG, {
      async startServer(_, apiKey) {
        keys.push(apiKey)
        return 'http://127.0.0.1:1'
      },
      keep: (...texts) => kept.push(...texts),
      step,
    })

    const [apiKey = ''] = keys
    expect(kept).toEqual(['url', 'http://127.0.0.1:1', 'api-key', apiKey])
    expect(step.events).toEqual([
      `mask: ${apiKey}`,
      'output: api-url=http://127.0.0.1:1',
      `output: api-key=${apiKey}`,
      expect.stringMatching(
        /^info: .*http:\/\/127\.0\.0\.1:1.* 5 messages .* 90s.* succeeded.* 2 files/,
      ),
      'info: It ends with this job.',
    ])
  })
})

describe('the process of a server', () => {
  const order: ServerOrder = { config: CONFIG, apiKey: 'the-key-of-it', watchedPid: process.pid }
  const options = {
    clock: systemClock,
    signal: new AbortController().signal,
  }

  test('comes up, and ends when it is told to', async () => {
    const url = await startServerProcess(order, {
      ...options,
      entry: path.resolve('dist/sandbox-server/index.js'),
    })
    const step = new RecordedStep()

    await stopSandbox(url, 'the-key-of-it', step)

    expect(step.events).toEqual(['info: The sandbox has ended.'])
  })

  test('that cannot listen says why', async () => {
    const entry = path.join(folder, 'fails.mjs')
    writeFileSync(
      entry,
      'process.once("message", () => process.send({ error: "Error: listen EADDRINUSE\\n::error::x" }))',
    )

    const failure = startServerProcess(order, { ...options, entry })

    await expect(failure).rejects.toThrow(StepError)
    await expect(failure).rejects.toThrow(/^[^\n]*listen EADDRINUSE[^\n]*$/)
  })

  test('that ends with an error is a failure', async () => {
    const entry = path.join(folder, 'ends-with-3.mjs')
    writeFileSync(entry, 'process.exit(3)')

    await expect(startServerProcess(order, { ...options, entry })).rejects.toThrow(/ended with 3/)
  })

  test('that ends at its start is a failure', async () => {
    const entry = path.join(folder, 'ends.mjs')
    writeFileSync(entry, 'process.disconnect()')

    await expect(startServerProcess(order, { ...options, entry })).rejects.toThrow(StepError)
  })

  test('that never answers ends with the step', async () => {
    const entry = path.join(folder, 'waits.mjs')
    writeFileSync(
      entry,
      'process.on("message", () => console.log("heard")); setInterval(() => {}, 1000)',
    )
    const controller = new AbortController()
    const work = startServerProcess(order, { ...options, entry, signal: controller.signal })

    controller.abort(new InterruptedError('SIGTERM'))

    await expect(work).rejects.toThrow('Interrupted by SIGTERM.')
  })

  test('is not begun by a step that is interrupted', async () => {
    const signal = AbortSignal.abort(new InterruptedError('SIGINT'))
    const entry = 'dist/sandbox-server/index.js'

    await expect(startServerProcess(order, { ...options, entry, signal })).rejects.toThrow(
      'Interrupted by SIGINT.',
    )
  })

  test('that never answers is waited for 20 s at most', async () => {
    const entry = path.join(folder, 'waits.mjs')
    const clock = {
      ...systemClock,
      countdown: (ms: number, onEnd: () => void) =>
        systemClock.countdown(ms === 20_000 ? 1 : ms, onEnd),
    }

    await expect(startServerProcess(order, { ...options, entry, clock })).rejects.toThrow('20 s')
  })
})

describe('the end of a sandbox', () => {
  test('is told to it by who has its key', async () => {
    const server = await startSandboxServer({ ...CONFIG, apiKey: 'right', clock: systemClock })
    const step = new RecordedStep()

    await stopSandbox(server.url, 'wrong', step)
    await stopSandbox(server.url, 'right', step)
    await server.closed

    expect(step.events).toEqual([
      'info: The sandbox was gone already.',
      'info: The sandbox has ended.',
    ])
  })

  test('is not waited for where it does not answer', async () => {
    const silent = await startWireServer(stall(''))
    const step = new RecordedStep()

    await stopSandbox(silent.url, 'key', step, 50)
    await silent.close()

    expect(step.events).toEqual([expect.stringMatching(/^info: .*did not answer/)])
  })
})
