import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { daysFrom, shiftDay } from '../src/archive/days.js'
import { type HistoryOptions, messagesOfDay, startHistoryApi } from './helpers/history-api.js'
import { launchAction, type RunOptions } from './helpers/run-action.js'
import { API_KEY, withoutSecrets } from './helpers/run-start.js'
import { dataOf, filesOf, manifestOf } from './helpers/run-sync.js'
import { createTemporaryFolder } from './helpers/temporary-folder.js'

/** The environment in which a process has loaded such helpers before the action. */
function preloaded(...names: string[]): { NODE_OPTIONS: string } {
  const files = ['hasty-time', ...names].map((name) =>
    fileURLToPath(new URL(`helpers/${name}.cjs`, import.meta.url)),
  )
  return { NODE_OPTIONS: files.map((file) => `--require ${file}`).join(' ') }
}

const now = '2026-11-27T10:00:00Z'
const yesterday = '2026-11-26'
const from = shiftDay(yesterday, -4)
const days = daysFrom(from, yesterday)

/** Stands in each message that the server has. */
const BODY = 'Your code is 918273'

/** The built action at a server of the test's own, and what has become of its folder. */
async function setUp(options: Partial<HistoryOptions> = {}) {
  const api = await startHistoryApi({
    now: () => Date.parse(now),
    messagesOf: (day) => messagesOfDay(day, 5, { body: `"${BODY}, ""hi"",\r\nbye"` }),
    ...options,
  })
  onTestFinished(() => api.close())
  const folder = createTemporaryFolder()
  const launch = (
    inputs: Record<string, string> = {},
    { env = {}, through = [] }: Pick<RunOptions, 'env' | 'through'> = {},
  ) =>
    launchAction('sync', {
      through,
      inputs: {
        'api-key': API_KEY,
        'subaccount-id': 'acme_sg',
        'api-url': api.url,
        retries: '1',
        path: folder,
        from,
        ...inputs,
      },
      env: { RUNNER_DEBUG: '1', ...preloaded(), TEST_NOW: now, ...env },
    })
  const sync = async (inputs: Record<string, string> = {}) =>
    withoutSecrets(await launch(inputs).ended, ['t0ken-0123456789', BODY, '/messages/download/'])
  return { api, folder, launch, sync }
}

describe('the sync action', () => {
  test('keeps a folder a complete archive, and says how whole it is', async () => {
    const { folder, sync } = await setUp()

    const { exitCode, outputs, summary } = await sync()

    expect(exitCode).toBe(0)
    expect(Object.keys(dataOf(folder))).toEqual(days.map((day) => `data/date=${day}/sms.csv.gz`))
    expect(outputs).toMatchObject({
      path: folder,
      complete: 'true',
      missing: '[]',
      'settled-through': shiftDay(yesterday, -3),
      records: '25',
      unusual: '[]',
    })
    expect(JSON.parse(outputs.changed ?? '')).toEqual(
      days.map((day) => path.join(folder, `data/date=${day}/sms.csv.gz`)),
    )
    expect(JSON.parse(outputs.report ?? '')).toMatchObject({ records: 25, delivered: 25 })
    expect(summary).toContain('acme_sg')
  })

  test('has nothing to do the second time', async () => {
    const { api, folder, sync } = await setUp()
    await sync()
    const requests = api.requests.length
    const before = filesOf(folder)

    const { exitCode, stdout, outputs } = await sync()

    expect(exitCode).toBe(0)
    expect(stdout).toContain('Nothing to export')
    expect(outputs).toMatchObject({ complete: 'true', changed: '[]' })
    expect(api.requests).toHaveLength(requests)
    expect(filesOf(folder)).toEqual(before)
  })

  test('fails with the day that it could not have, and sets all outputs', async () => {
    const bad = shiftDay(yesterday, -1)
    const { folder, sync } = await setUp({
      react: ({ kind, day }) =>
        kind === 'read' && day === bad ? { status: 200, body: '{"status":"failed"}' } : undefined,
    })

    const { exitCode, stdout, outputs } = await sync()

    expect(exitCode).toBe(1)
    expect(stdout).toMatch(new RegExp(`::error::.*${bad}.*failed`))
    expect(outputs).toMatchObject({ complete: 'false', missing: `["${bad}"]`, records: '20' })
    expect(Object.keys(dataOf(folder))).toHaveLength(4)
  })

  test('names every mistake in its inputs in one go', async () => {
    const { api, sync } = await setUp()

    const { exitCode, stdout } = await sync({
      from: 'now',
      settle: '3 days',
      parallel: '17',
      compress: 'zip',
      refresh: '2026-11-07/2026-11-01',
      sparse: 'maybe',
    })

    expect(exitCode).toBe(1)
    for (const input of ['from', 'settle', 'parallel', 'compress', 'refresh', 'sparse']) {
      expect(stdout).toContain(`::error title=Input ${input}::`)
    }
    expect(api.requests).toEqual([])
  })

  test.skipIf(process.platform === 'win32')(
    'cancels its jobs when the runner ends it',
    async () => {
      // A job that is looked at is one whose id has come.
      const known = new Set<string>()
      let bothKnown: () => void = () => undefined
      const bothAreKnown = new Promise<void>((resolve) => {
        bothKnown = resolve
      })
      const { api, launch } = await setUp({
        react: ({ kind, day }) => {
          if (kind !== 'read') return undefined
          known.add(day)
          if (known.size === 2) bothKnown()
          return { status: 200, body: '{"status":"running"}' }
        },
      })
      const running = launch({ parallel: '2' })
      await bothAreKnown

      running.child.kill('SIGTERM')
      const { exitCode, stdout, outputs } = await running.ended

      expect(exitCode).toBe(1)
      expect(stdout).toMatch(/::error::.*SIGTERM/)
      expect(outputs.complete).toBe('false')
      expect(api.requests.filter(({ kind }) => kind === 'cancel').length).toBe(2)
      expect(api.running()).toBe(0)
    },
  )
})

describe('a run that cannot go on ends at once, and says why', () => {
  test('where nobody listens at the address of the API', async () => {
    const { api, sync } = await setUp()
    await api.close()

    const { exitCode, stdout, outputs } = await sync({ from: '2026-06-01', retries: '2' })

    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^::error::.*ECONNREFUSED.*2026-06-01 to 2026-11-26/m)
    expect(stdout.match(/repeat \d of 2/g)).toHaveLength(2)
    expect(JSON.parse(outputs.missing ?? '')).toHaveLength(179)
  })

  test('where the action has a bug', async () => {
    const { api, folder, launch } = await setUp({
      react: ({ kind, day }) =>
        kind === 'read' && day > '2026-11-24'
          ? { status: 200, body: '{"status":"running"}' }
          : undefined,
    })

    const { exitCode, killedBy, stdout, outputs } = await launch(
      { parallel: '3' },
      { env: preloaded('broken-gzip') },
    ).ended

    expect([exitCode, killedBy]).toEqual([1, null])
    expect(stdout).toMatch(/^::error::.*bug.*packer is not defined/m)
    expect(JSON.parse(outputs.missing ?? '')).toContain(yesterday)
    expect(api.running()).toBe(0)
    expect(Object.keys(filesOf(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test.skipIf(process.platform === 'win32')('where its files cannot be looked at', async () => {
    const { folder, sync } = await setUp()
    await sync()
    rmSync(path.join(folder, 'data'), { recursive: true })
    symlinkSync('data', path.join(folder, 'data'))

    const { exitCode, killedBy, stdout } = await sync()

    expect([exitCode, killedBy]).toEqual([1, null])
    expect(stdout).toMatch(/^::error::.*ELOOP/m)
    expect(stdout).not.toContain('This is a bug')
  })
})

describe.skipIf(process.platform === 'win32')(
  'a sync that is killed while it replaces a settled day',
  () => {
    /** Of the same length each time, so that the size of a file that is not packed says nothing. */
    const setUpVersions = async () => {
      const version = { number: 1 }
      const archive = await setUp({
        messagesOf: (day) => messagesOfDay(day, 5, { body: `version ${version.number}` }),
      })
      const inputs = { compress: 'none' }
      await archive.sync(inputs)
      version.number = 2
      const file = `data/date=${from}/sms.csv`
      const dayOf = () =>
        manifestOf(archive.folder).resources.find(({ date }: { date: string }) => date === from)
      return { ...archive, inputs, file, dayOf }
    }

    test.each([
      ['before', 'sms.csv', 'version 1'],
      ['after', 'sms.csv', 'version 2'],
      ['after', `${from}.json`, 'version 2'],
    ])(
      '%s the rename to %s has marked it as not settled, and the next run exports it',
      async (...at) => {
        const [moment, name, found] = at
        const { folder, inputs, launch, sync, file, dayOf } = await setUpVersions()
        const settledBefore = dayOf().settled

        const { killedBy } = await launch(
          { ...inputs, refresh: from },
          { env: { ...preloaded('kill-at-rename'), TEST_KILL: `${moment} ${name}` } },
        ).ended
        const left = [dayOf().settled, dataOf(folder)[file]]
        const next = await sync(inputs)

        expect(killedBy).toBe('SIGKILL')
        expect(settledBefore).toBe(true)
        expect(left).toEqual([false, expect.stringContaining(found)])
        expect(next.exitCode).toBe(0)
        expect(dataOf(folder)[file]).toContain('version 2')
        expect(dayOf()).toMatchObject({ settled: true, hash: sha256Of(path.join(folder, file)) })
        expect(Object.keys(filesOf(folder)).filter((one) => one.endsWith('.part'))).toEqual([])
      },
    )
  },
)

describe('a disk that is full', () => {
  const added = shiftDay(from, -1)

  test.each([
    ['sms.csv.gz', 'a data file'],
    [`${added}.json`, 'a report'],
    ['datapackage.json', 'the manifest'],
  ])('when %s is written, %s, fails the step, and what was there stays', async (name) => {
    const { folder, launch, sync } = await setUp()
    await sync()
    const before = filesOf(folder)

    const full = await launch(
      { from: added },
      { env: { ...preloaded('full-disk'), TEST_FULL: name } },
    ).ended
    const after = filesOf(folder)
    const next = await sync({ from: added })

    expect([full.exitCode, full.killedBy]).toEqual([1, null])
    expect(full.stdout).toMatch(/^::error::.*ENOSPC/m)
    expect(full.outputs).toMatchObject({ complete: 'false', missing: `["${added}"]` })
    expect(after).toMatchObject(before)
    expect(Object.keys(after).filter((one) => one.endsWith('.part'))).toEqual([])
    expect(next.exitCode).toBe(0)
    expect(next.outputs.complete).toBe('true')
    expect(Object.keys(dataOf(folder))).toHaveLength(6)
  })

  test('when an archive begins leaves nothing', async () => {
    const { api, folder, launch } = await setUp()

    const { exitCode, stdout, outputs } = await launch(
      {},
      { env: { ...preloaded('full-disk'), TEST_FULL: 'datapackage.json' } },
    ).ended

    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^::error::.*ENOSPC/m)
    expect(outputs.complete).toBe('false')
    expect(api.requests).toEqual([])
    expect(filesOf(folder)).toEqual({})
  })
})

/** A process of such a run sees no other, and each is number 1, as in two containers. */
const IN_CONTAINER = ['unshare', '-pf', '--mount-proc']
const hasContainers = spawnSync('unshare', ['-pf', '--mount-proc', 'true']).status === 0

describe.each([
  { where: 'on one host', through: [] },
  ...(hasContainers ? [{ where: 'in two containers', through: IN_CONTAINER }] : []),
])('a sync beside one that is writing a file, $where,', ({ through }) => {
  /** One that has half of a day's file while another begins and ends. */
  async function interleave(others: Record<string, string>) {
    let [halfway, release] = [(): void => undefined, (): void => undefined]
    const isHalfway = new Promise<void>((resolve) => {
      halfway = resolve
    })
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let files = 0
    const { folder, launch, sync } = await setUp({
      hold: ({ kind }) => {
        files += kind === 'file' ? 1 : 0
        if (kind !== 'file' || files !== days.length + 1) return undefined
        halfway()
        return released
      },
    })
    await sync()
    const first = launch({ refresh: from }, { through })
    await isHalfway
    const second = await launch(others, { through }).ended
    const between = filesOf(folder)
    release()
    const runs = [second, await first.ended]
    return { folder, runs, between, last: await sync() }
  }

  test('and has nothing to do, leaves both whole', async () => {
    const { folder, runs, between } = await interleave({})

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    expect(Object.keys(between)).toEqual(expect.arrayContaining(Object.keys(filesOf(folder))))
    expect(manifestOf(folder).resources[0].hash).toBe(
      sha256Of(path.join(folder, `data/date=${from}/sms.csv.gz`)),
    )
    expect(Object.keys(filesOf(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('and writes the same day, is the one that counts', async () => {
    const { folder, runs, last } = await interleave({ refresh: from })

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 1])
    expect(runs[1]?.stdout).toMatch(/^::error::.*changed the archive/m)
    expect(last.exitCode).toBe(0)
    expect(Object.keys(dataOf(folder))).toHaveLength(days.length)
    expect(Object.keys(filesOf(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  })
})

describe('two syncs at once in one folder', () => {
  test('damage nothing, say so where they meet, and one run alone makes it whole', async () => {
    const first = shiftDay(yesterday, -11)
    let begun = 0
    const { api, folder, launch, sync } = await setUp({
      ...{ polls: 1, fileMs: 100, parts: 2 },
      // The first day is not done before both have begun it.
      react: ({ kind, day, count }) => {
        if (day !== first) return undefined
        if (kind === 'start') begun = count
        const waits = kind === 'read' && begun < 2
        return waits ? { status: 200, body: '{"status":"running"}' } : undefined
      },
    })
    const inputs = { from: first, parallel: '2' }

    const one = launch(inputs)
    // Of two that begin an archive at once, the later one may fail before it has asked for anything.
    await one.logged('to export')
    const runs = await Promise.all([one.ended, launch(inputs).ended])
    const starts = api.requests.filter(({ kind }) => kind === 'start').length
    const last = await sync(inputs)
    const alone = createTemporaryFolder()
    await sync({ ...inputs, path: alone })

    // Both were at work at the same time.
    expect(starts).toBeGreaterThan(12)
    for (const { exitCode, stdout } of runs) {
      if (exitCode !== 0) expect(stdout).toMatch(/^::error::.*changed the archive/m)
    }
    expect(last.exitCode).toBe(0)
    expect(last.outputs.complete).toBe('true')
    expect(Object.keys(filesOf(folder))).toEqual(Object.keys(filesOf(alone)))
    const hashesIn = (archive: string) =>
      Object.keys(dataOf(archive)).map((name) => [name, sha256Of(path.join(archive, name))])
    const hashesOf = (archive: string) =>
      manifestOf(archive).resources.map((one: { path: string; hash: string }) => [
        one.path,
        one.hash,
      ])
    expect(hashesIn(folder)).toEqual(hashesIn(alone))
    expect(hashesOf(folder)).toEqual(hashesIn(folder))
  })
})

function sha256Of(file: string): string {
  return `sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`
}

/** A Python that has a module; undefined where there is none. */
function pythonWith(module: string): string | undefined {
  const candidates = [process.env.SYNC_PYTHON, 'python3', 'python'].filter(
    (one) => one !== undefined,
  )
  return candidates.find((python) => spawnSync(python, ['-c', `import ${module}`]).status === 0)
}

describe('other programs', () => {
  const frictionless = pythonWith('frictionless')
  const duckdb = pythonWith('duckdb')
  const hasSha256sum = spawnSync('sh', ['-c', 'command -v jq sha256sum']).status === 0

  test.skipIf(!frictionless)(
    'frictionless finds the archive whole, and a changed byte',
    async () => {
      const { folder, sync } = await setUp()
      await sync()
      await sync({ compress: 'none', from: shiftDay(from, -1) })
      const validate = () =>
        spawnSync(frictionless ?? '', ['-m', 'frictionless', 'validate', 'datapackage.json'], {
          cwd: folder,
          encoding: 'utf8',
        })

      expect(validate()).toMatchObject({ status: 0 })

      const file = path.join(folder, `data/date=${from}/sms.csv.gz`)
      writeFileSync(
        file,
        gzipSync(`${dataOf(folder)[`data/date=${from}/sms.csv.gz`]}`.replace('hi', 'HI')),
      )
      const changed = validate()
      expect(changed.status).not.toBe(0)
      expect(changed.stdout).toContain('hash')
    },
  )

  test.skipIf(!hasSha256sum)(
    "the document's line of shell finds a byte that was changed, which sync does not see",
    async () => {
      const { folder, sync } = await setUp()
      await sync()
      const [, line = ''] =
        /^```sh\n(.*sha256sum.*)\n```$/m.exec(readFileSync('docs/archive.md', 'utf8')) ?? []
      const check = () => spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' })
      const name = `data/date=${from}/sms.csv.gz`
      expect(check()).toMatchObject({ status: 0, stdout: '' })

      const bytes = readFileSync(path.join(folder, name))
      bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20)
      writeFileSync(path.join(folder, name), bytes)
      const changed = check()
      const idle = await sync()
      await sync({ refresh: from })

      expect(changed.status).not.toBe(0)
      expect(changed.stdout).toContain(name)
      expect(idle.stdout).toContain('Nothing to export')
      expect(check()).toMatchObject({ status: 0, stdout: '' })
    },
  )

  test.skipIf(!duckdb)('DuckDB reads the data with the date as a column', async () => {
    const { folder, sync } = await setUp()
    await sync()
    await sync({ compress: 'none', from: shiftDay(from, -1) })
    const query =
      "SELECT date, count(*), min(body) FROM read_csv('data/*/*.csv*', hive_partitioning = true, all_varchar = true, union_by_name = true) GROUP BY date ORDER BY date"

    const { stdout } = spawnSync(
      duckdb ?? '',
      [
        '-c',
        `import duckdb; [print(*row, sep='|') for row in duckdb.sql("""${query}""").fetchall()]`,
      ],
      { cwd: folder, encoding: 'utf8' },
    )

    const rows = [...stdout.matchAll(/^(\d{4}-\d\d-\d\d)\|(\d+)\|/gm)].map(([, day, count]) => [
      day,
      Number(count),
    ])
    expect(rows).toEqual(daysFrom(shiftDay(from, -1), yesterday).map((day) => [day, 5]))
    expect(stdout.replaceAll('\r', '')).toContain(`${BODY}, "hi",\nbye`)
  })
})

test('what somebody else has put into the manifest stays', async () => {
  const { folder, sync } = await setUp()
  await sync()
  const file = path.join(folder, 'datapackage.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(
    file,
    JSON.stringify({ ...manifest, title: 'Ours', licenses: [{ name: 'private' }] }),
  )
  appendFileSync(file, '\n')

  await sync({ from: shiftDay(from, -1) })

  expect(manifestOf(folder)).toMatchObject({ title: 'Ours', licenses: [{ name: 'private' }] })
  expect(manifestOf(folder).resources).toHaveLength(6)
})
