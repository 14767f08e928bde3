// Every message with which a step fails or warns, as a user meets it: by running the built actions.
// The one place where their words are pinned; read what changes in the snapshot as a user would,
// then accept it by `npx vitest run __tests__/messages.test.ts --update`.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { jobAnswer, startExportServer, succeededWith } from './helpers/export-server.js'
import { type HistoryOptions, messagesOfDay, startHistoryApi } from './helpers/history-api.js'
import { folderWith, reportOn } from './helpers/report-folder.js'
import { type ActionRun, type RunOptions, runAction } from './helpers/run-action.js'
import { runCancel, runDownload } from './helpers/run-download.js'
import { API_KEY, runStart } from './helpers/run-start.js'
import { createTemporaryFolder } from './helpers/temporary-folder.js'
import {
  answer,
  apiError,
  cut,
  JOB_ID,
  type Reaction,
  reset,
  stall,
  startWireServer,
} from './helpers/wire-server.js'

type Inputs = Record<string, string>
type Situations = Record<string, () => Promise<ActionRun>>

/** Runs so many at a time. */
const LANES = 2

const NOWHERE = 'http://127.0.0.1:9'
const JSON_TYPE = { 'content-type': 'application/json' }

/** A start with inputs of its own, which sends nothing, as each of them has a mistake. */
const startWith = (inputs: Inputs, env: Inputs = {}) => runStart(NOWHERE, { inputs, env })

/** A start at a server that answers so. */
async function startAt(reactions: Reaction | Reaction[], inputs: Inputs = {}): Promise<ActionRun> {
  const server = await startWireServer(reactions)
  onTestFinished(() => server.close())
  return runStart(server.url, { inputs: { retries: '0', ...inputs } })
}

/** A download from a server that answers so for the job, and so for its file. */
async function downloadFrom(
  job: Reaction | Reaction[],
  file?: Reaction | Reaction[],
  { inputs, ...options }: RunOptions = {},
): Promise<ActionRun> {
  const server = await startExportServer(job, file)
  onTestFinished(() => server.close())
  const folder = path.join(createTemporaryFolder(), 'logs')
  return runDownload(server.url, { ...options, inputs: { retries: '0', path: folder, ...inputs } })
}

const downloadOf = (file: Reaction | Reaction[], inputs: Inputs = {}) =>
  downloadFrom(succeededWith(1), file, { inputs })

async function cancelAt(reaction: Reaction, inputs: Inputs = {}): Promise<ActionRun> {
  const server = await startWireServer(reaction)
  onTestFinished(() => server.close())
  return runCancel(server.url, { inputs: { retries: '0', ...inputs } })
}

const merge = (folder: string, inputs: Inputs = {}) =>
  runAction('merge-reports', { inputs: { path: folder, ...inputs } })

const HEADER =
  'umid,direction,status_value,status_errorcode,country,operator,createdat,smscount,source,status_details,status_timestamp'
const csv = (...lines: string[]): Reaction =>
  answer(200, [`${HEADER},price_total,price_currency`, ...lines, ''].join('\r\n'))
const record = (status: string, price = '0.05', currency = 'EUR') =>
  `1,outbound,${status},,SG,Singtel,2026-11-02T08:00:00Z,1,ACME,,,${price},${currency}`

function fullFolder(): string {
  const folder = createTemporaryFolder()
  writeFileSync(path.join(folder, 'logs'), 'a file, and no folder')
  return path.join(folder, 'logs')
}

const START: Situations = {
  'no inputs': () => startWith({ 'api-key': '', 'subaccount-id': '' }),
  'inputs of another kind': () =>
    startWith({
      'api-key': 'Bearer kEy-0123456789',
      'subaccount-id': 'acme sg!',
      region: 'mars',
      'api-url': 'gateway.example.com',
      'request-timeout': '10 minutes',
      retries: '-1',
      from: 'yesterday',
      to: '2026-13-01',
      'time-zone': 'BST',
      country: 'USA',
      'phone-number': '12',
      limit: 'many',
      slice: 'year',
    }),
  'inputs out of range': () =>
    startWith({
      'api-key': 'short',
      'api-url': 'http://gateway.example.com',
      'request-timeout': '2h',
      retries: '999',
      from: '2026-11-01T13:00',
      to: '2026-11-01T13:00:00+0700',
      'time-zone': 'Mars/Olympus',
      country: 'ZZ',
    }),
  'an address with a password': () => startWith({ 'api-url': 'https://user:secret@example.com' }),
  'an address with a query': () => startWith({ 'api-url': 'https://example.com/?a=b' }),
  'a key in quotation marks': () => startWith({ 'api-key': '"kEy-0123456789"' }),
  'a key that is a placeholder': () => startWith({ 'api-key': '<your-api-key>' }),
  'a window that ends first': () => startWith({ from: '2026-11-02', to: '2026-11-01' }),
  'a window from a date to the same': () => startWith({ from: '2026-11-01', to: '2026-11-01' }),
  'a window in the future': () => startWith({ from: '2999-01-01' }),
  'a local time that a clock change skips': () =>
    startWith({ from: '2026-03-29T02:30:00', to: '2026-04-01', 'time-zone': 'Europe/Berlin' }),
  'slices without an end': () => startWith({ from: '2026-11-01', slice: 'day' }),
  'too many slices': () => startWith({ from: '2020-01-01', to: '2026-01-01', slice: 'day' }),
  'a window older than the API keeps': () =>
    startAt(answer(202, JSON.stringify({ jobId: JOB_ID }), JSON_TYPE), {
      from: '2020-01-01',
      to: '2020-02-01',
    }),
  'a proxy of another scheme': () =>
    startWith({ 'api-url': 'https://gateway.invalid' }, { https_proxy: 'socks5://127.0.0.1:9' }),
  'a refused key': () => startAt(apiError(401, 1200)),
  'a key without access': () => startAt(apiError(403, 1201)),
  'an address that may not call': () => startAt(apiError(403, 1012)),
  'an unknown subaccount': () => startAt(apiError(404, 1300)),
  'a filter that the API refuses': () => startAt(apiError(400, 1009)),
  'too many requests': () => startAt(apiError(429, 1600)),
  'a wait that is too long': () =>
    startAt(apiError(503, 2000, 'Busy', { 'retry-after': '900' }), { retries: '1' }),
  'a fault of the API': () => startAt(apiError(500, 2000)),
  'an error without words': () => startAt(answer(404, '')),
  'a redirect': () => startAt(answer(302, '', { location: 'https://example.com/' })),
  'a page': () => startAt(answer(200, '<html>', { 'content-type': 'text/html' })),
  'an answer without a job': () => startAt(answer(202, '{}', JSON_TYPE)),
  'an answer that is cut short': () =>
    startAt(cut('HTTP/1.1 202 OK\r\ncontent-length: 99\r\n\r\n{')),
  'a connection that is reset': () => startAt(reset()),
  'a host that says nothing': () => startAt(stall(''), { 'request-timeout': '1s' }),
  'something other than HTTP': () => startAt(cut('220 mail.example.com ESMTP\r\n')),
  'nobody at that address': () => startWith({ retries: '0' }),
}

const DOWNLOAD: Situations = {
  'wrong inputs': () =>
    downloadFrom(jobAnswer('failed'), [], {
      inputs: {
        'job-id': 'a b',
        path: 'logs/*.csv',
        timeout: 'long',
        'if-no-files-found': 'maybe',
        summary: 'yes',
        'min-delivery-rate': '0.95',
        'max-cost': '500',
      },
    }),
  'a job that is unknown': () => downloadFrom(apiError(404, 4018)),
  'a job that has failed': () => downloadFrom(jobAnswer('failed')),
  'a job that was cancelled': () => downloadFrom(jobAnswer('cancelled')),
  'a job with an error': () => downloadFrom(jobAnswer('error')),
  'a job that goes on': () => downloadFrom(jobAnswer('running'), [], { inputs: { timeout: '0' } }),
  'a job in a state of its own': () =>
    downloadFrom([jobAnswer('paused'), jobAnswer('empty')], [], { inputs: { timeout: '10s' } }),
  'a job with no records': () => downloadFrom(jobAnswer('empty')),
  'a job with no records, where that is an error': () =>
    downloadFrom(jobAnswer('empty'), [], { inputs: { 'if-no-files-found': 'error' } }),
  'a job with no links': () => downloadFrom(jobAnswer('succeeded', { data: [] })),
  'a link to nowhere': () =>
    downloadFrom(jobAnswer('succeeded', { data: ['http://example.com/file'] })),
  'a file that is gone': () => downloadOf(answer(404, '')),
  'a link that is refused': () => downloadOf(answer(403, '')),
  'a file that is cut': () => downloadOf(cut('HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\numid')),
  'a file that is a page': () =>
    downloadOf(answer(200, '<!doctype html><html>', { 'content-type': 'text/html' })),
  'a file that is JSON': () => downloadOf(answer(200, '{"code":1}', JSON_TYPE)),
  'a file of other columns': () => downloadOf(answer(200, 'a,b\r\n1,2\r\n')),
  'a path that is a file': () => downloadOf(csv(record('delivered')), { path: fullFolder() }),
  'records that cannot be read': () => downloadOf(csv(record('delivered'), '1,outbound')),
  'columns that are not there': () => downloadOf(answer(200, 'umid,status_value\r\n1,sent\r\n')),
  'a rate that is too low': () =>
    downloadOf(csv(record('delivered'), record('undelivered')), { 'min-delivery-rate': '95' }),
  'a cost that is too high': () =>
    downloadOf(csv(record('delivered', '700')), { 'max-cost': 'EUR 500' }),
  'a cost in a currency that no record has': () =>
    downloadOf(csv(record('delivered')), { 'max-cost': 'USD 500' }),
  'files of another job in the folder': () => {
    const folder = createTemporaryFolder()
    writeFileSync(path.join(folder, 'last-month.csv'), HEADER)
    return downloadOf(csv(record('delivered')), { path: folder })
  },
}

const CANCEL: Situations = {
  'no job': () => cancelAt(answer(200, '{}', JSON_TYPE), { 'job-id': '' }),
  'an unknown job': () => cancelAt(apiError(404, 4018)),
  'a job that is over': () => cancelAt(apiError(409, 4019)),
  'a refused key': () => cancelAt(apiError(401, 1200)),
  'wrong inputs': () => cancelAt(answer(200, '{}'), { 'job-id': 'a b', retries: 'x' }),
}

const MERGE: Situations = {
  'no folder': () => merge(path.join(createTemporaryFolder(), 'none')),
  'an empty folder': () => merge(createTemporaryFolder()),
  'a file that is no report': () => merge(folderWith({ 'report.json': '{"a":1}' })),
  'a file that is not JSON': () => merge(folderWith({ 'report.json': 'a' })),
  'a report of a later version': () =>
    merge(folderWith({ 'report.json': '{"version":99,"jobId":"a"}' })),
  'a job that is missing': () =>
    merge(folderWith({ 'report.json': reportOn('job-1') }), { 'job-ids': '["job-1","job-2"]' }),
  'job ids that are none': () =>
    merge(folderWith({ 'report.json': reportOn('job-1') }), { 'job-ids': 'a b/c' }),
}

const hastyTime = fileURLToPath(new URL('helpers/hasty-time.cjs', import.meta.url))
const NOW = '2026-11-27T10:00:00Z'
const A_DAY_LATER = '2026-11-28T10:00:00Z'

interface SyncSituation extends Partial<HistoryOptions> {
  readonly inputs?: Inputs
  /** The archive's manifest, as it is before. */
  readonly manifest?: string
  readonly folder?: string
  /** The time at the runner, and at the API where `now` is not given. */
  readonly at?: string
}

/** A sync of two days, which the server has five messages of each, on one morning in November. */
async function sync(situation: SyncSituation = {}): Promise<ActionRun> {
  const { inputs, manifest, folder = createTemporaryFolder(), at = NOW, ...options } = situation
  const api = await startHistoryApi({
    now: () => Date.parse(at),
    messagesOf: (day) => messagesOfDay(day, 5),
    ...options,
  })
  onTestFinished(() => api.close())
  if (manifest !== undefined) writeFileSync(path.join(folder, 'datapackage.json'), manifest)
  return runAction('sync', {
    inputs: {
      'api-key': API_KEY,
      'subaccount-id': 'acme_sg',
      'api-url': api.url,
      retries: '0',
      path: folder,
      from: '2026-11-25',
      parallel: '1',
      ...inputs,
    },
    env: { NODE_OPTIONS: `--require ${hastyTime}`, TEST_NOW: at },
  })
}

/** What a second sync of an archive says. */
async function syncAgain(first: SyncSituation, second: SyncSituation): Promise<ActionRun> {
  const folder = createTemporaryFolder()
  await sync({ ...first, folder })
  return sync({ ...second, folder })
}

/** A day's file that no sync has put there. */
function folderWithData(): string {
  const folder = createTemporaryFolder()
  mkdirSync(path.join(folder, 'data/date=2026-11-01'), { recursive: true })
  writeFileSync(path.join(folder, 'data/date=2026-11-01/sms.csv'), HEADER)
  return folder
}

const manifestWith = (archive: object, more: object = {}): string =>
  JSON.stringify({
    archive: {
      format: '8x8-sms-log-export/archive',
      version: 1,
      subaccountId: 'acme_sg',
      region: 'asia-pacific',
      ...archive,
    },
    resources: [],
    daysWithoutRecords: [],
    ...more,
  })

const refuseStart =
  (status: number, body: object, of?: string): NonNullable<HistoryOptions['react']> =>
  ({ kind, day }) =>
    kind === 'start' && (of ?? day) === day ? { status, body: JSON.stringify(body) } : undefined

const answerJob =
  (jobStatus: string, of?: string): NonNullable<HistoryOptions['react']> =>
  ({ kind, day }) =>
    kind === 'read' && (of ?? day) === day
      ? { status: 200, body: JSON.stringify({ status: jobStatus }) }
      : undefined

const SYNC: Situations = {
  'no inputs': () => sync({ inputs: { 'api-key': '', 'subaccount-id': '', from: '' } }),
  'inputs of another kind': () =>
    sync({
      inputs: {
        from: '2026-11-01T13:00',
        settle: '3 days',
        'settle-at-most': 'never',
        parallel: '17',
        timeout: 'long',
        compress: 'zip',
        refresh: '2026-11-07/2026-11-01',
        sparse: 'maybe',
        'report-days': 'all',
        path: 'logs/*',
      },
    }),
  'inputs out of range': () =>
    sync({
      inputs: { from: '1999-12-31', refresh: '2026-11-27', settle: '200d', 'report-days': '400' },
    }),
  'days that are none': () => sync({ inputs: { from: 'tomorrow', refresh: '1 to 7 November' } }),
  'a settle-at-most that is shorter': () =>
    sync({ inputs: { settle: '48h', 'settle-at-most': '24h' } }),
  'a refresh before the first day': () => sync({ inputs: { refresh: '2026-11-20' } }),
  'an archive that is begun': () => sync(),
  'an archive that is up to date': () =>
    syncAgain({ inputs: { settle: '0h' } }, { inputs: { settle: '0h' } }),
  'an archive of the day before': () => syncAgain({}, { at: A_DAY_LATER }),
  'a day without records': () => sync({ messagesOf: () => [] }),
  'a manifest of another subaccount': () => sync({ manifest: manifestWith({ subaccountId: 'b' }) }),
  'a manifest of another region': () => sync({ manifest: manifestWith({ region: 'europe' }) }),
  'a manifest that is cut short': () => sync({ manifest: '{"archive": {' }),
  'a manifest of something else': () => sync({ manifest: '{"name":"my-data"}' }),
  'a manifest of a later version': () => sync({ manifest: manifestWith({ version: 9 }) }),
  'a manifest without its days': () =>
    sync({ manifest: manifestWith({}, { resources: undefined }) }),
  'a manifest with a damaged day': () =>
    sync({ manifest: manifestWith({}, { resources: [{ date: '2026-11-25', records: -1 }] }) }),
  'a path that is a file': () => sync({ inputs: { path: fullFolder() } }),
  'a refused key': () => sync({ react: refuseStart(401, { code: 1200, message: 'No such key' }) }),
  'an unknown subaccount': () =>
    sync({ react: refuseStart(400, { code: 1001, message: 'Invalid subaccount' }) }),
  'a day that fails': () => sync({ react: answerJob('failed', '2026-11-25') }),
  'a day that the API does not take': () =>
    sync({ react: refuseStart(500, { code: 2000 }, '2026-11-26') }),
  'more days that fail than are named': () =>
    sync({ inputs: { from: '2026-11-20' }, react: answerJob('failed') }),
  'a time that is out': () => sync({ inputs: { timeout: '3s' }, react: answerJob('running') }),
  'fewer records than before': () =>
    syncAgain({}, { at: A_DAY_LATER, messagesOf: (day) => messagesOfDay(day, 3) }),
  'a refresh of what the API has no more': () =>
    sync({ inputs: { from: '2026-05-01', refresh: '2026-05-02' }, react: refuseStart(401, {}) }),
  'a runner whose clock is behind': () => sync({ now: () => Date.parse('2026-11-27T10:10:00Z') }),
  'data without a manifest': () => sync({ folder: folderWithData() }),
  'a file that the manifest does not know': () =>
    sync({ folder: folderWithData(), manifest: manifestWith({}) }),
}

const SANDBOX: Situations = {
  'wrong inputs': () =>
    runAction('sandbox', {
      inputs: { records: '-1', files: '0', scenario: 'sad', duration: 'soon', seed: 'x' },
    }),
}

const ACTIONS = {
  start: START,
  download: DOWNLOAD,
  cancel: CANCEL,
  'merge-reports': MERGE,
  sync: SYNC,
  sandbox: SANDBOX,
}

/** What a run says, without what differs from run to run: its annotations, or its log if it has none. */
function wordsOf({ stdout, stderr }: ActionRun): string[] {
  const annotations = stdout.split('\n').flatMap((line) => {
    const [, kind, title, text = ''] =
      /^::(error|warning|notice)(?: title=([^:]*))?::(.*)$/.exec(line) ?? []
    return kind ? [`${kind}${title ? ` (${title})` : ''}: ${text}`] : []
  })
  const log = stdout.split('\n').filter((line) => line && !line.startsWith('::'))
  return [
    ...(annotations.length > 0 ? annotations : log),
    ...stderr.split('\n').filter(Boolean),
  ].map((line) =>
    line
      .replaceAll('%25', '%')
      .replaceAll(JOB_ID, 'JOB')
      .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
      .replace(/[^\s"]*(?:test|run-action)-[\w-]{6}/g, 'TMP')
      .replaceAll('\\', '/')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'THEN')
      .replace(/\d+ s (?=ahead|behind)/, 'N s '),
  )
}

describe('all messages of', () => {
  test.each(Object.entries(ACTIONS))(
    '%s stand in its part of the catalogue',
    async (action, situations) => {
      const waiting = Object.entries(situations)
      const said = new Map<string, string[]>()
      const lane = async (): Promise<void> => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const [situation, run] = next
          said.set(situation, wordsOf(await run()))
        }
      }
      await Promise.all(Array.from({ length: LANES }, lane))

      const catalogue = Object.keys(situations).map((situation) =>
        [`## ${situation}`, ...(said.get(situation) ?? []), ''].join('\n'),
      )
      const silent = [...said].filter(([, lines]) => lines.length === 0).map(([name]) => name)

      expect(silent).toEqual([])
      await expect(`# ${action}\n\n${catalogue.join('\n')}`).toMatchFileSnapshot(
        `__snapshots__/messages/${action}.txt`,
      )
    },
  )
})
