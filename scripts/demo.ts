// Runs the built actions as a runner would, against the sandbox, and shows what a workflow shows.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { EOL, tmpdir } from 'node:os'
import path from 'node:path'
import { type ActionRun, launchAction } from '../__tests__/helpers/run-action.ts'

const DAY_MS = 86_400_000
/** Preloaded, it sets a step's clock, and lets nobody wait for its polls. */
const HASTY_TIME = new URL('../__tests__/helpers/hasty-time.cjs', import.meta.url).href

const bold = (text: string): string => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text)
const dim = (text: string): string => (process.stdout.isTTY ? `\x1b[2m${text}\x1b[0m` : text)

const masks = new Set<string>()
/** What the steps have put on the run's page, in their order. */
const summaries: string[] = []

/** A line of the log as the runner shows it; undefined for one that it keeps to itself. */
function asShown(line: string): string | undefined {
  const [, command, message = ''] = /^::([a-z-]+)[^:]*::(.*)$/.exec(line) ?? []
  if (command === 'add-mask') masks.add(message)
  if (command === 'add-mask' || command === 'debug') return undefined
  const text = command ? `${command}: ${decodeURIComponent(message)}` : line
  return [...masks].reduce((shown, mask) => shown.replaceAll(mask, '***'), text)
}

interface DemoStep {
  uses: string
  action: string
  script?: 'main' | 'post'
  inputs?: Record<string, string>
  env?: Record<string, string>
}

async function runStep({
  uses,
  action,
  script = 'main',
  inputs = {},
  env = {},
}: DemoStep): Promise<ActionRun> {
  console.log(bold(`\n▶ ${script === 'post' ? 'Post ' : ''}${uses}`))
  for (const [name, text] of Object.entries(inputs)) {
    console.log(dim(`    ${name}: ${masks.has(text) ? '***' : text}`))
  }
  let rest = ''
  const { ended } = launchAction(action, {
    inputs,
    env,
    script,
    onStdout(text) {
      const lines = `${rest}${text}`.split(EOL)
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const shown = asShown(line)
        if (shown !== undefined) console.log(`  ${shown}`)
      }
    },
  })
  const run = await ended
  if (run.exitCode !== 0) throw new Error(`${uses} ended with ${run.exitCode}\n${run.stderr}`)
  for (const [name, text] of Object.entries(run.outputs)) {
    console.log(dim(`  output ${name} = ${masks.has(text) ? '***' : text}`))
  }
  if (run.summary) summaries.push(run.summary.trimEnd())
  return run
}

const sandbox = await runStep({
  uses: 'OWNER/8x8-sms-log-export/sandbox@v1',
  action: 'sandbox',
  inputs: { files: '2', duration: '1s' },
})
const folder = mkdtempSync(path.join(tmpdir(), 'demo-'))
const logs = path.join(folder, 'sms-logs')
const account = {
  'api-url': sandbox.outputs['api-url'] ?? '',
  'api-key': sandbox.outputs['api-key'] ?? '',
  'subaccount-id': 'acme_sg',
}
/** Keeps an archive of a week, as a run at that time would. */
function syncAt(now: Date): Promise<ActionRun> {
  const firstDay = new Date(Date.now() - 7 * DAY_MS).toISOString().slice(0, 10)
  return runStep({
    uses: 'OWNER/8x8-sms-log-export/sync@v1',
    action: 'sync',
    inputs: { ...account, path: path.join(folder, 'archive'), from: firstDay, 'report-days': '7' },
    env: { NODE_OPTIONS: `--import=${HASTY_TIME}`, TEST_NOW: now.toISOString() },
  })
}

/** What the sandbox has for tests: with its key, its clock can be set. */
async function setSandboxClock(now: Date): Promise<void> {
  const { status } = await fetch(`${account['api-url']}/sandbox`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${account['api-key']}` },
    body: JSON.stringify({ now: now.toISOString().replace(/\.\d+Z$/, 'Z') }),
  })
  if (status !== 204) throw new Error(`The sandbox's clock was not set: ${status}`)
}

try {
  const start = await runStep({
    uses: 'OWNER/8x8-sms-log-export@v1',
    action: 'start',
    inputs: {
      ...account,
      from: 'now-1M/M',
      to: 'now/M',
      'time-zone': 'Asia/Singapore',
      country: 'SG, MY',
    },
  })
  await runStep({
    uses: 'OWNER/8x8-sms-log-export/download@v1',
    action: 'download',
    inputs: { ...account, 'job-id': start.outputs['job-id'] ?? '', path: logs },
  })
  console.log(bold('\n▶ run: head -n 3 *.csv'))
  for (const name of readdirSync(logs)) {
    const [header = '', ...rows] = readFileSync(path.join(logs, name), 'utf8').split('\r\n')
    console.log(`  ${name}`)
    for (const line of [header, ...rows.slice(0, 2)]) console.log(dim(`    ${line.slice(0, 100)}…`))
  }
  await syncAt(new Date())
  const tomorrow = new Date(Date.now() + DAY_MS)
  await setSandboxClock(tomorrow)
  console.log(bold('\n… a day later'))
  await syncAt(tomorrow)
} finally {
  rmSync(folder, { recursive: true })
  const env = Object.fromEntries(
    Object.entries(sandbox.state).map(([name, text]) => [`STATE_${name}`, text]),
  )
  await runStep({
    uses: 'OWNER/8x8-sms-log-export/sandbox@v1',
    action: 'sandbox',
    script: 'post',
    env,
  })
}
// The page shows them when the job is over.
console.log(dim('\nGitHub shows this Markdown as in the picture of README.md.'))
console.log(`\n${bold('Job summary')}\n\n${summaries.join('\n\n')}`)
