import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Clock, systemClock } from '../../src/clock.js'
import { readSyncRequest } from '../../src/sync/inputs.js'
import { type Connect, connectTo, syncArchive } from '../../src/sync/sync.js'
import { RecordedStep } from './recorded-step.js'
import { validInputs } from './valid-inputs.js'

/** Waits are so much shorter than they say. */
const HASTE = 50

/** What is cut off after so long or less is cut off as late as it says, whatever the machine does. */
const SHORT_MS = 10_000

/** A clock that says what time it is, and in which waits are short. */
export function hastyClock(now: () => number): Clock {
  return {
    now,
    uptime: () => performance.now() * HASTE,
    sleep: (ms, signal) => systemClock.sleep(ms / HASTE, signal),
    countdown: (ms, onEnd) => systemClock.countdown(ms > SHORT_MS ? ms / HASTE : ms, onEnd),
  }
}

export interface SyncRunOptions {
  readonly url: string
  readonly folder: string
  /** The runner's time. */
  readonly now: number
  readonly inputs?: Readonly<Record<string, string>>
  readonly step?: RecordedStep
  /** Puts something in front of the client. */
  readonly around?: (client: ReturnType<Connect>) => ReturnType<Connect>
}

export interface SyncRunResult {
  readonly step: RecordedStep
  readonly error: unknown
  /** Of outputs that are JSON. */
  readonly outputs: { complete: boolean; changed: string[]; missing: string[]; unusual: unknown[] }
  readonly settledThrough: string
}

/** The sync action from its sources, at a server and a time of a test's own. */
export async function runSync(options: SyncRunOptions): Promise<SyncRunResult> {
  const {
    url,
    folder,
    now,
    inputs = {},
    step = new RecordedStep(),
    around = (client) => client,
  } = options
  const clock = hastyClock(() => now)
  const raw = {
    ...validInputs,
    'api-url': url,
    retries: '0',
    'request-timeout': '1h',
    path: folder,
    'report-days': '0',
    ...inputs,
  }
  let error: unknown
  try {
    const request = readSyncRequest(raw, { cwd: folder, home: folder }, now)
    const connect = connectTo(request.connection, { clock, step, random: () => 0.5 })
    await syncArchive(request, { connect: (...to) => around(connect(...to)), clock, step })
  } catch (thrown) {
    error = thrown
  }
  const { outputs } = step
  const json = (name: string) => JSON.parse(outputs[name] || '[]')
  return {
    step,
    error,
    outputs: {
      complete: outputs.complete === 'true',
      changed: json('changed').map((file: string) => withSlashes(path.relative(folder, file))),
      missing: json('missing'),
      unusual: json('unusual'),
    },
    settledThrough: outputs['settled-through'] ?? '',
  }
}

/** A path as it is written on each system but Windows. */
export const withSlashes = (file: string): string => file.split(path.sep).join('/')

/** All that is in an archive, hidden files too, by its path; what is packed is unpacked. */
export function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
  return Object.fromEntries(
    names.map((name) => {
      const bytes = readFileSync(path.join(folder, name))
      const text = name.endsWith('.gz') ? gunzipSync(bytes) : bytes
      return [withSlashes(name), text.toString()]
    }),
  )
}

/** The same of the days' data alone. */
export function dataOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filesOf(folder)).filter(([name]) => name.startsWith('data/')),
  )
}

/** What the manifest says. */
export function manifestOf(folder: string) {
  return JSON.parse(readFileSync(path.join(folder, 'datapackage.json'), 'utf8'))
}
