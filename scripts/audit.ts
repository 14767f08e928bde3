// Asks the registry for known vulnerabilities, of severity moderate or above, in the packages that dist
// may hold, and fails at one. With --all it also warns of those in packages that only build, test or
// measure, which no runner is sent. A registry that gives no answer is warned of, as that says nothing
// of the code; where AUDIT_MUST_ANSWER is true, as for a release, it fails.
// Usage: node scripts/audit.ts [--all]
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'

const SEVERITIES = ['critical', 'high', 'moderate']

/** Each package of its own with a lock file, and what of it is asked about. */
const LOCKS = [
  { folder: '.', options: ['--omit=dev'], isShipped: true },
  { folder: '.', options: [], isShipped: false },
  { folder: 'bench', options: [], isShipped: false },
  { folder: 'mutation', options: [], isShipped: false },
]

interface Advisory {
  name: string
  severity: string
  title: string
  url: string
}

/** The part of `npm audit --json` that is needed here. */
interface Audit {
  metadata: { vulnerabilities: Record<string, number>; dependencies: { prod: number } }
  /** By package; a text in `via` names another package that it is weak through. */
  vulnerabilities: Record<string, { via: (Advisory | string)[] }>
}

/** How npm is run without a shell: on Windows `npm` is a script that only a shell can run. */
function npm(...args: string[]): [string, string[]] {
  const besideNode = path.join(path.dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js')
  const cli = [process.env.npm_execpath ?? '', besideNode].find(
    (file) => path.basename(file) === 'npm-cli.js' && existsSync(file),
  )
  return cli ? [process.execPath, [cli, ...args]] : ['npm', args]
}

async function audit(folder: string, options: readonly string[]): Promise<Audit | string> {
  try {
    const [command, args] = npm('audit', '--json', ...options)
    const child = spawn(command, args, { cwd: folder, timeout: 60_000 })
    const failed = new Promise<never>((_, reject) => child.once('error', reject))
    const both = Promise.all([text(child.stdout), text(child.stderr)])
    const [stdout, stderr] = await Promise.race([both, failed])
    const answer = stdout ? JSON.parse(stdout) : { message: stderr.trim() }
    return answer.metadata?.vulnerabilities ? answer : (answer.message ?? 'no reason given')
  } catch (error) {
    return error instanceof Error ? error.message : 'no reason given'
  }
}

const mustAnswer = process.env.AUDIT_MUST_ANSWER === 'true'
const locks = LOCKS.filter(({ isShipped }) => isShipped || process.argv.includes('--all'))
const seen = new Set<string>()
const audits = await Promise.all(locks.map(({ folder, options }) => audit(folder, options)))
const unanswered = audits.find((answer) => typeof answer === 'string')
if (unanswered !== undefined) {
  const level = mustAnswer ? 'error' : 'warning'
  console.log(
    `::${level} title=npm audit::Not known, as the registry gave no answer: ${unanswered}`,
  )
  if (mustAnswer) process.exitCode = 1
}
for (const [index, answer] of audits.entries()) {
  if (typeof answer === 'string') continue
  const { isShipped = false, folder = '' } = locks[index] ?? {}
  const found = Object.values(answer.vulnerabilities)
    .flatMap(({ via }) => via.filter((advisory) => typeof advisory !== 'string'))
    .filter(({ severity }) => SEVERITIES.includes(severity))
  for (const { name, severity, title, url } of found) {
    if (seen.has(`${name} ${url}`)) continue
    seen.add(`${name} ${url}`)
    const level = isShipped ? 'error' : 'warning'
    const where = isShipped
      ? ''
      : ` (no part of dist; locked in ${path.join(folder, 'package-lock.json')})`
    console.log(
      `::${level} title=npm audit::${name}, severity ${severity}: ${title}, ${url}${where}`,
    )
  }
  if (!isShipped) continue
  if (found.length > 0) process.exitCode = 1
  else
    console.log(`None of ${answer.metadata.dependencies.prod} packages is known to be that weak.`)
}
