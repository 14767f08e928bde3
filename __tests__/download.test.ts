import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  EXPIRES,
  type ExportServer,
  jobAnswer,
  startExportServer,
  succeededWith,
} from './helpers/export-server.js'
import { csvOf, sendFile } from './helpers/file-answers.js'
import { type ActionRun, type RunOptions, runAction } from './helpers/run-action.js'
import { contentsOf, FILE, runDownload } from './helpers/run-download.js'
import { API_KEY, commandsOf, errorsOf } from './helpers/run-start.js'
import { createTemporaryFolder } from './helpers/temporary-folder.js'
import { answer, apiError, cut, JOB_ID, type Reaction } from './helpers/wire-server.js'

const file = sendFile({ bytes: FILE, etag: '"v1"' })

async function serve(
  job: Reaction | readonly Reaction[],
  files: Reaction | readonly Reaction[] = file,
): Promise<ExportServer> {
  const server = await startExportServer(job, files)
  onTestFinished(() => server.close())
  return server
}

interface Downloaded extends ActionRun {
  folder: string
  errors: string[]
  server: ExportServer
}

/** A download into a folder of its own. */
async function download(
  job: Reaction | readonly Reaction[],
  options: RunOptions & { files?: Reaction | readonly Reaction[] } = {},
): Promise<Downloaded> {
  const server = await serve(job, options.files)
  const folder = path.join(createTemporaryFolder(), 'logs')
  const run = await runDownload(server.url, {
    ...options,
    inputs: { path: folder, ...options.inputs },
  })
  expect(run.stderr).toBe('')
  return { ...run, folder, errors: errorsOf(run), server }
}

describe('a job that is waited for', () => {
  test('is asked for with the documented request, byte for byte', async () => {
    const { server } = await download(jobAnswer('empty'))

    expect(server.requests).toEqual([
      [
        `GET /api/v1/subaccounts/acme_sg/messages/exports/${JOB_ID} HTTP/1.1`,
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

  test('is told of in the log and in the summary, as people read them', async () => {
    const folder = path.join(createTemporaryFolder(), 'logs')
    const server = await serve(
      [jobAnswer('queued'), jobAnswer('running'), succeededWith(2)],
      sendFile({ bytes: FILE }),
    )

    const run = await runDownload(server.url, { inputs: { path: folder } })

    const shown = run.stdout
      .replaceAll(API_KEY, '(key)')
      .replaceAll(folder, '(folder)')
      .replaceAll(/\d+ ms/g, 'N ms')
      .replaceAll(/in [\d.]+ s, [\d.]+ [kMG]?B\/s/g, 'in N s, N MB/s')
    const lines = shown.split('\n')
    // Which of the two files is home first is the disk's affair.
    const saved = lines.filter((line) => line.startsWith('Saved')).sort()
    const inOrder = lines.map((line) => (line.startsWith('Saved') ? saved.shift() : line))
    await expect(`${inOrder.join('\n')}\n--- summary ---\n${run.summary}`).toMatchFileSnapshot(
      '__snapshots__/download.txt',
    )
  })

  test('is asked for again where a look is lost', async () => {
    const busy = apiError(503, 2000, 'Busy', { 'retry-after': '0' })

    const run = await download([busy, succeededWith(1)])

    expect(run.exitCode).toBe(0)
    expect(run.server.jobRequests).toHaveLength(2)
  })

  test('is asked for again where an answer is cut', async () => {
    const run = await download([
      cut('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"st'),
      succeededWith(1),
    ])

    expect(run.exitCode).toBe(0)
    expect(run.server.jobRequests).toHaveLength(2)
  })

  test('is an error where the API does not know it, which says what to check', async () => {
    const run = await download(apiError(404, 4018, 'Invalid jobId'))

    expect(run.exitCode).toBe(1)
    expect(run.errors).toEqual([
      expect.stringMatching(
        /404, code 4018, "Invalid jobId", errorId 91b106f0-c0da-4aba-a43a-7af9c5893a80\..* job-id.* subaccount-id .*region/,
      ),
    ])
    expect(run.server.requests).toHaveLength(1)
  })

  test('goes on when the time is out, and the step says how to come back for it', async () => {
    const run = await download(jobAnswer('running'), { inputs: { timeout: '2s' } })

    expect(run.exitCode).toBe(1)
    expect(run.errors).toEqual([
      expect.stringMatching(`${JOB_ID} .* running .* 2 s \\(timeout\\).* job-id\\b`),
    ])
    expect(run.outputs).toMatchObject({ status: 'running', files: '[]', path: run.folder })
    expect(run.server.requests.filter((request) => !request.startsWith('GET '))).toEqual([])
  })

  test('is asked for once with the timeout 0', async () => {
    const run = await download(jobAnswer('queued'), { inputs: { timeout: '0' } })

    expect(run.exitCode).toBe(1)
    expect(run.outputs.status).toBe('queued')
    expect(run.server.requests).toHaveLength(1)
  })

  test('with a status that is not documented is warned of once, and it is named', async () => {
    const run = await download(jobAnswer('archiving'), { inputs: { timeout: '2s' } })

    expect(run.exitCode).toBe(1)
    expect(run.stdout.match(/^::warning::.*$/gm)).toEqual([
      expect.stringMatching(`${JOB_ID} .*archiving`),
    ])
    expect(run.errors[0]).toContain('archiving')
    expect(run.outputs.status).toBe('archiving')
  })
})

describe('a job that has succeeded', () => {
  test('gives its file, and all outputs', async () => {
    const run = await download(succeededWith(1))

    expect(run.exitCode).toBe(0)
    expect(run.outputs).toMatchObject({
      status: 'succeeded',
      path: run.folder,
      files: JSON.stringify([path.join(run.folder, `${JOB_ID}.csv`)]),
      expires: EXPIRES,
    })
    expect(contentsOf(run.folder)).toEqual({ [`${JOB_ID}.csv`]: FILE })
  })

  test('gives several files as a list that JSON.parse takes', async () => {
    const files: Reaction = (socket, request) => {
      const [, number = ''] = /-(\d+) HTTP/.exec(request) ?? []
      sendFile({ bytes: csvOf(5_000, number) })(socket, request)
    }

    const run = await download(succeededWith(12), { files })

    expect(run.exitCode).toBe(0)
    const names = Array.from({ length: 12 }, (_, index) => `${JOB_ID}-${index + 1}.csv`)
    expect(JSON.parse(run.outputs.files ?? '')).toEqual(
      names.map((name) => path.join(run.folder, name)),
    )
    expect(contentsOf(run.folder)).toEqual(
      Object.fromEntries(names.map((name, index) => [name, csvOf(5_000, `${index + 1}`)])),
    )
  })

  test('with no link is a failure', async () => {
    const run = await download(jobAnswer('succeeded', { data: [] }))

    expect(run.exitCode).toBe(1)
    expect(run.errors[0]).toContain('has succeeded, and the API gives no link to a file.')
    expect(run.outputs).toMatchObject({ status: 'succeeded', files: '[]' })
  })

  test('has its secrets masked before any other line', async () => {
    const run = await download(succeededWith(1))

    expect(run.stdout.split('\n')[0]).toBe(`::add-mask::${API_KEY}`)
    expect(commandsOf(run)[0]).toBe('add-mask')
    expect(commandsOf(run).filter((name) => name === 'add-mask')).toHaveLength(1)
  })

  test.each([
    ['a name from the server', { 'content-disposition': 'attachment; filename="../evil.csv"' }],
    ['a type of its own', { 'content-type': 'application/octet-stream' }],
  ])('keeps to our names, whatever comes with the file: %s', async (_, headers) => {
    const run = await download(succeededWith(1), { files: answer(200, 'umid\r\n', headers) })

    expect(run.exitCode).toBe(0)
    expect(readdirSync(run.folder)).toEqual([`${JOB_ID}.csv`])
    expect(readdirSync(path.dirname(run.folder))).toEqual(['logs'])
  })
})

describe.concurrent('a job that has ended', () => {
  test.each(['failed', 'cancelled', 'error'])('as %s is a failure', async (status) => {
    const server = await startExportServer(jobAnswer(status))

    const run = await runDownload(server.url)
    await server.close()

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([expect.stringMatching(`${JOB_ID} .*${status}`)])
    expect(run.outputs).toMatchObject({ status, files: '[]' })
    expect(path.isAbsolute(run.outputs.path ?? '')).toBe(true)
  })

  test.each([
    ['warn', 0, 'warning'],
    ['ignore', 0, undefined],
    ['error', 1, 'error'],
    ['', 0, 'warning'],
  ])('as empty with if-no-files-found %j exits %i', async (choice, exitCode, command) => {
    const server = await startExportServer(jobAnswer('empty'))

    const run = await runDownload(server.url, { inputs: { 'if-no-files-found': choice } })
    await server.close()

    expect(run.exitCode).toBe(exitCode)
    expect(run.stdout).toMatch(new RegExp(`${JOB_ID} .*no records`))
    expect(commandsOf(run).filter((name) => !['add-mask', 'debug'].includes(name))).toEqual(
      command ? [command] : [],
    )
    expect(run.outputs).toMatchObject({ status: 'empty', files: '[]' })
  })
})

describe('the folder', () => {
  test('is sms-logs in the workspace, if nothing else is said', async () => {
    const server = await serve(succeededWith(1))
    const workspace = createTemporaryFolder()

    const run = await runDownload(server.url, { workspace })

    const folder = path.join(workspace, 'sms-logs')
    expect(run.exitCode).toBe(0)
    expect(run.outputs.path).toBe(folder)
    expect(contentsOf(folder)).toEqual({ [`${JOB_ID}.csv`]: FILE })
    expect(run.stdout).not.toContain('outside the workspace')
  })

  test('may be outside the workspace, and that is said', async () => {
    const run = await download(succeededWith(1))

    expect(run.exitCode).toBe(0)
    expect(run.stdout).toContain(`The files go to "${run.folder}", outside the workspace.\n`)
  })

  test('may be in the home', async () => {
    const home = createTemporaryFolder()
    const server = await serve(succeededWith(1))

    const run = await runDownload(server.url, {
      inputs: { path: '~/sms/logs' },
      env: { HOME: home, USERPROFILE: home },
    })

    expect(run.exitCode).toBe(0)
    expect(run.outputs.path).toBe(path.join(home, 'sms', 'logs'))
    expect(contentsOf(path.join(home, 'sms', 'logs'))).toEqual({ [`${JOB_ID}.csv`]: FILE })
  })

  test('is a clear error where a file stands in its place, before any request', async () => {
    const place = path.join(createTemporaryFolder(), 'logs')
    writeFileSync(place, 'a file')

    const run = await download(succeededWith(1), { inputs: { path: place } })

    expect(run.exitCode).toBe(1)
    expect(run.errors).toEqual([expect.stringContaining(`"${place}" (path)`)])
    expect(run.server.connections()).toBe(0)
  })

  test('keeps what is in it', async () => {
    const workspace = createTemporaryFolder()
    mkdirSync(path.join(workspace, 'logs'))
    writeFileSync(path.join(workspace, 'logs', 'mine.csv'), 'mine')
    const server = await serve(succeededWith(1))

    await runDownload(server.url, { workspace, inputs: { path: 'logs' } })

    expect(readdirSync(path.join(workspace, 'logs')).sort()).toEqual([`${JOB_ID}.csv`, 'mine.csv'])
  })

  test('is given an older file anew', async () => {
    const workspace = createTemporaryFolder()
    mkdirSync(path.join(workspace, 'logs'))
    writeFileSync(path.join(workspace, 'logs', `${JOB_ID}.csv`), 'old')
    const server = await serve(succeededWith(1))

    await runDownload(server.url, { workspace, inputs: { path: 'logs' } })

    expect(contentsOf(path.join(workspace, 'logs'))).toEqual({ [`${JOB_ID}.csv`]: FILE })
  })
})

describe('mistakes in the inputs', () => {
  test('are all reported at once, each by its name, before any request', async () => {
    const run = await download(succeededWith(1), {
      inputs: {
        'subaccount-id': 'ab',
        region: 'mars',
        'request-timeout': '10 minutes',
        retries: '-1',
        'job-id': '../admin',
        timeout: 'forever',
        'if-no-files-found': 'fail',
      },
    })

    expect(run.exitCode).toBe(1)
    expect(run.stdout.match(/^::error title=Input [a-z-]+::/gm)).toEqual([
      '::error title=Input subaccount-id::',
      '::error title=Input region::',
      '::error title=Input request-timeout::',
      '::error title=Input retries::',
      '::error title=Input job-id::',
      '::error title=Input timeout::',
      '::error title=Input if-no-files-found::',
    ])
    expect(run.server.connections()).toBe(0)
    expect(existsSync(run.folder)).toBe(false)
  })

  test('say that there is no job', async () => {
    const run = await runAction('download', {
      inputs: { 'api-key': API_KEY, 'subaccount-id': 'acme_sg' },
    })

    expect(errorsOf(run)).toEqual([expect.stringMatching(/^job-id: .* job-id of the start step/)])
  })

  test('cannot start a workflow command', async () => {
    const run = await runDownload('http://127.0.0.1:1', {
      inputs: { 'job-id': 'x\n::error::##[x]', timeout: '::stop-commands::x' },
    })

    expect(new Set(commandsOf(run))).toEqual(new Set(['add-mask', 'error']))
  })

  test('in a path cannot start a workflow command', async () => {
    const run = await runDownload('http://127.0.0.1:1', {
      inputs: { path: `${createTemporaryFolder()}/a\n::warning::x\n##[error]y`, retries: '0' },
    })

    expect(run.exitCode).toBe(1)
    expect(
      commandsOf(run).filter((name) => !['add-mask', 'debug', 'error'].includes(name)),
    ).toEqual([])
  })
})

describe('outputs that cannot be set', () => {
  test('are a failure before any request', async () => {
    const run = await download(succeededWith(1), {
      env: { GITHUB_OUTPUT: path.join(createTemporaryFolder(), 'none') },
    })

    expect(run.exitCode).toBe(1)
    expect(run.errors[0]).toMatch(/output path .*GITHUB_OUTPUT/)
    expect(run.server.connections()).toBe(0)
  })
})
