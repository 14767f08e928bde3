import { spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parse } from 'yaml'
import { requireFreshDist } from '../../scripts/sources.js'

requireFreshDist(process.cwd())

const MAX_RUN_MS = 50_000
const STAND_INS = path.resolve('__tests__/stand-ins')
const PROJECT = 'OWNER/8x8-sms-log-export'

/** act runs workflows on this machine; where it is not installed, they cannot be run. */
export const hasAct = spawnSync('act', ['--version']).status === 0

export interface Job {
  permissions?: Record<string, string>
  /** Another workflow, in the place of steps. */
  uses?: string
  with?: Record<string, unknown>
  secrets?: Record<string, string>
  steps?: Step[]
}

interface Step {
  uses?: string
  run?: string
  with?: Record<string, unknown>
}

export interface Workflow {
  jobs: Record<string, Job>
}

export const readWorkflow = (file: string): Workflow => parse(readFileSync(file, 'utf8'))

/** The steps of all jobs of a workflow, and of the workflow of ours that one of them calls. */
function stepsOf(file: string): Step[] {
  return Object.values(readWorkflow(file).jobs).flatMap(({ uses, steps = [] }) => {
    const [, called] = new RegExp(`^${PROJECT}/(.+)@v1$`).exec(uses ?? '') ?? []
    return called ? stepsOf(called) : steps
  })
}

/** What a step uses, as `owner/name@ref`, of other people's; undefined for our own and checkout. */
export function foreignAction(uses = ''): string | undefined {
  const isOurs = uses === '' || uses.startsWith(PROJECT) || uses.startsWith('./')
  // act leaves out the checkout of the repository that it stands in.
  return isOurs || uses.startsWith('actions/checkout@') ? undefined : uses
}

/** Where the stand-in of an action is. */
export function standInOf(uses: string): string {
  return path.join(STAND_INS, uses.replace(/@.*$/, ''))
}

/** What a runner downloads of this repository, without all that stands beside it here. */
export function publish(): { folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'published-'))
  const actions = ['action.yml', 'download', 'cancel', 'merge-reports', 'sandbox', 'sync', 'dist']
  for (const part of [...actions, '.github/workflows/export.yml']) {
    cpSync(part, path.join(folder, part), { recursive: true })
  }
  return { folder, remove: () => rmSync(folder, { recursive: true }) }
}

/** A repository of someone who has copied an example, with the remote that it pushes to. */
export class UserRepository {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'user-repository-'))
  /** What the stand-in of upload-artifact keeps: a folder for each artifact. */
  readonly artifacts = path.join(this.folder, 'artifacts')
  /** What the stand-ins of the clouds' programs keep: a folder for each bucket. */
  readonly buckets = path.join(this.folder, 'buckets')
  readonly remote = path.join(this.folder, 'remote.git')
  readonly workTree = path.join(this.folder, 'work')

  /** An archive's first day is so many days ago: one of half a year takes some minutes. */
  constructor(example: string, days = 4) {
    mkdirSync(this.artifacts)
    mkdirSync(this.buckets)
    this.git(this.folder, 'init', '--quiet', '--bare', '--initial-branch=main', this.remote)
    this.git(this.folder, 'init', '--quiet', '--initial-branch=main', this.workTree)
    const workflows = path.join(this.workTree, '.github/workflows')
    mkdirSync(workflows, { recursive: true })
    const text = readFileSync(path.join('examples', example), 'utf8')
    const firstDay = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
    writeFileSync(
      path.join(workflows, example),
      text.replace('from: 2026-06-01', `from: ${firstDay}`),
    )
    const author = ['-c', 'user.name=acme', '-c', 'user.email=acme@example.com']
    this.git(this.workTree, 'add', '.')
    this.git(this.workTree, ...author, 'commit', '--quiet', '--message', 'Copy an example')
    this.git(this.workTree, 'remote', 'add', 'origin', 'https://github.com/acme/logs.git')
    this.git(
      this.workTree,
      'config',
      `url.${this.remote}.insteadOf`,
      'https://github.com/acme/logs.git',
    )
    this.git(this.workTree, 'config', 'branch.main.remote', 'origin')
    this.git(this.workTree, 'config', 'branch.main.merge', 'refs/heads/main')
  }

  git(folder: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' })
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
    return stdout
  }

  /** The texts of all files in its artifacts, by `artifact/file`. */
  readArtifacts(): Record<string, string> {
    return Object.fromEntries(
      readdirSync(this.artifacts, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
        .map((file) => [path.relative(this.artifacts, file), readFileSync(file, 'utf8')]),
    )
  }

  /** The files in the buckets in the order in which they were written, and forgets that. */
  takeWritten(): string[] {
    const file = path.join(this.buckets, 'order.txt')
    const written = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
    rmSync(file, { force: true })
    return written
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}

export interface WorkflowRun {
  /** The event, and other arguments of act. */
  readonly event: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly secrets?: Readonly<Record<string, string>>
  readonly vars?: Readonly<Record<string, string>>
  /** Takes the place of this repository's v1. */
  readonly published: string
  /** The repository that it runs in. */
  readonly cwd: string
  /** Cancels the run when its log holds this text. */
  readonly cancelAt?: string
}

/** Runs a workflow as a runner would; `file` is relative to `cwd`. */
export function runWorkflow(
  file: string,
  { event, env, secrets = {}, vars = {}, published, cwd, cancelAt }: WorkflowRun,
): Promise<{ exitCode: number | null; log: string }> {
  const pairs = (flag: string, settings: Readonly<Record<string, string>>): string[] =>
    Object.entries(settings).flatMap(([name, value]) => [flag, `${name}=${value}`])
  const uses = stepsOf(path.join(cwd, file)).flatMap((step) => foreignAction(step.uses) ?? [])
  const standIns = [...new Set(uses)].filter((action) => existsSync(standInOf(action)))
  const child = spawn(
    'act',
    [
      ...event,
      ...['-W', file, '-P', 'ubuntu-latest=-self-hosted', '-P', 'self-hosted=-self-hosted'],
      ...['--local-repository', `${PROJECT}@v1=${published}`],
      ...standIns.flatMap((action) => ['--local-repository', `${action}=${standInOf(action)}`]),
      ...pairs('-s', { GITHUB_TOKEN: 'a-token-of-the-run', ...secrets }),
      ...pairs('--var', vars),
      ...pairs('--env', env),
    ],
    {
      cwd,
      // act takes the Node.js that stands first for the one of `node24`.
      env: {
        ...process.env,
        PATH: [path.join(STAND_INS, 'bin'), path.dirname(process.execPath), process.env.PATH].join(
          path.delimiter,
        ),
      },
      timeout: MAX_RUN_MS,
    },
  )
  let log = ''
  let isCancelled = false
  const hear = (text: unknown): void => {
    log += text
    if (cancelAt === undefined || isCancelled || !log.includes(cancelAt)) return
    isCancelled = true
    child.kill('SIGINT')
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, log }))
  })
}
