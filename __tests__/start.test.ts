import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type ActionRun, runAction } from './helpers/run-action.js'
import { API_KEY, commandsOf, errorsOf, PHONE_NUMBER, runStart } from './helpers/run-start.js'
import {
  apiError,
  JOB_ID,
  type Reaction,
  started,
  startWireServer,
  type WireServer,
} from './helpers/wire-server.js'

const folder = mkdtempSync(path.join(tmpdir(), 'start-'))
const servers: WireServer[] = []

async function serve(reactions: Reaction | readonly Reaction[] = started): Promise<WireServer> {
  const server = await startWireServer(reactions)
  servers.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

afterAll(() => rmSync(folder, { recursive: true }))

function bodyOf(server: WireServer): unknown {
  return JSON.parse(server.requests[0]?.split('\r\n\r\n')[1] ?? '')
}

describe('a start with the values of the API reference', () => {
  test('sends the documented request, byte for byte', async () => {
    const server = await serve()

    await runStart(server.url, {
      inputs: {
        from: '2020-07-01',
        to: '2020-07-01T13:00:00+07:00',
        'phone-number': '+6511111111',
        country: 'US, SG',
        limit: '100',
      },
      // The library would put this into the header User-Agent.
      env: { ACTIONS_ORCHESTRATION_ID: 'an-id-of-the-run' },
    })

    expect(server.requests).toEqual([
      [
        'POST /api/v1/subaccounts/acme_sg/messages/exports HTTP/1.1',
        `authorization: Bearer ${API_KEY}`,
        'accept: application/json',
        'accept-encoding: identity',
        'content-type: application/json',
        'user-agent: 8x8-sms-log-export',
        'Content-Length: 117',
        `Host: 127.0.0.1:${server.port}`,
        'Connection: close',
        '',
        '{"from":"2020-07-01","to":"2020-07-01T13:00:00+07:00","phoneNumber":"6511111111","countries":["US","SG"],"limit":100}',
      ].join('\r\n'),
    ])
  })

  test('sends no more than what was asked for, and the limit 0', async () => {
    const server = await serve()

    await runStart(server.url, { inputs: { 'phone-number': '' } })

    expect(bodyOf(server)).toEqual({ limit: 0 })
  })

  test('keeps a subaccount with an ampersand in one segment of the path', async () => {
    const server = await serve()

    await runStart(server.url, { inputs: { 'subaccount-id': 'a&b.._' } })

    expect(server.requests[0]).toMatch(
      /^POST \/api\/v1\/subaccounts\/a%26b\.\._\/messages\/exports HTTP/,
    )
  })

  test('keeps the path of api-url in front of the API’s own', async () => {
    const server = await serve()

    await runStart(`${server.url}/gateway/sms/`)

    expect(server.requests[0]).toMatch(/^POST \/gateway\/sms\/api\/v1\/subaccounts\//)
  })
})

describe('a job that has started', () => {
  const inputs = {
    from: '2026-10-01',
    to: '2026-11-01',
    'time-zone': 'Asia/Singapore',
    country: 'SG\nmy',
    limit: '500',
  }
  // On a later day the window would be older than the API keeps, which is a warning.
  const env = {
    NODE_OPTIONS: `--require ${path.resolve('__tests__/helpers/hasty-time.cjs')}`,
    TEST_NOW: '2026-11-27T10:00:00Z',
  }

  test('is handed on, with the window as it was sent', async () => {
    const server = await serve()

    const run = await runStart(server.url, { inputs })

    expect(run.exitCode).toBe(0)
    expect(run.outputs).toEqual({
      'job-id': JOB_ID,
      'job-ids': JSON.stringify([JOB_ID]),
      jobs: JSON.stringify([
        {
          'job-id': JOB_ID,
          from: '2026-10-01T00:00:00+08:00',
          to: '2026-11-01T00:00:00+08:00',
        },
      ]),
      from: '2026-10-01T00:00:00+08:00',
      to: '2026-11-01T00:00:00+08:00',
    })
  })

  test('is asked for as written, whatever the lines of the inputs end with', async () => {
    const server = await serve()

    const run = await runStart(server.url, {
      inputs: {
        'subaccount-id': 'acme_sg\r\n',
        country: 'SG\r\nMY\r\n',
        from: '2026-11-01\r\n',
        to: ' 2026-11-02\r',
        'phone-number': '',
        limit: '7\r\n',
      },
    })

    expect(run.exitCode).toBe(0)
    expect(bodyOf(server)).toEqual({
      from: '2026-11-01',
      to: '2026-11-02',
      countries: ['SG', 'MY'],
      limit: 7,
    })
  })

  test('leaves outputs empty where the API’s defaults apply', async () => {
    const server = await serve()

    const run = await runStart(server.url)

    expect(run.outputs).toEqual({
      'job-id': JOB_ID,
      'job-ids': JSON.stringify([JOB_ID]),
      jobs: JSON.stringify([{ 'job-id': JOB_ID, from: '', to: '' }]),
      from: '',
      to: '',
    })
  })

  test('is one for each slice of the window, and a matrix can include them', async () => {
    const server = await serve()

    const run = await runStart(server.url, {
      inputs: { ...inputs, from: '2026-09-15', slice: 'month' },
    })

    const bodies = server.requests.map((request) => JSON.parse(request.split('\r\n\r\n')[1] ?? ''))
    expect(run.exitCode).toBe(0)
    expect(bodies.map(({ from, to }) => [from, to])).toEqual([
      ['2026-09-15T00:00:00+08:00', '2026-10-01T00:00:00+08:00'],
      ['2026-10-01T00:00:00+08:00', '2026-11-01T00:00:00+08:00'],
    ])
    expect(JSON.parse(run.outputs.jobs ?? '')).toEqual([
      { 'job-id': JOB_ID, from: bodies[0].from, to: bodies[0].to },
      { 'job-id': JOB_ID, from: bodies[1].from, to: bodies[1].to },
    ])
    expect(run.outputs['job-id']).toBe('')
  })

  test('is told of in the log and in the summary, as people read them', async () => {
    const server = await serve()

    const run = await runStart(server.url, { inputs, env })

    const shown = run.stdout.replace(/\d+ ms/, 'N ms').replaceAll(API_KEY, '(key)')
    await expect(
      `${shown.replaceAll(PHONE_NUMBER.slice(1), '(number)')}\n--- summary ---\n${run.summary}`,
    ).toMatchFileSnapshot('__snapshots__/start.txt')
  })

  test('has its secrets masked before any other line', async () => {
    const server = await serve()

    const run = await runStart(server.url, { inputs, env })

    const lines = run.stdout.split('\n')
    expect(lines.slice(0, 3)).toEqual([
      `::add-mask::${API_KEY}`,
      `::add-mask::${PHONE_NUMBER}`,
      `::add-mask::${PHONE_NUMBER.slice(1)}`,
    ])
    expect(commandsOf(run)).toEqual(['add-mask', 'add-mask', 'add-mask', 'debug'])
  })

  test('is named in the error if its output cannot be set', async () => {
    const outputFile = path.join(folder, 'output')
    writeFileSync(outputFile, '')
    const server = await serve((socket, request) => {
      rmSync(outputFile)
      started(socket, request)
    })

    const run = await runStart(server.url, { env: { GITHUB_OUTPUT: outputFile } })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([expect.stringMatching(` job ${JOB_ID}, .*output job-id`)])
  })

  test('is not asked for where no output can be set', async () => {
    const server = await serve()

    const run = await runStart(server.url, { env: { GITHUB_OUTPUT: path.join(folder, 'none') } })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)[0]).toMatch(/output from .*GITHUB_OUTPUT/)
    expect(server.requests).toEqual([])
  })

  test('is not lost where the summary cannot be written', async () => {
    const server = await serve()

    const run = await runStart(server.url, { env: { GITHUB_STEP_SUMMARY: '' } })

    expect(run.exitCode).toBe(0)
    expect(run.outputs['job-id']).toBe(JOB_ID)
    expect(run.stdout).toContain('::warning::The job summary could not be written.')
  })
})

describe('mistakes in the inputs', () => {
  test('are all reported at once, each by its name, before any request', async () => {
    const server = await serve()

    const run = await runStart(server.url, {
      inputs: {
        'api-key': `Bearer ${API_KEY}`,
        'subaccount-id': 'ab',
        region: 'mars',
        'request-timeout': '10 minutes',
        retries: '-1',
        from: '2026-02-30',
        to: 'yesterday',
        'time-zone': 'Mars/Olympus',
        country: 'UK',
        'phone-number': '0123',
        limit: '1e3',
      },
    })

    expect(run.exitCode).toBe(1)
    expect(run.stdout.match(/^::error title=Input [a-z-]+::/gm)).toEqual([
      '::error title=Input api-key::',
      '::error title=Input subaccount-id::',
      '::error title=Input region::',
      '::error title=Input request-timeout::',
      '::error title=Input retries::',
      '::error title=Input time-zone::',
      '::error title=Input from::',
      '::error title=Input to::',
      '::error title=Input country::',
      '::error title=Input phone-number::',
      '::error title=Input limit::',
    ])
    expect(server.connections()).toBe(0)
    expect(run.outputs).toEqual({})
  })

  test('name the secret that is not there', async () => {
    const run = await runAction('start', { inputs: { 'subaccount-id': 'acme_sg' } })

    expect(errorsOf(run)).toEqual([expect.stringMatching(/^api-key: .*secret.*fork/)])
  })

  test.each([
    ['http on another host', 'http://sms.8x8.com'],
    ['a password', 'https://user:hunter2@sms.8x8.com'],
    ['a query', 'https://sms.8x8.com/?t0ken=abc'],
    ['a fragment', 'https://sms.8x8.com/#abc'],
    ['no address', 'sms.8x8.com'],
  ])('refuse an api-url with %s, without showing it', async (_, apiUrl) => {
    const run = await runStart(apiUrl)

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toHaveLength(1)
    expect(errorsOf(run)[0]).toMatch(/^api-url: /)
    expect(run.stdout).not.toMatch(/hunter2|t0ken|abc/)
  })

  test('cannot start a workflow command', async () => {
    const run = await runStart('http://127.0.0.1:1', {
      inputs: {
        from: 'now\n::set-output name=job-id::x',
        country: '##[add-mask]SG',
        'time-zone': '::stop-commands::x',
      },
    })

    expect(new Set(commandsOf(run))).toEqual(new Set(['add-mask', 'error']))
  })
})

describe('what is odd about a window', () => {
  test('is a warning, and the job starts', async () => {
    const server = await serve()

    const run = await runStart(server.url, { inputs: { from: '2020-01-01', to: 'now' } })

    expect(run.exitCode).toBe(0)
    expect(run.stdout).toMatch(/::warning::.* 6 months, .*2020-01-01: .*missing/)
  })

  test('is a mistake where it would be empty', async () => {
    const run = await runStart('http://127.0.0.1:1', { inputs: { from: 'now', to: 'now-1d' } })

    expect(errorsOf(run)[0]).toMatch(/^from: .* than to, /)
  })
})

describe('an error of the API', () => {
  const cases: [number, number, string][] = [
    [400, 1000, 'parameter'],
    [400, 1001, 'subaccount-id'],
    [400, 1002, 'phone-number'],
    [400, 1009, 'country'],
    [400, 3018, 'country'],
    [400, 1010, 'range'],
    [401, 1200, 'api-key'],
    [403, 1201, 'access to this subaccount'],
    [404, 1300, 'api-url, region and subaccount-id'],
    [426, 1014, 'TLS 1.3'],
    [422, 9999, 'well-formed'],
    [429, 9998, 'many requests'],
  ]

  test.concurrent.each(cases)('%i, code %i, says what to do', async (status, code, advice) => {
    const server = await startWireServer(apiError(status, code))

    const run: ActionRun = await runStart(server.url, { inputs: { retries: '0' } })
    await server.close()

    expect(run.exitCode).toBe(1)
    const [error, ...more] = errorsOf(run)
    expect(more).toEqual([])
    expect(error).toContain(
      `The API answered ${status}, code ${code}, "Said by the API", errorId 91b106f0-c0da-4aba-a43a-7af9c5893a80.`,
    )
    expect(error).toContain(advice)
    expect(run.outputs).not.toHaveProperty('job-id')
    expect(server.requests).toHaveLength(1)
  })
})
