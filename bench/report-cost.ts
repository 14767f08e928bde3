// What the report adds to a download, in time and memory.
import { rmSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { accountAt, inputsOf, scriptOf, stepFiles } from './actions.ts'
import { compete, type Sample } from './contest.ts'
import type { ExportReady } from './export-order.ts'
import { measureScript } from './run-process.ts'
import { scratchDescription, scratchFolder } from './scratch.ts'
import { startServer } from './source-process.ts'
import {
  formatMegabytes,
  peakMemory,
  printHeading,
  printResults,
  printTable,
  ratio,
  seconds,
} from './tables.ts'

const ROUNDS = 5
const GIB = 1_073_741_824
const MANY_RECORDS = 10_000_000
const BYTES_PER_RECORD_AT_MOST = 512

const folder = path.join(scratchFolder, 'files')
const files = stepFiles('report-cost')
const after = (): void => rmSync(folder, { recursive: true, force: true })

function serve(bytesPerFile: number, files = 1) {
  return startServer<ExportReady>('serve-exports.ts', { files, bytesPerFile })
}

function download({ url }: ExportReady, summary: 'true' | 'false'): Promise<Sample> {
  files.clear()
  const inputs = { ...accountAt(url), 'job-id': 'large', path: folder, summary }
  return measureScript(scriptOf('download'), {
    env: { ...inputsOf('download', inputs), ...files.env },
  })
}

const { ready, end } = await serve(GIB)
const four = await serve(GIB / 4, 4)
const against = 'download without the report'
const results = await compete(
  [
    { name: against, run: () => download(ready, 'false'), after },
    { name: 'download with the report', against, run: () => download(ready, 'true'), after },
    {
      name: 'the same in four files of 256 MiB',
      against,
      run: () => download(four.ready, 'true'),
      after,
    },
  ],
  { rounds: ROUNDS },
)
await Promise.all([end(), four.end()])
printHeading(
  'One file of 1 GiB, with the report and without',
  `Plain http over loopback, ${scratchDescription}, medians of ${ROUNDS} interleaved rounds. The report reads each file in a thread beside the download, and hashes it.`,
)
printResults(results, [seconds, ratio(results), peakMemory])

const bytesPerRecord = ready.bytesPerFile / ready.recordsPerFile
const { bavail, bsize } = statfsSync(scratchFolder)
if (bavail * bsize < MANY_RECORDS * BYTES_PER_RECORD_AT_MOST) {
  console.log(`There is no room for a file of ${MANY_RECORDS} records.`)
} else {
  const large = await serve(MANY_RECORDS * bytesPerRecord)
  const { ms, peakBytes = 0 } = await download(large.ready, 'true')
  after()
  const { records = '' } = files.outputs()
  await large.end()
  printTable(
    ['records', 'MB', 's', 'peak memory, MB'],
    [
      [
        records,
        formatMegabytes(large.ready.bytesPerFile),
        (ms / 1_000).toFixed(1),
        formatMegabytes(peakBytes),
      ],
    ],
  )
}
