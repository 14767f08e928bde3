// Many small files: what each file costs beside its bytes.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { accountAt, inputsOf, scriptOf, stepFiles } from './actions.ts'
import { compete } from './contest.ts'
import type { ExportReady } from './export-order.ts'
import { measureScript, timeProcess } from './run-process.ts'
import { scratchDescription, scratchFolder } from './scratch.ts'
import { startServer } from './source-process.ts'
import { milliseconds, peakMemory, printHeading, printResults, ratio } from './tables.ts'

const ROUNDS = 9
const FILES = 200
const BYTES_PER_FILE = 100_000

const { ready, end } = await startServer<ExportReady>('serve-exports.ts', {
  files: FILES,
  bytesPerFile: BYTES_PER_FILE,
})
const folder = path.join(scratchFolder, 'files')
const files = stepFiles('small-files')
const after = (): void => rmSync(folder, { recursive: true, force: true })

function downloadWith(summary: 'true' | 'false') {
  const inputs = { ...accountAt(ready.url), 'job-id': 'small', path: folder, summary }
  return () =>
    measureScript(scriptOf('download'), { env: { ...inputsOf('download', inputs), ...files.env } })
}

const curl = ['-sS', '--parallel', '--parallel-max', '4', '--create-dirs', '--fail']
const outputs = ready.links.flatMap((link, at) => ['-o', path.join(folder, `${at}.csv`), link])
const results = await compete(
  [
    {
      name: 'curl, 4 at a time',
      run: () => timeProcess({ program: 'curl', args: [...curl, ...outputs] }),
    },
    { name: 'download', against: 'curl, 4 at a time', run: downloadWith('false') },
    { name: 'download with the report', against: 'curl, 4 at a time', run: downloadWith('true') },
  ].map((contestant) => ({ ...contestant, before: files.clear, after })),
  { rounds: ROUNDS },
)
await end()

printHeading(
  `${FILES} files of ${BYTES_PER_FILE / 1_000} kB`,
  `Plain http over loopback, ${scratchDescription}, medians of ${ROUNDS} interleaved rounds.`,
)
printResults(results, [milliseconds, ratio(results), peakMemory])
