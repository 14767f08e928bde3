import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

/** The files that every room may use. */
const GROUND = ['errors.ts', 'sanitize.ts', 'clock.ts', 'step.ts']

/** What each room of src may import from the others, besides the ground and itself. */
const ROOMS: Record<string, string[]> = {
  window: [],
  api: [],
  files: [],
  report: [],
  summary: ['report'],
  archive: ['files', 'report', 'window'],
  inputs: ['window', 'api', 'report/decimal.ts'],
  start: ['window', 'api', 'inputs', 'summary/markdown.ts'],
  download: ['api', 'inputs', 'files', 'report', 'summary'],
  cancel: ['api', 'inputs'],
  sync: ['window', 'api', 'inputs', 'files', 'report', 'summary', 'archive'],
  'merge-reports': ['inputs', 'files', 'report', 'summary'],
  sandbox: ['inputs'],
  runner: ['inputs/fields.ts'],
}

/** Which packages may be imported by whom. */
const PACKAGES: Record<string, string[]> = {
  '@actions/core': ['runner'],
  '@actions/http-client': ['api'],
  '@date-fns/tz': ['window'],
  '@date-fns/utc': ['window', 'sandbox', 'summary', 'archive'],
  'date-fns': ['window', 'sandbox', 'summary', 'archive'],
  'iso-3166': ['inputs', 'sandbox'],
}

/** Entries put the real things together, so they see more than the rooms behind them. */
const ENTRIES: Record<string, string[]> = {
  'start/main.ts': ['runner'],
  'download/main.ts': ['runner'],
  'sync/main.ts': ['runner'],
  'cancel/main.ts': ['runner'],
  'merge-reports/main.ts': ['runner'],
  'report/worker.ts': [],
  'sandbox/main.ts': ['runner'],
  'sandbox/serve.ts': [],
  'sandbox/post.ts': ['runner'],
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(path.sep).join('/'))

function importsOf(file: string): string[] {
  const text = readFileSync(path.join('src', file), 'utf8')
  return [...text.matchAll(/^(?:import|export)\s[^'"]*?from '([^']+)'/gms)].map(([, from]) =>
    String(from),
  )
}

function localImportsOf(file: string): string[] {
  return importsOf(file)
    .filter((from) => from.startsWith('.'))
    .map((from) => path.posix.join(path.posix.dirname(file), from).replace(/\.js$/, '.ts'))
}

function packagesOf(file: string): string[] {
  return importsOf(file)
    .filter((from) => !from.startsWith('.') && !from.startsWith('node:'))
    .map((from) => /^(@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from)
}

/** Every file that a file needs, directly or not. */
function reachedFrom(file: string): Set<string> {
  const reached = new Set<string>()
  const queue = localImportsOf(file)
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    queue.push(...localImportsOf(next))
  }
  return reached
}

const roomOf = (file: string): string => file.split('/')[0] ?? ''

describe('the rooms of src', () => {
  test('import only what each of them may', () => {
    const strangers = files.flatMap((file) => {
      const room = roomOf(file)
      const allowed = [...GROUND, room, ...(ROOMS[room] ?? []), ...(ENTRIES[file] ?? [])]
      return localImportsOf(file)
        .filter((target) => !allowed.includes(target) && !allowed.includes(roomOf(target)))
        .map((target) => `${file} imports ${target}`)
    })

    expect(files.length).toBeGreaterThan(40)
    expect(strangers).toEqual([])
  })

  test('import only packages that each of them may', () => {
    const strangers = files.flatMap((file) =>
      packagesOf(file)
        .filter((name) => !PACKAGES[name]?.includes(roomOf(file)))
        .map((name) => `${file} imports ${name}`),
    )

    expect(strangers).toEqual([])
  })

  test('are in no circle of imports', () => {
    const circular = files.filter((file) => reachedFrom(file).has(file))

    expect(circular).toEqual([])
  })

  test('keep client and sandbox apart', () => {
    const reachedRooms = (entry: string): Set<string> =>
      new Set([...reachedFrom(entry)].map(roomOf))

    for (const action of ['start', 'download', 'cancel']) {
      expect(reachedRooms(`${action}/main.ts`)).not.toContain('sandbox')
    }
    expect(reachedRooms('sandbox/main.ts')).not.toContain('api')
    expect(reachedRooms('sandbox/serve.ts')).not.toContain('api')
    expect(reachedRooms('sandbox/serve.ts')).not.toContain('window')
  })

  test('the ground stands on nothing but Node.js and itself', () => {
    for (const file of GROUND) {
      expect(packagesOf(file)).toEqual([])
      expect(localImportsOf(file).filter((target) => !GROUND.includes(target))).toEqual([])
    }
  })

  test('only api sends HTTP requests, and only the sandbox answers them', () => {
    const speakers = files.filter((file) =>
      importsOf(file).some((from) => /^node:(https?|http2|net|tls)$|^undici$/.test(from)),
    )

    expect(speakers.map(roomOf).filter((room) => room !== 'api' && room !== 'sandbox')).toEqual([])
  })
})
