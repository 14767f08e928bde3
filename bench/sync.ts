// A first sync of half a year, runs with nothing to do, and a day of two million records.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { type Action, accountAt, inputsOf, scriptOf, stepFiles } from './actions.ts'
import { compete } from './contest.ts'
import { measureScript, timeProcess } from './run-process.ts'
import { scratchFolder } from './scratch.ts'
import { forkSource, startServer } from './source-process.ts'
import {
  formatMegabytes,
  milliseconds,
  printHeading,
  printResults,
  printTable,
  ratio,
} from './tables.ts'

const DAYS = 180
const RECORDS_A_DAY = 5_000
const JOB_MS = 2_000
const PARALLEL = process.env.BENCH_PARALLEL?.split(',') ?? ['1', '4', '16']
const LARGE_DAY = 2_000_000

const daysAgo = (days: number): string =>
  new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
const yesterday = daysAgo(1)

const sandbox = (recordsPerDay: number, msPerJob: number) =>
  startServer<{ url: string }>('serve-sandbox.ts', { recordsPerDay, msPerJob, msPerRecord: 0 })

/** One sync with debug logging, which has a line for each request but those for files. */
async function countRequests(inputs: Readonly<Record<string, string>>) {
  const files = stepFiles('sync')
  const begunAt = performance.now()
  const child = spawn(process.execPath, [scriptOf('sync')], {
    cwd: scratchFolder,
    env: {
      PATH: process.env.PATH ?? '',
      RUNNER_DEBUG: '1',
      ...inputsOf('sync', inputs),
      ...files.env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`sync ended with ${code}: ${log.slice(-2_000)}`)
  const starts = log.match(/^::debug::POST /gm)?.length ?? 0
  const polls = log.match(/^::debug::GET /gm)?.length ?? 0
  const changed = JSON.parse(files.outputs().changed ?? '[]').length
  return { seconds: (performance.now() - begunAt) / 1_000, starts, polls, files: changed }
}

/** A whole archive, written by a process that can read src. */
async function writeArchive(days: number): Promise<Record<string, string>> {
  const folder = path.join(scratchFolder, `archive-${days}`)
  const [code] = await once(forkSource('write-archive.ts', [folder, String(days)]), 'exit')
  if (code !== 0) throw new Error(`the archive could not be written: ${code}`)
  return { path: folder, from: daysAgo(days) }
}

const files = stepFiles('sync-idle')
const env = (action: Action, inputs: Readonly<Record<string, string>>) => ({
  ...inputsOf(action, inputs),
  ...files.env,
})

const small = await sandbox(RECORDS_A_DAY, JOB_MS)
const firsts: string[][] = []
for (const parallel of PARALLEL) {
  const run = await countRequests({
    ...accountAt(small.ready.url),
    path: path.join(scratchFolder, `first-${parallel}`),
    from: daysAgo(DAYS),
    parallel,
  })
  const { seconds, starts, polls } = run
  firsts.push([parallel, seconds.toFixed(0), String(starts), String(polls), String(run.files)])
}
await small.end()
printHeading(
  `A first sync of ${DAYS} days`,
  `The sandbox makes ${RECORDS_A_DAY} records a day and takes ${JOB_MS / 1_000} s for each job. All polls together are at most one a second, so that no number of jobs makes it quicker than a day a second. One run each.`,
)
printTable(['parallel', 'wall time, s', 'starts', 'polls', 'files'], firsts)

const archives = [180, 3_650].map(async (days) => ({ days, inputs: await writeArchive(days) }))
const idle = (await Promise.all(archives)).flatMap(({ days, inputs }) => {
  const archive = { ...accountAt('http://127.0.0.1:9'), ...inputs }
  return ['30', '0'].map((reportDays) => ({
    name: `sync, ${days} days, report-days: ${reportDays}`,
    against: 'node -e 0',
    before: files.clear,
    run: () =>
      timeProcess({
        program: process.execPath,
        args: [scriptOf('sync')],
        env: env('sync', { ...archive, 'report-days': reportDays }),
      }),
  }))
})
const idleResults = await compete(
  [
    {
      name: 'node -e 0',
      run: () => timeProcess({ program: process.execPath, args: ['-e', '0'] }),
    },
    ...idle,
  ],
  { rounds: 15 },
)
printHeading('A sync with nothing to do')
printResults(idleResults, [milliseconds, ratio(idleResults)])

const large = await sandbox(LARGE_DAY, 0)
const account = accountAt(large.ready.url)
const day = { from: yesterday, to: daysAgo(0) }
const startFiles = stepFiles('start')
await timeProcess({
  program: process.execPath,
  args: [scriptOf('start')],
  env: { ...inputsOf('start', { ...account, ...day }), ...startFiles.env },
})
const job = { 'job-id': startFiles.outputs()['job-id'] ?? '' }
const rows: string[][] = []
const measured: [string, Action, Record<string, string>][] = [
  ['download with the report', 'download', { ...account, ...job, path: `${scratchFolder}/logs` }],
  ...['gzip', 'none'].map((compress): [string, Action, Record<string, string>] => [
    `sync, compress: ${compress}`,
    'sync',
    { ...account, from: yesterday, path: `${scratchFolder}/large-${compress}`, compress },
  ]),
]
for (const [name, action, inputs] of measured) {
  files.clear()
  const { ms, peakBytes } = await measureScript(scriptOf(action), { env: env(action, inputs) })
  rows.push([name, (ms / 1_000).toFixed(1), formatMegabytes(peakBytes)])
}
await large.end()
printHeading(
  `A day of ${LARGE_DAY / 1_000_000} million records`,
  'From the sandbox, which makes the records while it sends them. One run each.',
)
printTable(['what', 's', 'peak memory, MB'], rows)
