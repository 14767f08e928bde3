import { once } from 'node:events'
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ConnectionError } from '../../src/api/errors.js'
import type { ExportFilter } from '../../src/api/job.js'
import { daysFrom } from '../../src/archive/days.js'
import { InterruptedError, StepError } from '../../src/errors.js'
import type { Connect } from '../../src/sync/sync.js'
import {
  type HistoryApi,
  type HistoryOptions,
  LOG_HEADER,
  type Message,
  messagesOfDay,
  startHistoryApi,
} from '../helpers/history-api.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { dataOf, filesOf, manifestOf, runSync } from '../helpers/run-sync.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

const HOUR_MS = 3_600_000
const NOW = Date.parse('2026-11-27T10:00:00Z')
/** Five days, of which the last three are not settled. */
const FROM = '2026-11-22'

/** An API and an empty folder; what differs is named. */
async function setUp(options: Partial<HistoryOptions> = {}) {
  let now = NOW
  const api = await startHistoryApi({
    messagesOf: (day) => messagesOfDay(day, 5),
    now: () => now,
    ...options,
  })
  onTestFinished(() => api.close())
  const folder = createTemporaryFolder()
  const sync = (inputs: Record<string, string> = {}, step = new RecordedStep()) =>
    runSync({ url: api.url, folder, now, inputs: { from: FROM, ...inputs }, step })
  const later = (ms: number) => {
    now += ms
  }
  return { api, folder, sync, later, at: () => ({ url: api.url, folder, now }) }
}

const started = ({ requests }: HistoryApi): string[] =>
  requests.filter(({ kind }) => kind === 'start').map(({ day }) => day)

const rowsOf = (text = ''): string[] => text.split('\r\n').slice(1, -1)

describe('a first run', () => {
  test('has a file for each day that is over, a report, and a manifest that names them', async () => {
    const { folder, sync } = await setUp()

    const { error, outputs, settledThrough } = await sync()

    expect(error).toBeUndefined()
    const days = daysFrom(FROM, '2026-11-26')
    expect(Object.keys(filesOf(folder))).toEqual([
      ...days.map((day) => `data/date=${day}/sms.csv.gz`),
      'datapackage.json',
      ...days.map((day) => `reports/${day}.json`),
    ])
    expect(outputs).toMatchObject({ complete: true, missing: [] })
    expect(outputs.changed).toEqual(days.map((day) => `data/date=${day}/sms.csv.gz`))
    expect(settledThrough).toBe('2026-11-23')
    expect(manifestOf(folder).resources.map(({ date }: { date: string }) => date)).toEqual(days)
  })

  test('begins with a manifest of no day, and a notice, before it asks for anything', async () => {
    const { folder, sync } = await setUp({
      react: () => ({ status: 401, body: '{"code":1200,"message":"Said by the API"}' }),
    })
    const step = new RecordedStep()

    await sync({}, step)

    expect(Object.keys(filesOf(folder))).toEqual(['datapackage.json'])
    expect(manifestOf(folder).resources).toEqual([])
    expect(step.events.filter((event) => event.startsWith('notice'))).toEqual([
      expect.stringMatching(/no archive/),
    ])
  })

  test('asks for the oldest day first', async () => {
    const { api, sync } = await setUp()

    await sync({ parallel: '1' })

    expect(started(api)).toEqual(daysFrom(FROM, '2026-11-26'))
  })

  test('has days without records apart, and without a file', async () => {
    const { folder, sync } = await setUp({
      messagesOf: (day) => (day === '2026-11-24' ? [] : messagesOfDay(day, 5)),
    })

    const { outputs } = await sync()

    expect(outputs.complete).toBe(true)
    expect(manifestOf(folder).daysWithoutRecords).toMatchObject([
      { date: '2026-11-24', records: 0, pending: 0 },
    ])
    expect(dataOf(folder)['data/date=2026-11-24/sms.csv.gz']).toBeUndefined()
  })

  test('begins in no folder that has data and no manifest', async () => {
    const { api, folder, sync } = await setUp()
    mkdirSync(path.join(folder, 'data', 'date=2026-11-22'), { recursive: true })

    const { error, outputs } = await sync()

    expect(String(error)).toContain('datapackage.json')
    expect(api.requests).toEqual([])
    expect(outputs.complete).toBe(false)
    expect(Object.keys(filesOf(folder))).toEqual([])
  })
})

describe.each([false, true])('where the API takes the end of a window in: %s', (isToTakenIn) => {
  test('a message at the very end of a day, or at the beginning of the next, is there once', async () => {
    const { folder, sync } = await setUp({
      isToTakenIn,
      messagesOf: (day) =>
        ['00:00:00.000', '00:00:00.999', '00:00:01.000', '23:59:59.000', '23:59:59.999'].map(
          (time) => ({ createdat: `${day}T${time}Z` }),
        ),
    })

    await sync({ compress: 'none' })

    for (const day of daysFrom(FROM, '2026-11-26')) {
      const rows = rowsOf(dataOf(folder)[`data/date=${day}/sms.csv`])
      expect(rows).toHaveLength(5)
      expect(rows.every((row) => row.startsWith(day))).toBe(true)
    }
  })
})

describe('a run after another', () => {
  test('with nothing to do sends no request and changes nothing', async () => {
    const { api, folder, sync, later } = await setUp()
    await sync()
    const before = filesOf(folder)
    const requests = api.requests.length

    later(HOUR_MS)
    const { error, outputs } = await sync()

    expect(error).toBeUndefined()
    expect(api.requests).toHaveLength(requests)
    expect(filesOf(folder)).toEqual(before)
    expect(outputs).toMatchObject({ complete: true, changed: [] })
  })

  test('exports what is not settled again, and writes what has changed', async () => {
    let isLate = false
    const { api, folder, sync, later } = await setUp({
      messagesOf: (day) =>
        messagesOfDay(day, 3, {
          status: day === '2026-11-26' && !isLate ? 'sent' : 'delivered',
        }),
    })
    await sync()
    const pending = manifestOf(folder).resources.at(-1).pending
    const before = api.requests.length
    isLate = true

    later(6 * HOUR_MS)
    const { outputs } = await sync()

    expect(pending).toBe(3)
    expect(api.requests.slice(before).filter(({ kind }) => kind === 'start')).toHaveLength(3)
    expect(outputs.changed).toEqual(['data/date=2026-11-26/sms.csv.gz'])
    expect(manifestOf(folder).resources.at(-1)).toMatchObject({ pending: 0, settled: false })
  })

  test('keeps what a smaller export would take away, but for a refresh', async () => {
    let count = 5
    const { folder, sync, later } = await setUp({ messagesOf: (day) => messagesOfDay(day, count) })
    await sync()
    const before = dataOf(folder)

    count = 3
    later(7 * HOUR_MS)
    const { step, error } = await sync()

    expect(error).toBeUndefined()
    expect(dataOf(folder)).toEqual(before)
    expect(step.events.filter((event) => event.startsWith('warning'))).toHaveLength(3)
    const { records, exported } = manifestOf(folder).resources.at(-1)
    expect(records).toBe(5)
    expect(Date.parse(exported)).toBeGreaterThan(NOW + 6 * HOUR_MS)

    const refreshed = await sync({ refresh: '2026-11-22/2026-11-23' })
    expect(refreshed.outputs.changed).toHaveLength(2)
    expect(rowsOf(dataOf(folder)['data/date=2026-11-22/sms.csv.gz'])).toHaveLength(3)

    count = 0
    const emptied = await sync({ refresh: '2026-11-22' })
    expect(emptied.outputs.changed).toEqual([])
    expect(rowsOf(dataOf(folder)['data/date=2026-11-22/sms.csv.gz'])).toHaveLength(3)
  })

  test('keeps the form that a day has', async () => {
    const { folder, sync, later } = await setUp()
    await sync({ compress: 'none' })

    later(24 * HOUR_MS)
    await sync({ compress: 'gzip', refresh: '2026-11-22' })

    expect(Object.keys(dataOf(folder))).toContain('data/date=2026-11-22/sms.csv')
    expect(Object.keys(dataOf(folder))).toContain('data/date=2026-11-27/sms.csv.gz')
    expect(Object.keys(dataOf(folder))).toHaveLength(6)
  })

  test('makes a report that is missing from the data', async () => {
    const { api, folder, sync } = await setUp()
    await sync()
    const file = path.join(folder, 'reports', '2026-11-24.json')
    const before = readFileSync(file, 'utf8')
    rmSync(file)
    const requests = api.requests.length

    await sync()

    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(api.requests).toHaveLength(requests)
  })

  const unreadable: [string, (file: string) => void][] = [
    ['is no JSON', (file) => truncateSync(file, 100)],
    ['is longer than 64 MiB', (file) => truncateSync(file, 64 * 1_048_576 + 1)],
    ['is deeper than a stack', (file) => writeFileSync(file, '['.repeat(1_000_000))],
    ['is of another version', (file) => writeFileSync(file, '{"format":"x","version":3}')],
    [
      'is a link',
      (file) => {
        renameSync(file, `${file}.moved`)
        symlinkSync(`${file}.moved`, file)
      },
    ],
  ]

  test.each(unreadable)('makes a report that %s anew from the data', async (_, damage) => {
    const { api, folder, sync } = await setUp()
    await sync()
    const file = path.join(folder, 'reports', '2026-11-24.json')
    const before = readFileSync(file, 'utf8')
    damage(file)
    const requests = api.requests.length

    const { error, step } = await sync({ 'report-days': '5' })

    expect(error).toBeUndefined()
    expect(step.outputs.records).toBe('25')
    expect(lstatSync(file).isFile()).toBe(true)
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(api.requests).toHaveLength(requests)
  })

  test('of a sparse archive trusts the manifest, and says which reports the page lacks', async () => {
    const { api, folder, sync, later } = await setUp()
    await sync()
    rmSync(path.join(folder, 'data'), { recursive: true })
    rmSync(path.join(folder, 'reports', '2026-11-24.json'))
    const requests = api.requests.length

    const quiet = await sync({ sparse: 'true', 'report-days': '5' })

    expect(api.requests).toHaveLength(requests)
    expect(quiet.outputs.complete).toBe(true)
    expect(quiet.step.summary).toContain('2026-11-24')
    expect(quiet.step.outputs.records).toBe('20')

    later(24 * HOUR_MS)
    const next = await sync({ sparse: 'true' })
    expect(next.outputs.changed).toEqual(['data/date=2026-11-27/sms.csv.gz'])
  })
})

describe('a file that is not as it was written', () => {
  const damages: [string, (file: string) => void][] = [
    ['cut', (file) => truncateSync(file, 20)],
    ['grown', (file) => appendFileSync(file, 'x')],
    ['gone', (file) => rmSync(file)],
    [
      'a link',
      (file) => {
        renameSync(file, `${file}.moved`)
        symlinkSync(`${file}.moved`, file)
      },
    ],
  ]

  test.each(damages)('is exported again if it is %s', async (_, damage) => {
    const { folder, sync } = await setUp()
    await sync()
    const before = dataOf(folder)
    damage(path.join(folder, 'data/date=2026-11-22/sms.csv.gz'))

    const { error, outputs } = await sync()

    expect(error).toBeUndefined()
    expect(outputs.changed).toEqual(['data/date=2026-11-22/sms.csv.gz'])
    expect(dataOf(folder)).toMatchObject(before)
  })

  test('as it is a folder, fails its day, and the others are done', async () => {
    const { folder, sync, later } = await setUp()
    await sync()
    const file = path.join(folder, 'data/date=2026-11-22/sms.csv.gz')
    rmSync(file)
    mkdirSync(file)
    writeFileSync(path.join(file, 'x'), '')

    later(24 * HOUR_MS)
    const { error, outputs } = await sync()

    expect(String(error)).toContain('2026-11-22')
    expect(outputs.missing).toEqual(['2026-11-22'])
    expect(outputs.changed).toContain('data/date=2026-11-27/sms.csv.gz')
  })

  test('and that the manifest does not know, stays, with a notice', async () => {
    const { folder, sync } = await setUp()
    await sync()
    mkdirSync(path.join(folder, 'data/date=2020-01-01'))
    writeFileSync(path.join(folder, 'data/date=2020-01-01/sms.csv'), LOG_HEADER)

    const { step } = await sync()

    expect(step.events.find((event) => event.startsWith('notice'))).toContain('date=2020-01-01')
    expect(dataOf(folder)['data/date=2020-01-01/sms.csv']).toBe(LOG_HEADER)
  })
})

describe('a manifest that cannot be used changes nothing', () => {
  const faults: [string, (text: string) => string, RegExp][] = [
    ['cut short', (text) => text.slice(0, 300), /JSON/],
    ['of another subaccount', (text) => text.replace('acme_sg"', 'acme_my"'), /acme_my/],
    ['of another region', (text) => text.replace('asia-pacific', 'europe'), /europe/],
    ['of a later version', (text) => text.replace('"version":1', '"version":2'), /"2"/],
    ['with a path out of the archive', (text) => text.replace('"data/', '"../data/'), /2026-11-22/],
    ['of something else', () => '{"name":"my-data","resources":[]}', /archive/],
    ['that is empty', () => '', /JSON/],
  ]

  test.each(faults)('%s', async (_, damage, reason) => {
    const { api, folder, sync, later } = await setUp()
    await sync()
    const file = path.join(folder, 'datapackage.json')
    const title = /SMS logs of acme_sg/
    writeFileSync(file, damage(readFileSync(file, 'utf8').replace(title, 'SMS logs')))
    const before = filesOf(folder)
    const requests = api.requests.length

    later(24 * HOUR_MS)
    const { error, outputs } = await sync()

    expect(String(error)).toMatch(reason)
    expect(filesOf(folder)).toEqual(before)
    expect(api.requests).toHaveLength(requests)
    expect(outputs).toEqual({ complete: false, changed: [], missing: [], unusual: [] })
  })
})

describe('a manifest that cannot be read changes nothing', () => {
  const faults: [string, (file: string) => void, RegExp][] = [
    ['longer than 64 MiB', (file) => truncateSync(file, 64 * 1_048_576 + 1), /too long/],
    ['deeper than a stack', (file) => writeFileSync(file, '['.repeat(1_000_000)), /JSON/],
    [
      'deep in what somebody else has put into it',
      (file) => {
        const deep = '['.repeat(100_000) + ']'.repeat(100_000)
        writeFileSync(file, readFileSync(file, 'utf8').replace('"name"', `"x":${deep},"name"`))
      },
      /cannot be used/,
    ],
    [
      'a folder',
      (file) => {
        rmSync(file)
        mkdirSync(file)
      },
      /datapackage\.json.*no file/,
    ],
  ]

  test.each(faults)('%s', async (_, damage, reason) => {
    const { api, folder, sync, later } = await setUp()
    await sync()
    damage(path.join(folder, 'datapackage.json'))
    const before = dataOf(folder)
    const requests = api.requests.length

    later(24 * HOUR_MS)
    const { error } = await sync()

    expect(error).toBeInstanceOf(StepError)
    expect(String(error)).toMatch(reason)
    expect(dataOf(folder)).toEqual(before)
    expect(api.requests).toHaveLength(requests)
  })
})

describe('an API that', () => {
  const error = (status: number, code: number) => ({
    status,
    body: JSON.stringify({ code, message: 'Said by the API' }),
  })
  const job = (status: string, more: object = {}) => ({
    status: 200,
    body: JSON.stringify({ status, ...more }),
  })

  test.each([
    ['ends a job as failed', job('failed'), 'read'],
    ['gives no links', job('succeeded', { data: [] }), 'read'],
    ['forgets a job', error(404, 4018), 'read'],
    ['cannot be reached for a day', 'cut', 'start'],
    ['has an error inside', error(500, 2000), 'start'],
    ['has no file behind a link', error(404, 1300), 'file'],
    ['cuts a file', 'cut', 'file'],
  ] as const)('%s fails that day, and does the others', async (_, odd, kind) => {
    const { api, folder, sync } = await setUp({
      react: (request) => (request.day === '2026-11-24' && request.kind === kind ? odd : undefined),
    })

    const { error: failure, outputs, settledThrough } = await sync()

    expect(String(failure)).toContain('2026-11-24')
    expect(outputs).toMatchObject({ complete: false, missing: ['2026-11-24'] })
    expect(Object.keys(dataOf(folder))).toHaveLength(4)
    expect(settledThrough).toBe('2026-11-23')
    expect(Object.keys(filesOf(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
    expect(api.running()).toBe(0)
  })

  test('exports no day leaves no figures, and no word of records', async () => {
    const { sync } = await setUp({ react: () => error(401, 1200) })
    const step = new RecordedStep()

    const { error: failure } = await sync({ 'report-days': '7' }, step)

    expect(String(failure)).toContain('401')
    expect(step.summary).toContain('None of these days is in the archive')
    expect([step.summary, ...step.events].join('\n')).not.toMatch(/no records|0 outbound/i)
  })

  test('refuses the key half-way ends it all, and what is done is kept', async () => {
    let isRefused = false
    const { api, folder, sync } = await setUp({
      react: ({ kind, day }) => {
        if (kind === 'start' && day === '2026-11-24') isRefused = true
        return isRefused ? error(401, 1200) : undefined
      },
    })

    const { error: failure, outputs } = await sync({ parallel: '1' })

    expect(String(failure)).toContain('401')
    expect(outputs.missing).toEqual(['2026-11-24', '2026-11-25', '2026-11-26'])
    expect(Object.keys(dataOf(folder))).toHaveLength(2)
    expect(started(api)).toHaveLength(3)
  })

  test('fails every third request is come by, run by run', async () => {
    let count = 0
    const { folder, sync } = await setUp({
      react: () => {
        count += 1
        return count % 3 === 0 ? error(503, 2000) : undefined
      },
    })

    const first = await sync({ retries: '6' })

    expect(first.error).toBeUndefined()
    expect(Object.keys(dataOf(folder))).toHaveLength(5)
  })

  test('has links that expire is asked for new ones', async () => {
    const { folder, sync } = await setUp({
      parts: 2,
      react: ({ kind, day, count }) =>
        kind === 'file' && day === '2026-11-24' && count === 2 ? error(403, 1201) : undefined,
    })

    const { error: failure } = await sync()

    expect(failure).toBeUndefined()
    expect(rowsOf(dataOf(folder)['data/date=2026-11-24/sms.csv.gz'])).toHaveLength(5)
  })

  test('takes too long is left when the time is out, and its jobs are cancelled', async () => {
    const { api, folder, sync } = await setUp({
      react: ({ kind, day }) =>
        kind === 'read' && day !== '2026-11-22' ? job('running') : undefined,
    })

    // Nearly 5 s as they pass here: the first day is done by then on a busy machine as well.
    const { error: failure, outputs } = await sync({ timeout: '4m', parallel: '2' })

    expect(String(failure)).toContain('timeout')
    expect(String(failure)).toContain('2026-11-23 to 2026-11-26')
    expect(outputs.missing).toHaveLength(4)
    expect(Object.keys(dataOf(folder))).toHaveLength(1)
    expect(api.running()).toBe(0)
  })
})

describe('a bug in the export of a day', () => {
  test.each(['start', 'read', 'fetch'] as const)(
    'that is met in %s ends the run, its jobs with it, and is told',
    async (method) => {
      // The second call meets the bug, and the jobs of later days would run for ever.
      const { api, folder, at } = await setUp({
        react: ({ kind, day }) =>
          kind === 'read' && day > '2026-11-23'
            ? { status: 200, body: '{"status":"running"}' }
            : undefined,
      })
      let calls = 0

      const { error, outputs } = await runSync({
        ...at(),
        inputs: { from: FROM, parallel: '3' },
        around: (client) => ({
          start: (...args) => client.start(...args),
          read: (jobId, signal) => client.read(jobId, signal),
          fetch: (link, sink, options) => client.fetch(link, sink, options),
          cancel: (jobId, signal) => client.cancel(jobId, signal),
          [method]: async (...args: never[]) => {
            calls += 1
            if (calls > 1) throw new ReferenceError('packer is not defined')
            return (client[method] as (...args: never[]) => Promise<unknown>)(...args)
          },
        }),
      })

      expect(error).toBeInstanceOf(ReferenceError)
      expect(outputs.missing).toContain('2026-11-26')
      expect(api.running()).toBe(0)
      expect(Object.keys(filesOf(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
    },
  )
})

describe('an API that cannot be reached at all', () => {
  const refused = () =>
    new ConnectionError('https://sms.8x8.com refused the connection (ECONNREFUSED).', {
      sent: 'no',
    })

  type Client = ReturnType<Connect>
  /** A client whose starts are the test's own. */
  const startingWith =
    (start: (client: Client, filter: ExportFilter) => Promise<string>) =>
    (client: Client): Client => ({
      read: (...args) => client.read(...args),
      fetch: (...args) => client.fetch(...args),
      cancel: (...args) => client.cancel(...args),
      start: (filter) => start(client, filter),
    })

  test('ends the run with its first day', async () => {
    const { api, folder, at } = await setUp()
    const url = await closedUrl()

    const { error, outputs, step } = await runSync({
      ...at(),
      url,
      inputs: { from: '2026-06-01', retries: '2' },
    })

    expect(String(error)).toContain('ECONNREFUSED')
    expect(outputs.missing).toHaveLength(179)
    expect(step.events.filter((event) => event.includes('repeat'))).toHaveLength(2)
    expect(Object.keys(filesOf(folder))).toEqual(['datapackage.json'])
    expect(api.requests).toEqual([])
  })

  test('ends the run where that happens half-way, and what is done is kept', async () => {
    const { folder, at } = await setUp()

    const { error, outputs } = await runSync({
      ...at(),
      inputs: { from: FROM, parallel: '1' },
      around: startingWith(async (client, filter) => {
        if (String(filter.from) > '2026-11-23T12') throw refused()
        return client.start(filter)
      }),
    })

    expect(String(error)).toContain('ECONNREFUSED')
    expect(outputs.missing).toEqual(['2026-11-24', '2026-11-25', '2026-11-26'])
    expect(Object.keys(dataOf(folder))).toHaveLength(2)
  })

  test('for one day alone, while it answers another, fails that day', async () => {
    const { at } = await setUp()

    const { error, outputs } = await runSync({
      ...at(),
      inputs: { from: FROM, parallel: '1' },
      around: startingWith(async (client, filter) => {
        const jobId = await client.start(filter)
        if (String(filter.from).startsWith('2026-11-23')) throw refused()
        return jobId
      }),
    })

    expect(String(error)).toContain('2026-11-24')
    expect(outputs.missing).toEqual(['2026-11-24'])
  })
})

/** An address at which nobody listens. */
async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return `http://127.0.0.1:${port}`
}

describe('a step that is told to end', () => {
  test('cancels its jobs, and keeps what is done', async () => {
    const step = new RecordedStep()
    const { api, folder, sync } = await setUp({
      react: ({ kind, day, count }) => {
        if (kind !== 'read' || day === '2026-11-22') return undefined
        if (count === 2) step.interrupt(new InterruptedError('SIGTERM'))
        return { status: 200, body: '{"status":"running"}' }
      },
    })

    const { error, outputs } = await sync({ parallel: '2' }, step)

    expect(String(error)).toContain('SIGTERM')
    expect(outputs.complete).toBe(false)
    expect(Object.keys(dataOf(folder))).toHaveLength(1)
    expect(api.running()).toBe(0)
  })
})

describe('a start that is under way when the step is told to end', () => {
  test('is awaited, and its job is cancelled', async () => {
    const step = new RecordedStep()
    const { api, sync } = await setUp({
      react: ({ kind }) =>
        kind === 'read' ? { status: 200, body: '{"status":"running"}' } : undefined,
      hold: async ({ kind, day }) => {
        if (kind === 'start' && day === '2026-11-23')
          step.interrupt(new InterruptedError('SIGTERM'))
      },
    })

    const { error } = await sync({ parallel: '2' }, step)

    expect(String(error)).toContain('SIGTERM')
    expect(started(api)).toContain('2026-11-23')
    expect(api.running()).toBe(0)
  })

  test('and is not answered, is given up, and a warning says that its job may be running', async () => {
    const step = new RecordedStep()
    const { api, sync } = await setUp({
      hold: ({ kind, day }) => {
        if (kind !== 'start' || day !== '2026-11-23') return undefined
        step.interrupt(new InterruptedError('SIGTERM'))
        return new Promise(() => undefined)
      },
    })

    const { error, outputs } = await sync({ parallel: '1' }, step)

    expect(String(error)).toContain('SIGTERM')
    expect(outputs.missing).toContain('2026-11-23')
    expect(api.running()).toBe(1)
    expect(step.events.filter((event) => event.startsWith('warning'))).toEqual([
      expect.stringMatching(/2026-11-23: .*may be running.*acme_sg/),
    ])
  })
})

describe('records that are not of their day', () => {
  test('by more than the seams stay, and a warning counts them', async () => {
    const stray = ['2026-11-20T12:00:00Z', '2026-11-25T12:00:00Z', '2026-11-23T23:59:59Z']
    const row = (at: string) => `1,1,SG,Singtel,delivered,${at},ACME,${at},1,EUR,0.04,hi\r\n`
    const rows = [...stray, '2026-11-24T12:00:00Z'].map(row)
    const { folder, sync } = await setUp({
      react: ({ kind, day }) =>
        kind === 'file' && day === '2026-11-24'
          ? { status: 200, body: LOG_HEADER + rows.join('') }
          : undefined,
    })

    const { error, step } = await sync()

    expect(error).toBeUndefined()
    const warnings = step.events.filter((event) => event.startsWith('warning'))
    expect(warnings).toEqual([expect.stringMatching(/2026-11-24.*\b2 records/)])
    const kept = rows.filter((text) => !text.includes('2026-11-23T'))
    expect(dataOf(folder)['data/date=2026-11-24/sms.csv.gz']).toBe(LOG_HEADER + kept.join(''))
  })
})

describe('clocks', () => {
  test('the API decides what is over where the runner is a day ahead', async () => {
    const { folder, sync } = await setUp({ now: () => NOW - 24 * HOUR_MS })

    const { error, outputs, step } = await sync()

    expect(error).toBeUndefined()
    expect(Object.keys(dataOf(folder)).at(-1)).toContain('2026-11-25')
    expect(outputs.complete).toBe(true)
    expect(step.events.some((event) => /^warning: .*clock/.test(event))).toBe(true)
  })

  test('and where it is a day behind', async () => {
    const { folder, sync } = await setUp({ now: () => NOW + 24 * HOUR_MS })

    await sync()

    expect(Object.keys(dataOf(folder)).at(-1)).toContain('2026-11-27')
  })

  test('and where the one day that the runner knows is not over', async () => {
    const { api, folder, sync } = await setUp({ now: () => Date.parse('2026-11-26T23:59:59Z') })

    const { error, outputs } = await sync({ from: '2026-11-26' })

    expect(error).toBeUndefined()
    expect(dataOf(folder)).toEqual({})
    expect(outputs.changed).toEqual([])
    expect(api.running()).toBe(0)
  })
})

describe('two syncs at once in one folder', () => {
  test('damage nothing', async () => {
    const { folder, sync } = await setUp({ polls: 1 })
    await sync({ from: '2026-11-26' })

    const runs = await Promise.all([sync(), sync()])
    const last = await sync()

    expect(runs.filter(({ error }) => error === undefined).length).toBeLessThanOrEqual(2)
    expect(last.error).toBeUndefined()
    expect(last.outputs.complete).toBe(true)
    expect(Object.keys(filesOf(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
    for (const text of Object.values(dataOf(folder))) expect(rowsOf(text)).toHaveLength(5)
  })
})

describe('all polls together', () => {
  test('are at most one a second', async () => {
    const { api, sync } = await setUp({ polls: 12 })

    const begunAt = Date.now()
    await sync({ parallel: '5' })

    const reads = api.times.filter((_, index) => api.requests[index]?.kind === 'read')
    const hasteMs = 1_000 / 50
    // A slow machine can only make it longer.
    expect((reads.at(-1) ?? 0) - begunAt).toBeGreaterThanOrEqual(
      (reads.length - 1) * hasteMs * 0.95,
    )
  })
})

describe('unusual traffic', () => {
  test('is an output, a warning and a line of the page, once', async () => {
    const odd = '2026-11-25'
    const { sync, later } = await setUp({
      messagesOf: (day): Message[] => [
        ...messagesOfDay(day, 20),
        ...(day === odd ? messagesOfDay(day, 60, { country: 'VN', operator: 'Viettel' }) : []),
      ],
    })
    const inputs = { from: '2026-11-01', 'report-days': '7', parallel: '16' }

    const { outputs, step } = await sync(inputs)

    expect(outputs.unusual).toContainEqual({
      day: odd,
      sign: 'new-country',
      country: 'VN',
      operator: null,
      records: 60,
      value: 60,
      usual: 0,
    })
    expect(step.summary).toContain('Viettel')
    expect(step.events.some((event) => /^warning: .*VN/.test(event))).toBe(true)

    later(7 * HOUR_MS)
    expect((await sync(inputs)).outputs.unusual).toEqual([])
  })
})
