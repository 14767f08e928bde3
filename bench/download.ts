// A large file, plain and by TLS, against curl, and the memory that it takes.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { createCertificate } from '../__tests__/helpers/certificate.ts'
import { accountAt, inputsOf, scriptOf, stepFiles } from './actions.ts'
import { type Contestant, compete, type Sample } from './contest.ts'
import type { ExportReady } from './export-order.ts'
import { measureScript, timeProcess } from './run-process.ts'
import { scratchDescription, scratchFolder } from './scratch.ts'
import { type ServerProcess, startServer } from './source-process.ts'
import {
  formatMegabytes,
  peakMemory,
  printHeading,
  printResults,
  printTable,
  ratio,
  seconds,
} from './tables.ts'

const ROUNDS = 7
const MIB = 1_048_576
const BYTES = 1_024 * MIB
const SIZES = [1, 64 * MIB, BYTES, 4 * BYTES]

const certificate = await createCertificate('localhost')
const authority = { NODE_EXTRA_CA_CERTS: certificate.file }
const folder = path.join(scratchFolder, 'files')
const files = stepFiles('download')
const removeFiles = (): void => rmSync(folder, { recursive: true, force: true })

function serve(bytesPerFile: number, secure = false): Promise<ServerProcess<ExportReady>> {
  const { key, cert } = certificate
  return startServer('serve-exports.ts', {
    files: 1,
    bytesPerFile,
    ...(secure && { certificate: { key, cert } }),
  })
}

function download({ url }: ExportReady): Promise<Sample> {
  files.clear()
  const inputs = { ...accountAt(url), 'job-id': 'large', path: folder, summary: 'false' }
  return measureScript(scriptOf('download'), {
    env: { ...inputsOf('download', inputs), ...files.env, ...authority },
  })
}

function curl({ links: [link = ''] }: ExportReady): Promise<Sample> {
  const args = ['-sS', '--fail', '--create-dirs', '-o', path.join(folder, 'large.csv')]
  return timeProcess({ program: 'curl', args: [...args, '--cacert', certificate.file, link] })
}

function pair(name: string, { ready }: ServerProcess<ExportReady>): Contestant[] {
  const against = `curl -o, ${name}`
  return [
    { name: against, run: () => curl(ready), after: removeFiles },
    { name: `download, ${name}`, against, run: () => download(ready), after: removeFiles },
  ]
}

async function peakAt(bytes: number): Promise<string[]> {
  const server = await serve(bytes)
  const { peakBytes = 0 } = await download(server.ready)
  removeFiles()
  await server.end()
  return [formatMegabytes(server.ready.bytesPerFile), formatMegabytes(peakBytes)]
}

const plain = await serve(BYTES)
const secure = await serve(BYTES, true)
const results = await compete([...pair('plain', plain), ...pair('TLS', secure)], {
  rounds: ROUNDS,
})
await Promise.all([plain.end(), secure.end()])
printHeading(
  'One file of 1 GiB, without the report',
  `Loopback, ${scratchDescription}, medians of ${ROUNDS} interleaved rounds; memory is the highest of all rounds.`,
)
printResults(results, [seconds, ratio(results), peakMemory])

const peaks = []
for (const bytes of SIZES) peaks.push(await peakAt(bytes))
printTable(['file, MB', 'peak memory, MB'], peaks)
certificate.remove()
