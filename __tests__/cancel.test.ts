import { describe, expect, test } from 'vitest'
import { type ExportServer, startExportServer } from './helpers/export-server.js'
import { type ActionRun, runAction } from './helpers/run-action.js'
import { launchSub, runCancel } from './helpers/run-download.js'
import { API_KEY, commandsOf, errorsOf } from './helpers/run-start.js'
import {
  answer,
  apiError,
  cut,
  JOB_ID,
  type Reaction,
  reset,
  stall,
  startWireServer,
} from './helpers/wire-server.js'

const done: Reaction = cut('HTTP/1.1 204 No Content\r\n\r\n')

interface Cancelled extends ActionRun {
  server: ExportServer
  errors: string[]
}

async function cancel(
  reactions: Reaction | readonly Reaction[],
  inputs: Record<string, string> = {},
): Promise<Cancelled> {
  const server = await startExportServer(reactions)
  const run = await runCancel(server.url, { inputs })
  await server.close()
  expect(run.stderr).toBe('')
  return { ...run, server, errors: errorsOf(run) }
}

const annotationsOf = (run: ActionRun): string[] =>
  run.stdout.match(/^::(notice|warning|error)[ :].*$/gm) ?? []

describe.concurrent('a job that is cancelled', () => {
  test('is asked for with the documented request, byte for byte', async () => {
    const { server } = await cancel(done)

    expect(server.requests).toEqual([
      [
        `DELETE /api/v1/subaccounts/acme_sg/messages/exports/${JOB_ID} HTTP/1.1`,
        `authorization: Bearer ${API_KEY}`,
        'accept: application/json',
        'accept-encoding: identity',
        'user-agent: 8x8-sms-log-export',
        `Host: 127.0.0.1:${server.port}`,
        'Connection: close',
        '',
        '',
      ].join('\r\n'),
    ])
  })

  test('is told of in the log, as people read it', async () => {
    const run = await cancel(done)

    expect(run.exitCode).toBe(0)
    expect(run.outputs).toEqual({ cancelled: 'true' })
    const shown = run.stdout.replaceAll(API_KEY, '(key)').replaceAll(/\d+ ms/g, 'N ms')
    await expect(`${shown}\n--- summary ---\n${run.summary}`).toMatchFileSnapshot(
      '__snapshots__/cancel.txt',
    )
  })

  const over: [string, Reaction][] = [
    ['the API does not know', apiError(404, 4018, 'Invalid jobId')],
    ['has ended, by 409', apiError(409, 1300)],
    ['has ended, by 410', apiError(410, 1300)],
    ['has ended, by 422', apiError(422, 9999)],
  ]

  test.each(over)('may be one that %s: a notice', async (_, reaction) => {
    const run = await cancel(reaction)

    expect(run.exitCode).toBe(0)
    expect(run.outputs).toEqual({ cancelled: 'false' })
    expect(annotationsOf(run)).toEqual([
      expect.stringMatching(`^::notice::.* ${JOB_ID} .*nothing to cancel`),
    ])
    expect(run.server.requests).toHaveLength(1)
  })

  test('may be none: the start step may never have run', async () => {
    const run = await cancel(done, { 'job-id': '' })

    expect(run.exitCode).toBe(0)
    expect(run.outputs).toEqual({ cancelled: 'false' })
    expect(annotationsOf(run)).toEqual([
      expect.stringMatching(/^::notice::.* job-id, .*nothing to cancel/),
    ])
    expect(run.server.connections()).toBe(0)
  })
})

describe.concurrent('a cancel that fails', () => {
  const passing: [string, Reaction][] = [
    ['a lost connection', reset()],
    ['a cut answer', cut('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab')],
    ['an answer that stalls', stall('HTTP/1.1 200 OK\r\n')],
    ['408', apiError(408, 9999)],
    ['429', apiError(429, 9999)],
    ['500', apiError(500, 2000)],
    ['502', answer(502, '<html>Bad gateway</html>')],
    ['503', apiError(503, 2000)],
    ['504', apiError(504, 2000)],
  ]

  test.each(passing)('by %s is sent once more', async (_, reaction) => {
    const run = await cancel([reaction, done], { 'request-timeout': '3s' })

    expect(run.exitCode).toBe(0)
    expect(run.outputs).toEqual({ cancelled: 'true' })
    expect(run.server.requests).toHaveLength(2)
    expect(run.stdout).toContain('Trying again at once')
  })

  test('twice is a failure, however many retries there are', async () => {
    const run = await cancel(apiError(503, 2000, 'Busy'), { retries: '9' })

    expect(run.exitCode).toBe(1)
    expect(run.server.requests).toHaveLength(2)
    expect(run.outputs).toEqual({ cancelled: 'false' })
    expect(run.errors[0]).toMatch(/^The API answered 503, code 2000, "Busy", errorId /)
  })

  test('is sent once with retries 0', async () => {
    const run = await cancel(apiError(503, 2000), { retries: '0' })

    expect(run.exitCode).toBe(1)
    expect(run.server.requests).toHaveLength(1)
  })

  test.each([
    [400, 1000],
    [401, 1200],
    [403, 1201],
    [404, 1300],
  ])('by %i, code %i, is sent once, and says what to do', async (status, code) => {
    const run = await cancel([apiError(status, code), done])

    expect(run.exitCode).toBe(1)
    expect(run.server.requests).toHaveLength(1)
    expect(run.errors[0]).toMatch(
      new RegExp(
        `^The API answered ${status}, code ${code}, "Said by the API", errorId .+\\. .+\\.$`,
      ),
    )
  })

  test('by a redirect is not followed', async () => {
    const elsewhere = await startWireServer(done)

    const run = await cancel(answer(307, '', { location: `${elsewhere.url}/api` }))
    await elsewhere.close()

    expect(run.exitCode).toBe(1)
    expect(elsewhere.connections()).toBe(0)
  })

  test('has 5 s for a try, whatever request-timeout is', async () => {
    const run = await cancel([stall(''), done], { 'request-timeout': '30s' })

    expect(run.exitCode).toBe(0)
    expect(run.outputs).toEqual({ cancelled: 'true' })
    expect(run.stdout).toMatch(/within 5 s.* Trying again/)
  })

  test('starts no workflow command with what the server says', async () => {
    const hostile = `no\n::set-output name=cancelled::true\n##[error]x ${API_KEY} +6598765432`

    const run = await cancel(apiError(400, 1000, hostile))

    expect(run.exitCode).toBe(1)
    expect(commandsOf(run).filter((name) => name !== 'debug')).toEqual(['add-mask', 'error'])
  })

  test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
    'ends with %s',
    async (signal) => {
      const server = await startExportServer(stall(''))
      const { child, ended } = launchSub('cancel', server.url, {
        inputs: { 'request-timeout': '40s' },
      })
      await server.received(1)

      child.kill(signal)
      const run = await ended
      await server.close()

      expect(run.exitCode).toBe(1)
      expect(errorsOf(run)).toEqual([`Interrupted by ${signal}.`])
      expect(server.requests).toHaveLength(1)
    },
  )
})

describe('mistakes in the inputs', () => {
  test('are all reported at once, before any request', async () => {
    const run = await cancel(done, {
      'subaccount-id': 'ab',
      region: 'mars',
      'request-timeout': 'x',
      retries: 'x',
      'job-id': 'a/b',
    })

    expect(run.exitCode).toBe(1)
    expect(run.stdout.match(/^::error title=Input [a-z-]+::/gm)).toEqual([
      '::error title=Input subaccount-id::',
      '::error title=Input region::',
      '::error title=Input request-timeout::',
      '::error title=Input retries::',
      '::error title=Input job-id::',
    ])
    expect(run.outputs).toEqual({ cancelled: 'false' })
    expect(run.server.connections()).toBe(0)
  })

  test('name the secret that is not there', async () => {
    const run = await runAction('cancel', { inputs: { 'subaccount-id': 'acme_sg' } })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)[0]).toMatch(/^api-key: .*required/)
  })
})
