// A first sync of half a year, runs with nothing to do, and a day of two million records.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { DayReader } from '../src/archive/day-reports.ts'
import { dayOf, daysFrom, shiftDay } from '../src/archive/days.ts'
import { dataPath, formatManifest, newManifest } from '../src/archive/manifest.ts'
import { formatReportFile } from '../src/report/report-file.ts'
import { SUBACCOUNT_ID } from './account.ts'
import { type Action, accountAt, inputsOf, scriptOf, stepFiles } from './actions.ts'
import { compete } from './contest.ts'
import { repeatedCsv } from './csv-block.ts'
import { measureScript, timeProcess } from './run-process.ts'
import { scratchFolder } from './scratch.ts'
import { startServer } from './source-process.ts'
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

const yesterday = shiftDay(dayOf(Date.now()), -1)

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

/** A whole archive, whose days are all alike. */
function writeArchive(days: number): Record<string, string> {
  const folder = path.join(scratchFolder, `archive-${days}`)
  const owner = { subaccountId: SUBACCOUNT_ID, region: 'asia-pacific' }
  const manifest = newManifest(owner)
  const { header, block } = repeatedCsv(60_000, SUBACCOUNT_ID)
  const text = Buffer.concat([header, block])
  const reader = new DayReader()
  reader.push(text)
  const figures = reader.end()
  const bytes = gzipSync(text)
  const file = {
    compression: 'gzip' as const,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    columns: header.toString().trim().split(','),
    delimiter: ',',
  }
  const first = shiftDay(yesterday, 1 - days)
  mkdirSync(path.join(folder, 'reports'), { recursive: true })
  for (const day of daysFrom(first, yesterday)) {
    const data = path.join(folder, dataPath(day, 'gzip'))
    mkdirSync(path.dirname(data), { recursive: true })
    writeFileSync(data, bytes)
    const report = formatReportFile({ subaccountId: SUBACCOUNT_ID, jobId: day, figures })
    writeFileSync(path.join(folder, 'reports', `${day}.json`), report)
    const state = { records: 200, pending: 0, settled: true, exportedAt: Date.now() }
    manifest.days.set(day, { day, ...state, file })
  }
  writeFileSync(path.join(folder, 'datapackage.json'), formatManifest(manifest))
  return { path: folder, from: first }
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
    from: shiftDay(yesterday, 1 - DAYS),
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

const idle = [180, 3_650].flatMap((days) => {
  const archive = { ...accountAt('http://127.0.0.1:9'), ...writeArchive(days) }
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
const day = { from: yesterday, to: shiftDay(yesterday, 1) }
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
