// The whole time of each action where there is little to do, against the least that does the same.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { createCertificate } from '../__tests__/helpers/certificate.ts'
import { API_KEY, SUBACCOUNT_ID } from './account.ts'
import { type Action, accountAt, inputsOf, root, scriptOf, stepFiles } from './actions.ts'
import { type Contestant, compete } from './contest.ts'
import { EMPTY_JOB, type ExportReady } from './export-order.ts'
import { timeProcess } from './run-process.ts'
import { scratchFolder } from './scratch.ts'
import { forkSource, startServer } from './source-process.ts'
import { milliseconds, printHeading, printResults, printTable, ratio } from './tables.ts'

const ROUNDS = 31
const MERGED_REPORTS = 26
const WINDOW = { from: '2026-10-01', to: '2026-11-01' }

const certificate = await createCertificate('localhost')
const order = { files: 1, bytesPerFile: 1 }
const plain = await startServer<ExportReady>('serve-exports.ts', order)
const secure = await startServer<ExportReady>('serve-exports.ts', {
  ...order,
  certificate: { key: certificate.key, cert: certificate.cert },
})
const files = stepFiles('start-up')
const env = { ...files.env, NODE_EXTRA_CA_CERTS: certificate.file }

const handWritten = (action: Action): string =>
  path.join(import.meta.dirname, 'hand-written', `${action}.cjs`)

type Inputs = Readonly<Record<string, string>>

function script(file: string, action: Action, inputs: Inputs): Pick<Contestant, 'run' | 'before'> {
  const all = { ...inputsOf(action, inputs), ...env }
  return {
    before: files.clear,
    run: () => timeProcess({ program: process.execPath, args: [file], env: all }),
  }
}

/** The hand-written script and the action, with the same inputs. */
function pair(action: Action, inputs: Inputs, { as = '' }: { as?: string } = {}): Contestant[] {
  const against = `hand-written ${action}${as}`
  return [
    { name: against, ...script(handWritten(action), action, inputs) },
    { name: `${action}${as}`, against, ...script(scriptOf(action), action, inputs) },
  ]
}

function curl(action: Action, ...args: readonly string[]): Contestant {
  const key = ['-H', `authorization: Bearer ${API_KEY}`]
  return {
    name: `curl for ${action}`,
    against: `hand-written ${action}`,
    run: () =>
      timeProcess({ program: 'curl', args: ['-sS', '--fail', '-o', '/dev/null', ...key, ...args] }),
  }
}

/** The server that a sandbox leaves behind has to be ended, outside the time. */
async function endSandbox(): Promise<void> {
  const { url = '', 'api-key': key = '' } = files.state()
  await fetch(`${url}/sandbox`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } })
}

async function writeReports(): Promise<string> {
  const folder = path.join(scratchFolder, 'reports')
  const [code] = await once(
    forkSource('write-reports.ts', [folder, String(MERGED_REPORTS)]),
    'exit',
  )
  if (code !== 0) throw new Error('the reports could not be written')
  return folder
}

const account = accountAt(plain.ready.url)
const secureAccount = accountAt(secure.ready.url)
const exportsUrl = `${plain.ready.url}/api/v1/subaccounts/${SUBACCOUNT_ID}/messages/exports`
const empty = { 'job-id': EMPTY_JOB, path: path.join(scratchFolder, 'logs') }
const body = JSON.stringify({ ...WINDOW, limit: 0 })
const startInputs = { ...account, ...WINDOW }
const start = { against: 'hand-written start' }

const results = await compete(
  [
    {
      name: 'node -e 0',
      ...start,
      run: () => timeProcess({ program: process.execPath, args: ['-e', '0'] }),
    },
    ...pair('start', startInputs),
    {
      name: 'start, date math in UTC',
      ...start,
      ...script(scriptOf('start'), 'start', { ...account, from: 'now-1M/M', to: 'now/M' }),
    },
    {
      name: 'start, Asia/Singapore',
      ...start,
      ...script(scriptOf('start'), 'start', { ...startInputs, 'time-zone': 'Asia/Singapore' }),
    },
    curl('start', '-H', 'content-type: application/json', '-d', body, exportsUrl),
    ...pair('start', { ...secureAccount, ...WINDOW }, { as: ', https' }),
    ...pair('download', { ...account, ...empty }),
    curl('download', `${exportsUrl}/${EMPTY_JOB}`),
    ...pair('download', { ...secureAccount, ...empty }, { as: ', https' }),
    ...pair('cancel', { ...account, 'job-id': 'one' }),
    curl('cancel', '-X', 'DELETE', `${exportsUrl}/one`),
    ...pair('cancel', { ...secureAccount, 'job-id': 'one' }, { as: ', https' }),
    ...pair('merge-reports', { path: await writeReports() }),
    ...pair('sandbox', {}).map((contestant) => ({ ...contestant, after: endSandbox })),
  ],
  { rounds: ROUNDS, warmUps: 2 },
)
await Promise.all([plain.end(), secure.end()])
certificate.remove()

printHeading(
  'Start-up',
  `Whole processes, medians of ${ROUNDS} interleaved rounds, plain http over loopback where nothing else is said. Each action is held against a script without dependencies that does the same; one over plain http loads no TLS, which any request to the real API needs.`,
)
printResults(results, [milliseconds, ratio(results)])

printTable(
  ['bundle', 'kB'],
  globSync('dist/*/main.js', { cwd: root }).map((file) => {
    const { length } = readFileSync(path.join(root, file))
    return [file, (length / 1_000).toFixed(1)]
  }),
)
console.log(`What a runner downloads, HEAD as .tar.gz: ${archiveSize()}`)

function archiveSize(): string {
  try {
    const options = { cwd: root, maxBuffer: 1_073_741_824 }
    const archive = execFileSync('git', ['archive', '--format=tar', 'HEAD'], options)
    return `${(gzipSync(archive).length / 1_000).toFixed(0)} kB`
  } catch {
    return 'not known, this is no clone'
  }
}
