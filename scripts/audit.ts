// Asks the registry for known weaknesses in the packages that dist may hold, and fails at one of
// severity moderate or above. A registry that gives no answer fails nothing, as it says nothing of
// the code: it is warned of.
// Usage: node scripts/audit.ts
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

const SEVERITIES = ['critical', 'high', 'moderate']

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

function runAudit(): Audit | string {
  const { stdout, stderr, error } = spawnSync(...npm('audit', '--omit=dev', '--json'), {
    encoding: 'utf8',
    timeout: 60_000,
  })
  try {
    const answer = JSON.parse(stdout)
    return answer.metadata?.vulnerabilities ? answer : (answer.message ?? 'no reason given')
  } catch {
    return error?.message ?? stderr.trim()
  }
}

const audit = runAudit()
if (typeof audit === 'string') {
  console.log(`::warning title=npm audit::Not known, as the registry gave no answer: ${audit}`)
} else {
  const found = Object.values(audit.vulnerabilities)
    .flatMap(({ via }) => via.filter((advisory) => typeof advisory !== 'string'))
    .filter(({ severity }) => SEVERITIES.includes(severity))
  for (const { name, severity, title, url } of found) {
    console.log(`::error title=npm audit::${name}, severity ${severity}: ${title}, ${url}`)
  }
  if (found.length > 0) process.exitCode = 1
  else console.log(`None of ${audit.metadata.dependencies.prod} packages is known to be that weak.`)
}
