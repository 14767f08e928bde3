// The report's figures beside the same ones computed by DuckDB, over the same files on the disk.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import path from 'node:path'
import { type Contestant, compete, median, type Sample } from './contest.ts'
import { type DuckFigures, differences, type ReportFigures } from './duckdb/compare.ts'
import { scratchDescription, scratchFolder } from './scratch.ts'
import { forkSource, runSource } from './source-process.ts'
import { type Column, printHeading, printResults, ratio, seconds } from './tables.ts'

const ROUNDS = Number(process.env.ROUNDS ?? 3)
const BYTES = Number(process.env.BYTES ?? 1_073_741_824)
const PACKAGE = 'duckdb==2.0.1'
const ONE = 'the report, one file'
const FOUR = 'the report, four files'

const whole = path.join(scratchFolder, 'whole.csv')
const parts = [1, 2, 3, 4].map((part) => path.join(scratchFolder, `part-${part}.csv`))
const script = path.join(import.meta.dirname, 'duckdb', 'figures.py')
const python = path.join(scratchFolder, 'python', 'bin', 'python')

const byReport = new Map<string, ReportFigures>()
const byDuckDb = new Map<string, DuckFigures>()

/** The report's own threads, in a process of their own. */
async function readFiles(name: string, files: readonly string[]): Promise<Sample> {
  const { ms, figures } = await runSource<{ ms: number; figures: ReportFigures }>(
    'duckdb/read-files.ts',
    files,
  )
  byReport.set(name, figures)
  return { ms }
}

function runDuckDb(name: string, threads: number, files: readonly string[]): Sample {
  const run = spawnSync(python, [script, String(threads), ...files], {
    encoding: 'utf8',
    maxBuffer: 67_108_864,
  })
  if (run.error) throw run.error
  if (run.status !== 0) throw new Error(`${name}: ${run.stderr}`)
  const { ms, figures } = JSON.parse(run.stdout) as { ms: number; figures: DuckFigures }
  byDuckDb.set(name, figures)
  return { ms }
}

/** Seconds that a step would need before it could use DuckDB; undefined where it cannot be had. */
function installDuckDb(): number | undefined {
  const begunAt = performance.now()
  const made = spawnSync('python3', ['-m', 'venv', path.join(scratchFolder, 'python')])
  if (made.status !== 0) return undefined
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', '--disable-pip-version-check']
  const installed = spawnSync(python, [...pip, PACKAGE], { stdio: ['ignore', 'ignore', 'inherit'] })
  return installed.status === 0 ? (performance.now() - begunAt) / 1_000 : undefined
}

function duckDb(against: string, threads: number, files: readonly string[]): Contestant {
  const plural = threads === 1 ? 'thread' : 'threads'
  const name = `DuckDB, ${threads} ${plural}, ${files.length === 1 ? 'one file' : 'four files'}`
  return { name, against, run: async () => runDuckDb(name, threads, files) }
}

await once(forkSource('duckdb/write-files.ts', [String(BYTES), whole, ...parts]), 'exit')
const { size } = statSync(whole)
const installation = installDuckDb()
const results = await compete(
  [
    { name: ONE, files: [whole] },
    { name: FOUR, files: parts },
  ].flatMap(({ name, files }) => [
    { name, run: () => readFiles(name, files) },
    ...(installation === undefined ? [] : [1, 2].map((threads) => duckDb(name, threads, files))),
  ]),
  { rounds: ROUNDS, warmUps: 0 },
)

const speed: Column = [
  'MB/s',
  ({ samples }) => (size / 1_000 / median(samples.map(({ ms }) => ms))).toFixed(0),
]
/** How many figures DuckDB has otherwise than the report over the same files. */
const differing: Column = [
  'figures that differ',
  ({ contestant: { name, against } }) => {
    const [report, duck] = [byReport.get(against ?? ''), byDuckDb.get(name)]
    if (!report || !duck) return ''
    const found = differences(report, duck)
    if (found.length > 0) console.error(`${name}: ${found.slice(0, 10).join('; ')}`)
    return String(found.length)
  },
]

const took =
  installation === undefined ? 'could not be installed' : `took ${installation.toFixed(1)} s`
printHeading(
  `The figures of ${(size / 1_000_000).toFixed(0)} MB, and DuckDB`,
  `The report reads with its own threads, as many as there are files and cores, and hashes each file; DuckDB reads into a table and computes the same figures from it. Timed without the start of a process, ${scratchDescription}, medians of ${ROUNDS} interleaved rounds. The installation of ${PACKAGE} ${took}, which is not counted.`,
)
printResults(results, [seconds, speed, ratio(results), differing])
