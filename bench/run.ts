// `npm run bench` measures all there is; `npm run bench -- NAME …` a part. Prints Markdown.
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import path from 'node:path'

const BENCHES = [
  'start-up',
  'download',
  'small-files',
  'report-cost',
  'report',
  'duckdb',
  'slices',
  'sync',
] as const

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !BENCHES.some((bench) => bench === name))
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}: choose from ${BENCHES.join(', ')}.`)
  process.exit(1)
}

const [cpu] = cpus()
console.log(`Node.js ${process.version}, ${cpus().length} × ${cpu?.model ?? 'unknown processor'}`)
for (const bench of BENCHES) {
  if (asked.length > 0 && !asked.includes(bench)) continue
  const script = path.join(import.meta.dirname, `${bench}.ts`)
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
