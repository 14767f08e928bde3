// What slicing a long window gives, where the time to make an export follows its records.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { type Action, accountAt, inputsOf, scriptOf, stepFiles } from './actions.ts'
import { scratchFolder } from './scratch.ts'
import { startServer } from './source-process.ts'
import { printHeading, printTable } from './tables.ts'

/** Nearly all that the API keeps, in whole weeks. */
const WINDOW = { from: 'now-25w/w', to: 'now/w' }
const SLICES = ['', 'month', 'week'] as const

const RECORDS_PER_DAY = 1_000
const MS_PER_RECORD = 0.25
const MS_PER_JOB = 1_000

interface Run {
  readonly jobs: number
  readonly seconds: number
  readonly records: number
}

/** One step in a process of its own; resolves to its outputs. */
async function runStep(
  action: Action,
  name: string,
  inputs: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const files = stepFiles(name)
  const child = spawn(process.execPath, [scriptOf(action)], {
    cwd: scratchFolder,
    env: { PATH: process.env.PATH ?? '', ...inputsOf(action, inputs), ...files.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${action} ended with ${code}`)
  return files.outputs()
}

/** A start, then a download for each of its jobs, all at the same time as a matrix has them. */
async function downloadFiles(
  slice: string,
  account: Readonly<Record<string, string>>,
): Promise<Run> {
  const begunAt = performance.now()
  const started = await runStep('start', 'start', { ...account, ...WINDOW, slice })
  const jobIds = JSON.parse(started['job-ids'] ?? '[]') as string[]
  const downloads = await Promise.all(
    jobIds.map((jobId, at) => {
      const folder = path.join(scratchFolder, `${slice}-${at}`)
      mkdirSync(folder)
      return runStep('download', `${slice}-${at}`, { ...account, 'job-id': jobId, path: folder })
    }),
  )
  return {
    jobs: jobIds.length,
    seconds: (performance.now() - begunAt) / 1_000,
    records: downloads.reduce((sum, { records }) => sum + Number(records), 0),
  }
}

const { ready, end } = await startServer<{ url: string }>('serve-sandbox.ts', {
  recordsPerDay: RECORDS_PER_DAY,
  msPerRecord: MS_PER_RECORD,
  msPerJob: MS_PER_JOB,
})
const account = accountAt(ready.url)
const runs: Run[] = []
for (const slice of SLICES) runs.push(await downloadFiles(slice, account))
await end()

const [whole] = runs
printHeading(
  'Half a year in slices',
  `Simulated: the sandbox makes ${RECORDS_PER_DAY} records a day, takes ${MS_PER_JOB / 1_000} s for each job and ${MS_PER_RECORD} ms for each record, and makes all jobs at the same time. Whether the API does that is not known. Each runner of the matrix is a process here, and all share this machine; the time that a real runner takes to come up is not in it. One run each.`,
)
printTable(
  ['slices', 'wall time, s', 'of one job', 'records'],
  runs.map(({ jobs, seconds, records }) => [
    String(jobs),
    seconds.toFixed(1),
    (seconds / (whole?.seconds ?? Number.NaN)).toFixed(2),
    String(records),
  ]),
)
