import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { shiftDay } from '../../src/archive/days.js'
import { parseManifest } from '../../src/archive/manifest.js'
import { messagesOfDay, startHistoryApi } from './history-api.js'
import { type ActionRun, launchAction } from './run-action.js'
import { withSlashes } from './run-sync.js'

const owner = { subaccountId: 'acme_sg', region: 'asia-pacific' }
const now = '2026-11-27T10:00:00Z'
const yesterday = '2026-11-26'
const hastyTime = fileURLToPath(new URL('hasty-time.cjs', import.meta.url))

export interface KillOptions {
  readonly kills: number
  readonly seed: number
  /** An empty folder for the archive, and one for that of a run that nobody disturbs. */
  readonly folder: string
  readonly undisturbedFolder: string
}

export interface KillResult {
  /** Runs that were killed before their end, and those that were quicker. */
  readonly killed: number
  readonly ended: number
  /** How often a reader has looked at the whole archive meanwhile, and what it saw that was not whole. */
  readonly looks: number
  readonly faults: readonly string[]
  readonly last: ActionRun
  /** The files of both archives, with their bytes in hexadecimal. */
  readonly files: Readonly<Record<string, string>>
  readonly undisturbed: Readonly<Record<string, string>>
}

/**
 * Kills syncs at random moments, while a reader looks at the archive all the time: half of the kills
 * while days are new, the others while all of them are replaced. Then a run is left alone.
 */
export async function killSyncs(options: KillOptions): Promise<KillResult> {
  const { kills, seed, folder, undisturbedFolder } = options
  const random = randomFrom(seed)
  const first = shiftDay(yesterday, -11)
  let version = 1
  const body = () => `version ${version} `.repeat(30)
  const api = await startHistoryApi({
    messagesOf: (day) => messagesOfDay(day, 400, { body: body() }),
    now: () => Date.parse(now),
    parts: 2,
    fileMs: 20,
    polls: 1,
  })
  const launch = (target: string, refresh = '') =>
    launchAction('sync', {
      inputs: {
        'api-key': 'kEy-0123456789',
        'subaccount-id': owner.subaccountId,
        'api-url': api.url,
        path: target,
        from: first,
        refresh,
        'report-days': '0',
      },
      env: { NODE_OPTIONS: `--require ${hastyTime}`, TEST_NOW: now },
    })

  const reader = new Reader(folder)
  let killed = 0
  let ended = 0
  try {
    version = 2
    const begunAt = Date.now()
    await launch(undisturbedFolder).ended
    /** How long a run takes, in ms: kills come within that. */
    let wholeMs = Date.now() - begunAt
    for (let kill = 0; kill < kills; kill++) {
      const isReplacing = kill >= kills / 2
      version = isReplacing ? 2 : 1
      reader.versions = isReplacing ? [1, 2] : [1]
      const startedAt = Date.now()
      const { child, ended: end } = launch(folder, isReplacing ? `${first}/${yesterday}` : '')
      const timer = setTimeout(() => child.kill('SIGKILL'), 100 + random() * wholeMs)
      const run = await end
      clearTimeout(timer)
      if (run.killedBy === 'SIGKILL') killed += 1
      else {
        ended += 1
        wholeMs = Math.max(300, Date.now() - startedAt)
        if (run.exitCode !== 0) reader.faults.push(`a run failed: ${run.stdout.slice(-500)}`)
      }
    }
    const last = await launch(folder, `${first}/${yesterday}`).ended
    reader.stop()
    const [files, undisturbed] = [bytesOf(folder), bytesOf(undisturbedFolder)]
    return { killed, ended, looks: reader.looks, faults: reader.faults, last, files, undisturbed }
  } finally {
    reader.stop()
    await api.close()
  }
}

/** Whoever reads the archive at any moment: each file under its name has to be whole. */
class Reader {
  versions = [1]
  looks = 0
  readonly faults: string[] = []
  readonly #folder: string
  #timer: NodeJS.Immediate | NodeJS.Timeout

  constructor(folder: string) {
    this.#folder = folder
    this.#timer = setTimeout(() => this.#look(), 5)
  }

  stop(): void {
    clearTimeout(this.#timer as NodeJS.Timeout)
  }

  #look(): void {
    this.looks += 1
    for (const name of namesIn(this.#folder)) {
      if (name.endsWith('.part')) continue
      try {
        this.#check(name, readFileSync(path.join(this.#folder, name)))
      } catch (error) {
        this.faults.push(`${name}: ${error}`)
      }
    }
    this.#timer = setTimeout(() => this.#look(), 5)
  }

  #check(name: string, bytes: Buffer): void {
    if (name === 'datapackage.json') parseManifest(bytes.toString(), owner)
    else if (name.endsWith('.json')) JSON.parse(bytes.toString())
    else {
      const rows = gunzipSync(bytes).toString().split('\r\n').slice(1, -1)
      const isOneVersion = this.versions.some((version) =>
        rows.every((row) => row.includes(`,version ${version} version`)),
      )
      if (rows.length !== 400 || !isOneVersion)
        throw new Error(`${rows.length} rows, or mixed ones`)
    }
  }
}

function namesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => withSlashes(path.relative(folder, path.join(entry.parentPath, entry.name))))
    .sort()
}

function bytesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    namesIn(folder).map((name) => [name, readFileSync(path.join(folder, name)).toString('hex')]),
  )
}

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
