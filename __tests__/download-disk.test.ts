// What the download does to the disk, and what the disk may do to it.
import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  type ExportServer,
  jobAnswer,
  startExportServer,
  succeededWith,
} from './helpers/export-server.js'
import { csvOf, message, sendFile } from './helpers/file-answers.js'
import { reportOn } from './helpers/report-folder.js'
import type { RunningAction, RunOptions } from './helpers/run-action.js'
import { contentsOf, FILE, launchDownload, runDownload } from './helpers/run-download.js'
import { errorsOf } from './helpers/run-start.js'
import { createTemporaryFolder } from './helpers/temporary-folder.js'
import { answer, JOB_ID, type Reaction } from './helpers/wire-server.js'

const NAME = `${JOB_ID}.csv`
const PARTIAL = expect.stringMatching(/^\.\S+\.csv\.[0-9a-f]{16}\.part$/)
const LARGE = csvOf(3_000_000)

const onPosix = describe.skipIf(process.platform === 'win32')

async function serve(
  files: Reaction | readonly Reaction[] = sendFile({ bytes: FILE }),
  job: Reaction = succeededWith(1),
): Promise<ExportServer> {
  const server = await startExportServer(job, files)
  onTestFinished(() => server.close())
  return server
}

const noticesOf = ({ stdout }: { stdout: string }): string[] =>
  [...stdout.matchAll(/^::notice::(.*)$/gm)].map(([, text]) => String(text))

/** A file whose second half comes when it is released. */
function heldBack(bytes: Buffer): { file: Reaction; release: () => void } {
  let release: () => void = () => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const half = bytes.length / 2
  const file: Reaction = (socket) => {
    const head = message(200, { 'content-length': `${bytes.length}` }, Buffer.alloc(0), 'none')
    socket.write(Buffer.concat([Buffer.from(head), bytes.subarray(0, half)]))
    void released.then(() => socket.end(bytes.subarray(half)))
  }
  return { file, release }
}

/** A process of such a run sees no other, and each is number 1, as in two containers. */
const IN_CONTAINER = ['unshare', '-pf', '--mount-proc']
const hasContainers = spawnSync('unshare', ['-pf', '--mount-proc', 'true']).status === 0

describe.each([
  { where: 'on one host', through: [] },
  ...(hasContainers ? [{ where: 'in two containers', through: IN_CONTAINER }] : []),
])('two downloads in one folder, $where,', ({ through }) => {
  const both = (options: RunOptions): RunOptions => ({ ...options, through })

  /** One that has half of its file while another begins and ends. */
  async function interleave(otherJobId: string) {
    const folder = createTemporaryFolder()
    const slow = heldBack(LARGE)
    const server = await serve([slow.file, sendFile({ bytes: LARGE })])
    const inputs = { path: folder, 'request-timeout': '40s' }
    const first = launchDownload(server.url, both({ inputs }))
    await server.received(2)
    const during = await partialIn(folder)
    const second = await runDownload(
      server.url,
      both({ inputs: { ...inputs, 'job-id': otherJobId } }),
    )
    const between = readdirSync(folder)
    slow.release()
    return { folder, runs: [second, await first.ended], during, between }
  }

  test('of the same job each end well, with the file whole', async () => {
    const { folder, runs, during, between } = await interleave(JOB_ID)

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    expect(between.sort()).toEqual([during, NAME])
    expect(wholeIn(folder)).toEqual({ [NAME]: true })
  })

  test('of different jobs leave each other alone', async () => {
    const { folder, runs } = await interleave('other')

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    expect(wholeIn(folder)).toEqual({ [NAME]: true, 'other.csv': true })
  })
})

/** Which files are the large one; compared at once, as an assertion on megabytes takes a minute. */
const wholeIn = (folder: string): Record<string, boolean> =>
  Object.fromEntries(
    Object.entries(contentsOf(folder)).map(([name, bytes]) => [name, bytes.equals(LARGE)]),
  )

/** The name of the one partial file, once it is there. */
async function partialIn(folder: string): Promise<string> {
  for (;;) {
    const [name] = readdirSync(folder).filter((found) => found.endsWith('.part'))
    if (name !== undefined && !name.startsWith('.probe.')) return name
    await new Promise((resolve) => setImmediate(resolve))
  }
}

onPosix('a download that was killed', () => {
  test('leaves a hidden file, which one that begins an hour later removes', async () => {
    const folder = createTemporaryFolder()
    const server = await serve([heldBack(LARGE).file, sendFile({ bytes: FILE })])
    const running: RunningAction = launchDownload(server.url, {
      inputs: { path: folder, 'request-timeout': '40s' },
    })
    await server.received(2)
    const left = path.join(folder, await partialIn(folder))
    running.child.kill('SIGKILL')
    await running.ended

    const soon = await runDownload(server.url, { inputs: { path: folder } })
    const afterThat = readdirSync(folder)
    const twoHoursAgo = Date.now() / 1_000 - 7_200
    utimesSync(left, twoHoursAgo, twoHoursAgo)
    const later = await runDownload(server.url, { inputs: { path: folder } })

    expect([soon.exitCode, later.exitCode]).toEqual([0, 0])
    expect(afterThat.sort()).toEqual([PARTIAL, NAME])
    expect(contentsOf(folder)).toEqual({ [NAME]: FILE })
  })
})

/** An environment in which a process does this before its step begins. */
const preloading = (script: string): Record<string, string> => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}`,
})

const withDisk = (script: string): Record<string, string> =>
  preloading(
    `import fs from 'node:fs';const fail = (code) => Object.assign(new Error(code), { code });${script}`,
  )

describe('a disk that is odd', () => {
  test('may refuse a rename for a moment', async () => {
    const server = await serve()
    const folder = createTemporaryFolder()
    const env = withDisk(
      "let left = 2;const { rename } = fs.promises;fs.promises.rename = async (...args) => { if (left-- > 0) throw fail('EPERM'); return rename(...args) }",
    )

    const run = await runDownload(server.url, { inputs: { path: folder }, env })

    expect(run.exitCode).toBe(0)
    expect(contentsOf(folder)).toEqual({ [NAME]: FILE })
  })

  test('may know no fsync', async () => {
    const server = await serve()
    const folder = createTemporaryFolder()
    const env = withDisk(
      "const { open } = fs.promises;fs.promises.open = async (...args) => { const file = await open(...args); file.sync = async () => { throw fail('EINVAL') }; return file }",
    )

    const run = await runDownload(server.url, { inputs: { path: folder }, env })

    expect(run.exitCode).toBe(0)
    expect(contentsOf(folder)).toEqual({ [NAME]: FILE })
  })
})

test('a large file is downloaded by the first Node.js 20 as well', async () => {
  const server = await serve(sendFile({ bytes: LARGE }))
  const folder = createTemporaryFolder()

  // It came with 20.16.
  const env = preloading('delete process.getBuiltinModule')
  const run = await runDownload(server.url, { inputs: { path: folder }, env })

  expect(errorsOf(run)).toEqual([])
  expect(server.fileRequests).toHaveLength(1)
  expect(wholeIn(folder)).toEqual({ [NAME]: true })
})

onPosix('who may read what', () => {
  test('the files are for the runner’s user alone, the figures for whom the umask lets', async () => {
    const server = await serve()
    const folder = createTemporaryFolder()
    const report = path.join(folder, 'report.json')

    await runDownload(server.url, { inputs: { path: folder, 'report-file': report } })

    const modes = [path.join(folder, NAME), report].map((file) => statSync(file).mode & 0o777)
    expect(modes).toEqual([0o600, 0o666 & ~process.umask()])
  })
})

describe('a folder that is kept from run to run', () => {
  test('has its other CSV files named, as whoever reads all of it counts them', async () => {
    const server = await serve()
    const folder = createTemporaryFolder()
    for (const number of [1, 2, 3, 4, 5, 6, 7])
      writeFileSync(path.join(folder, `${number}.csv`), '')
    writeFileSync(path.join(folder, 'notes.txt'), '')

    const run = await runDownload(server.url, { inputs: { path: folder } })

    expect(run.exitCode).toBe(0)
    expect(noticesOf(run)).toContainEqual(
      expect.stringMatching(/1\.csv, 2\.csv, 3\.csv, 4\.csv, 5\.csv and 2 more/),
    )
    expect(run.stdout).not.toContain('notes.txt')
  })

  test('has them named as well where this job has none', async () => {
    const server = await serve([], jobAnswer('empty'))
    const folder = createTemporaryFolder()
    writeFileSync(path.join(folder, 'last-month.csv'), '')

    const run = await runDownload(server.url, { inputs: { path: folder } })

    expect(noticesOf(run)).toContainEqual(expect.stringContaining('last-month.csv'))
  })

  test('says nothing where there are none', async () => {
    const server = await serve()

    const run = await runDownload(server.url, {
      inputs: { path: createTemporaryFolder(), summary: 'false' },
    })

    expect(noticesOf(run).filter((text) => text.includes('.csv'))).toEqual([])
  })

  test.each([
    ['job-1', 2, 'job', 'job-1.csv'],
    ['job', 1, 'job-1', 'job-1.csv'],
  ])('says that a file is replaced, which %s may share with %s', async (_, count, jobId, name) => {
    const server = await serve(sendFile({ bytes: FILE }), succeededWith(count))
    const folder = createTemporaryFolder()
    writeFileSync(path.join(folder, name), 'of the other job')

    const run = await runDownload(server.url, { inputs: { path: folder, 'job-id': jobId } })

    expect(noticesOf(run)).toContainEqual(expect.stringMatching(new RegExp(`replaced.*${name}`)))
  })

  test.each(['6591234567.csv', '::error::x.csv', '##[error]x.csv'])(
    'shows no number and starts no command by the name %s',
    async (name) => {
      const server = await serve()
      const folder = createTemporaryFolder()
      writeFileSync(path.join(folder, name), '')

      const run = await runDownload(server.url, { inputs: { path: folder } })

      expect(errorsOf(run)).toEqual([])
      expect(run.stdout).not.toMatch(/6591234567|##\[error/)
    },
  )
})

describe('the file of report-file', () => {
  test('is gone when the step begins, so that nobody takes it for this run’s', async () => {
    const server = await serve(answer(404, ''), jobAnswer('failed'))
    const workspace = createTemporaryFolder()
    const file = path.join(workspace, 'report.json')
    writeFileSync(file, reportOn('job-of-last-month'))

    const run = await runDownload(server.url, { workspace, inputs: { 'report-file': file } })

    expect(run.exitCode).toBe(1)
    expect(readdirSync(workspace)).toEqual(['sms-logs'])
  })

  test('stays where the inputs make no sense, for nothing has begun', async () => {
    const workspace = createTemporaryFolder()
    writeFileSync(path.join(workspace, 'report.json'), 'old')

    const run = await runDownload('http://127.0.0.1:1', {
      workspace,
      inputs: { 'report-file': 'report.json', timeout: 'x' },
    })

    expect(run.exitCode).toBe(1)
    expect(readdirSync(workspace)).toEqual(['report.json'])
  })

  test.each([
    `sms-logs/${NAME}`,
    `sms-logs/${JOB_ID}-2.CSV`,
    'other.csv',
    'sms-logs',
    '.',
    'sms-logs/..',
  ])('is no CSV file and no folder of this download: %s', async (reportFile) => {
    const workspace = createTemporaryFolder()
    mkdirSync(path.join(workspace, 'sms-logs'))
    writeFileSync(path.join(workspace, 'sms-logs', NAME), 'mine')
    const server = await serve()

    const run = await runDownload(server.url, { workspace, inputs: { 'report-file': reportFile } })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([expect.stringMatching(/^report-file: .*report\.json/)])
    expect(run.stdout).toContain('::error title=Input report-file::')
    expect(readFileSync(path.join(workspace, 'sms-logs', NAME), 'utf8')).toBe('mine')
    expect(server.connections()).toBe(0)
  })

  test('that is a folder is said before anything is asked of the API', async () => {
    const workspace = createTemporaryFolder()
    mkdirSync(path.join(workspace, 'reports'))
    const server = await serve()

    const run = await runDownload(server.url, { workspace, inputs: { 'report-file': 'reports' } })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([expect.stringContaining('reports')])
    expect(server.connections()).toBe(0)
  })
})

onPosix('links in the folder', () => {
  test('are replaced, and what they lead to is not touched', async () => {
    const server = await serve()
    const folder = createTemporaryFolder()
    const mine = path.join(createTemporaryFolder(), 'mine')
    writeFileSync(mine, 'mine')
    for (const name of [NAME, 'report.json']) symlinkSync(mine, path.join(folder, name))

    const run = await runDownload(server.url, {
      inputs: { path: folder, 'report-file': path.join(folder, 'report.json') },
    })

    expect(run.exitCode).toBe(0)
    expect(readFileSync(mine, 'utf8')).toBe('mine')
    expect(readFileSync(path.join(folder, NAME)).equals(FILE)).toBe(true)
  })
})
