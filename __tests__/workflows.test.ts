import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { type ApiHosts, type ApiSettings, startApiHosts } from './helpers/api-hosts.js'
import {
  foreignAction,
  hasAct,
  publish,
  readWorkflow,
  runWorkflow,
  standInOf,
  UserRepository,
} from './helpers/run-workflow.js'

const API_KEY = 'kEy-of-the-workflows-0123456789'
const WRONG_KEY = 'kEy-that-nobody-knows-987654321'
const PHONE_NUMBER = '+6598765432'
const API_HOSTS = ['sms.8x8.com', 'sms.us.8x8.com']
const HOUR_MS = 3_600_000
const JOB_ID = '[A-Za-z0-9]{64}'

const S3 = {
  AWS_ARCHIVE_ROLE: 'arn:aws:iam::123456789012:role/sms-archive',
  ARCHIVE_BUCKET: 'acme-archive',
}
const PROVIDER =
  'projects/123456789/locations/global/workloadIdentityPools/github/providers/acme-logs'
const SLACK = { SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T000/B000/a-secret' }
const ID = '0f6b2a34-5c1d-4e8f-9a7b-3c2d1e0f9a8b'

/** One way to set off an example, and what its log shows when it has done what it is for. */
interface Run {
  example: string
  /** Said after its name, where an example is run in several ways. */
  as?: string
  event: string[]
  /** The event's payload. */
  payload?: object
  apiKey?: string
  vars?: Record<string, string>
  secrets?: Record<string, string>
  shows: RegExp[]
  hides?: RegExp[]
  /** The hosts of the API that it must have reached. */
  hosts?: string[]
  /** Where it takes an API of its own, how that differs. */
  api?: Partial<ApiSettings>
  exitCode?: number
}

const RUNS: Run[] = [
  {
    example: 'monthly.yml',
    event: ['schedule'],
    shows: [/\| Started job/, new RegExp(`\\| Artifact sms-logs holds ${JOB_ID}\\.csv`)],
  },
  {
    example: 'weekly-export.yml',
    event: ['schedule'],
    shows: [
      /acme_sg · .* Asia\/Singapore \(/,
      /\| Artifact sms-logs holds/,
      /::warning::The delivery rate of last week is 0\.\d+, less than 0\.98/,
    ],
    hides: [/\| Issue in/],
  },
  {
    example: 'weekly-export.yml',
    as: 'with a key that is wrong',
    event: ['schedule'],
    apiKey: WRONG_KEY,
    shows: [
      /The API answered 401, code 1200/,
      /\| Issue in acme\/logs: The weekly export .* failed/,
    ],
    hides: [/\| Artifact/],
    exitCode: 1,
  },
  {
    example: 'many-subaccounts.yml',
    event: ['schedule'],
    shows: [
      /Artifact sms-logs-acme_sg holds/,
      /Artifact sms-logs-acme_us holds/,
      /\| 2 reports: [\d,]+ outbound, /,
      /### SMS logs of `acme_sg`, `acme_us`$/m,
      /\| \d+ records in all subaccounts$/m,
    ],
    hosts: ['sms.8x8.com', 'sms.us.8x8.com'],
  },
  {
    example: 'many-subaccounts.yml',
    as: 'where one fails',
    event: ['schedule'],
    api: { maxStarts: 1 },
    shows: [/The API answered 403, code 1201/, /\| One report: [\d,]+ outbound, /],
    exitCode: 1,
  },
  {
    example: 'many-subaccounts.yml',
    as: 'where all fail',
    event: ['schedule'],
    apiKey: WRONG_KEY,
    shows: [/::error::There is no report in .* look into the downloads\./],
    hides: [/records in all subaccounts$/m],
    exitCode: 1,
  },
  {
    example: 'backfill.yml',
    event: ['workflow_dispatch'],
    shows: [
      // As many as there are months, of which the first and the last are not whole.
      /Asia\/Singapore .* · in [67] slices · /,
      /\| Artifacts of the pattern sms-report-\*: [67]\.$/m,
      /\| [67] reports: [\d,]+ outbound, /,
      new RegExp(`\\| Artifact sms-logs-(?<id>${JOB_ID}) holds \\k<id>\\.csv`),
    ],
    hides: [/older than|missing/],
  },
  {
    example: 'backfill.yml',
    as: 'where the start fails half-way',
    event: ['workflow_dispatch'],
    api: { maxStarts: 2 },
    shows: [
      /Before that, 2 of [67] jobs were started, and are in the output jobs\. Missing is /,
      /\| 2 reports: [\d,]+ outbound, /,
    ],
    exitCode: 1,
  },
  {
    example: 'backfill.yml',
    as: 'where nothing is started',
    event: ['workflow_dispatch'],
    apiKey: WRONG_KEY,
    shows: [/The API answered 401, code 1200/],
    hides: [/Main OWNER\/8x8-sms-log-export\/(download|merge-reports)/],
    exitCode: 1,
  },
  {
    example: 'backfill.yml',
    as: 'where a job finds nothing',
    event: ['workflow_dispatch'],
    api: { scenario: 'empty' },
    shows: [/\| [67] reports: 0 outbound, /, /^No records: none of the exports has any\.$/m],
    hides: [/\| Artifact sms-logs-\S+ holds/],
  },
  {
    example: 'alarm.yml',
    event: ['schedule'],
    secrets: SLACK,
    api: { records: 1_000 },
    shows: [
      /::error::The delivery rate is 0\.\d+, less than 0\.95/,
      /\| Issue in acme\/logs: SMS alarm: \d\d\.\d % of the messages of two days ago delivered/,
      /\| Slack reads: SMS alarm, delivery rate of two days ago: 0\.\d+\. .*\/actions\/runs\/\d+$/m,
    ],
    exitCode: 1,
  },
  {
    example: 'alarm.yml',
    as: 'where the messages are too few to judge',
    event: ['schedule'],
    secrets: SLACK,
    shows: [/Success - Main .*download/],
    hides: [/\| Issue in/, /\| Slack reads/],
  },
  {
    example: 'alarm.yml',
    as: 'where it cannot look',
    event: ['schedule'],
    apiKey: WRONG_KEY,
    secrets: SLACK,
    shows: [
      /\| Issue in acme\/logs: SMS alarm: the day could not be checked/,
      /\| Slack reads: SMS alarm, delivery rate of two days ago: not known\./,
    ],
    exitCode: 1,
  },
  {
    example: 'alarm.yml',
    as: 'on a day without messages',
    event: ['schedule'],
    secrets: SLACK,
    api: { scenario: 'empty' },
    shows: [/found no records, so there is no file/],
    hides: [/\| Issue in/, /\| Slack reads/],
  },
  {
    example: 'reusable.yml',
    event: ['schedule'],
    shows: [
      new RegExp(`\\| Artifact sms-logs holds ${JOB_ID}\\.csv`),
      /\| \d+ records, at https:\/\/github\.com\/\S+\/artifacts\/sms-logs$/m,
    ],
    hides: [/Cancelled job/],
  },
  {
    example: 'reusable.yml',
    as: 'with no records',
    event: ['schedule'],
    api: { scenario: 'empty' },
    shows: [/found no records, so there is no file/, /\| 0 records, at $/m],
    hides: [/\| Artifact/],
  },
  {
    example: 'on-demand.yml',
    event: ['workflow_dispatch'],
    payload: {
      inputs: { from: '2026-11-01', to: 'now', country: 'SG', 'phone-number': PHONE_NUMBER },
    },
    shows: [
      // With and without its plus sign, before a step is given it: the runner prints what it gives.
      /Run Main Mask the phone[^⭐]*⚙ {2}\*{3}\n[^⭐]*⚙ {2}\*{3}\n[^⭐]*Success - Main Mask/u,
      /acme_sg · 2026-11-01 00:00 to .* · countries SG · one phone number/,
      /Artifact sms-logs holds/,
    ],
    hides: [/98765432/],
  },
  {
    example: 'on-demand.yml',
    as: 'with no phone number',
    event: ['workflow_dispatch'],
    payload: { inputs: { from: 'now-7d', to: 'now', country: '', 'phone-number': '' } },
    shows: [/· all phone numbers ·/, /Artifact sms-logs holds/],
    hides: [/add-mask::\s*$/m],
  },
  {
    example: 'load-into-duckdb.yml',
    event: ['schedule'],
    shows: [/\| Installed duckdb-cli==/, /\| Artifact sms-logs-parquet holds sms-logs\.parquet/],
  },
  {
    example: 'cancel-with-the-run.yml',
    as: 'and lets it end',
    event: ['workflow_dispatch'],
    shows: [/\| Artifact sms-logs holds/],
    hides: [/Cancelled job/],
  },
  {
    example: 'try.yml',
    event: ['push'],
    shows: [
      /\| The sandbox listens at/,
      new RegExp(`\\| Saved ${JOB_ID}\\.csv: \\d`),
      /\| -rw\S* .* \S+\.csv/,
      /\| umid,subaccountid,/,
    ],
  },
  {
    example: 'sandbox-failure.yml',
    event: ['push'],
    shows: [
      /takes 1s, ends as failed/,
      /has ended as failed, without files/,
      /\| The job has ended as failed/,
    ],
  },
]

/** These take more than one run, and have tests of their own below. */
const OTHERS = [
  'start-now-download-later.yml',
  'cancel-with-the-run.yml',
  'archive-s3.yml',
  'archive-google-cloud.yml',
  'archive-azure.yml',
  'archive.yml',
  'archive-git.yml',
  'archive-alarm.yml',
]

const examples = readdirSync('examples')
const REUSABLE = '.github/workflows/export.yml'
const jobsOfExamples = [...examples.map((name) => `examples/${name}`), REUSABLE].flatMap((file) =>
  Object.entries(readWorkflow(file).jobs).map(([id, job]) => ({
    example: path.basename(file),
    id,
    job,
  })),
)

interface Inputs {
  inputs?: Record<string, { required?: boolean; default?: string | number }>
  secrets?: Record<string, { required?: boolean }>
}

const readAction = (folder: string): Inputs =>
  parse(readFileSync(path.join(folder, 'action.yml'), 'utf8'))

/** What a step or a job uses of this project, as a path in it; undefined for all else. */
const ownPath = (uses = ''): string | undefined =>
  /^OWNER\/8x8-sms-log-export(?:\/(.+))?@v1$/
    .exec(uses)
    ?.slice(1)
    .map((name) => name ?? '.')[0]

const namesOfRequired = (members: Record<string, { required?: boolean }> = {}): string[] =>
  Object.keys(members).filter((name) => members[name]?.required)

test('each example is run', () => {
  const run = new Set([...RUNS.map(({ example }) => example), ...OTHERS])

  expect([...run].toSorted()).toEqual(examples.toSorted())
})

test.each(jobsOfExamples)(
  '$example, job $id gives other actions inputs that they have',
  ({ job }) => {
    for (const { uses, with: given = {} } of job.steps ?? []) {
      const action = foreignAction(uses)
      if (action === undefined) continue
      expect(existsSync(standInOf(action)), `a stand-in of ${action}`).toBe(true)
      const { inputs } = parse(readFileSync(path.join(standInOf(action), 'action.yml'), 'utf8'))
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)))
    }
  },
)

test.each(jobsOfExamples)(
  '$example, job $id gives our actions inputs that they have, and all that they must have',
  ({ job }) => {
    for (const { uses, with: given = {} } of job.steps ?? []) {
      const folder = ownPath(uses)
      if (folder === undefined) continue
      const { inputs = {} } = readAction(folder)
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)))
      expect(Object.keys(given)).toEqual(expect.arrayContaining(namesOfRequired(inputs)))
    }
  },
)

describe('the workflow that others call', () => {
  const { on: events } = parse(readFileSync(REUSABLE, 'utf8')) as {
    on: { workflow_call: Inputs }
  }
  const { inputs = {}, secrets = {} } = events.workflow_call

  test('is given inputs and secrets that it has, and all that it must have', () => {
    const calls = jobsOfExamples.filter(({ job }) => ownPath(job.uses) === REUSABLE)

    expect(calls.length).toBeGreaterThan(0)
    for (const { job } of calls) {
      const given = Object.keys(job.with ?? {})
      const givenSecrets = Object.keys(job.secrets ?? {})
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(given))
      expect(Object.keys(secrets)).toEqual(expect.arrayContaining(givenSecrets))
      expect(given).toEqual(expect.arrayContaining(namesOfRequired(inputs)))
      expect(givenSecrets).toEqual(expect.arrayContaining(namesOfRequired(secrets)))
    }
  })

  test('has the defaults of the actions behind it', () => {
    const actions = { ...readAction('download').inputs, ...readAction('.').inputs }
    const shared = Object.keys(inputs).filter((name) => name in actions)

    expect(shared.length).toBeGreaterThan(8)
    for (const name of shared) {
      expect([name, inputs[name]?.default]).toEqual([name, actions[name]?.default])
    }
  })

  test('hands each of its inputs on', () => {
    const text = readFileSync(REUSABLE, 'utf8')

    for (const name of Object.keys(inputs)) expect(text).toContain(`: \${{ inputs.${name} }}`)
    for (const name of Object.keys(secrets)) expect(text).toContain(`: \${{ secrets.${name} }}`)
  })
})

test.each(jobsOfExamples)(
  '$example, job $id may sign in where it does, and nowhere else',
  ({ job }) => {
    const signsIn = (job.steps ?? []).some(({ uses = '' }) =>
      /^(aws-actions\/configure|google-github-actions\/auth|Azure\/login)/.test(uses),
    )

    expect(job.permissions?.['id-token']).toBe(signsIn ? 'write' : undefined)
  },
)

vi.setConfig({ maxConcurrency: 2 })

describe.runIf(hasAct).concurrent('a workflow', () => {
  const repositories: UserRepository[] = []
  let published: ReturnType<typeof publish>
  let api: ApiHosts

  beforeAll(async () => {
    published = publish()
    api = await startApiHosts(API_HOSTS, { apiKey: API_KEY })
  })

  afterAll(async () => {
    await api.close()
    for (const repository of repositories) repository.remove()
    published.remove()
  })

  const copyOf = (example: string, days?: number): UserRepository => {
    const repository = new UserRepository(example, days)
    repositories.push(repository)
    return repository
  }

  const runExample = async (
    repository: UserRepository,
    { example, event, payload, apiKey = API_KEY, vars = {}, secrets = {} }: Omit<Run, 'shows'>,
    {
      hosts = api,
      env = {},
      ...others
    }: { hosts?: ApiHosts; env?: Record<string, string>; cancelAt?: string } = {},
  ): Promise<{ exitCode: number | null; log: string }> => {
    const eventFile = path.join(repository.folder, 'event.json')
    writeFileSync(eventFile, JSON.stringify(payload ?? {}))
    const run = await runWorkflow(`.github/workflows/${example}`, {
      event: [...event, '--eventpath', eventFile],
      env: {
        ...hosts.env,
        STAND_IN_ARTIFACTS: repository.artifacts,
        STAND_IN_BUCKETS: repository.buckets,
        ...env,
      },
      secrets: { EIGHT_BY_EIGHT_API_KEY: apiKey, ...secrets },
      vars,
      published: published.folder,
      cwd: repository.workTree,
      ...others,
    })
    const kept = Object.values(repository.readArtifacts())
    for (const text of [run.log, ...kept]) {
      expect(text).not.toContain(apiKey)
      expect(text).not.toContain('/messages/download/')
    }
    return run
  }

  test('of this repository goes from the sandbox to its files, and cancels', async () => {
    const { exitCode, log } = await runWorkflow('.github/workflows/try.yml', {
      event: ['push', '--matrix', 'os:ubuntu-latest'],
      env: {},
      published: published.folder,
      cwd: process.cwd(),
    })

    expect(log).toMatch(new RegExp(`\\| Started job ${JOB_ID}\\.`))
    expect(log).toMatch(/\| .* \S+-01T00:00:00\+08:00 .*\S+-01T00:00:00\+08:00/)
    expect(log).toMatch(/\| 2 files, the first begins with umid,subaccountid,/)
    const [, records] = /\| (\d+) records, 0\.\d+ delivered, at/.exec(log) ?? []
    expect(records).toMatch(/^[1-9]/)
    expect(log).toMatch(/\| [\d,]+ outbound.* [\d,]+ inbound.* [\d.]+%/)
    expect(log).toContain('Success - Main The report has the figures of the files')
    // The page, which act shows at its end.
    expect(log).toMatch(/^.*### .*`acme_sg`$/m)
    expect(log).toMatch(/\| Outbound[^|]*\| \*\*[\d,]+\*\* \|/)
    expect(log).toMatch(/xychart-beta\n.*title ".*by day"/)
    expect(log).toMatch(new RegExp(`\\| Cancelled job ${JOB_ID}`))
    expect(log).toMatch(/\| .*sandbox.* ended/)
    expect(exitCode).toBe(0)
  })

  for (const run of RUNS) {
    const { example, as, shows, hides = [], hosts = [], exitCode: expected = 0 } = run
    const title = [example, as].filter(Boolean).join(' ')
    test(`shown as ${title} does what it is for, and shows no key`, async () => {
      const own = run.api && (await startApiHosts(API_HOSTS, { apiKey: API_KEY, ...run.api }))

      const { exitCode, log } = await runExample(copyOf(example), run, { hosts: own ?? api })

      await own?.close()
      for (const shown of shows) expect(log).toMatch(shown)
      for (const hidden of hides) expect(log).not.toMatch(hidden)
      expect(api.hosts).toEqual(expect.arrayContaining(hosts))
      expect(exitCode).toBe(expected)
    })
  }

  test('shown as start-now-download-later.yml starts at night, and brings home in the morning', async () => {
    const example = 'start-now-download-later.yml'
    const repository = copyOf(example)
    const at = (schedule: string) =>
      runExample(repository, { example, event: ['schedule'], payload: { schedule } })

    const night = await at('10 16 * * *')

    expect(night.log).toContain('Artifact sms-job-id holds job-id.txt')
    expect(night.log).not.toContain('Saved')
    expect(night.exitCode).toBe(0)
    const jobId = repository.readArtifacts()['sms-job-id/job-id.txt']?.trim()
    expect(jobId).toMatch(new RegExp(`^${JOB_ID}$`))

    const morning = await at('0 23 * * *')

    expect(morning.log).toContain('Artifact sms-job-id of run 4711')
    expect(morning.log).toContain(`Artifact sms-logs holds ${jobId}.csv`)
    expect(morning.log).not.toContain('Started job')
    expect(morning.exitCode).toBe(0)

    const byHand = await runExample(copyOf(example), {
      example,
      event: ['workflow_dispatch'],
      payload: { inputs: { 'job-id': jobId } },
    })

    expect(byHand.log).toContain(`Artifact sms-logs holds ${jobId}.csv`)
    expect(byHand.log).not.toContain('sms-job-id')
    expect(byHand.exitCode).toBe(0)
  })

  test.each([
    { example: 'archive-s3.yml', vars: S3, root: 'acme-archive/sms-logs' },
    {
      example: 'archive-google-cloud.yml',
      vars: {
        GOOGLE_IDENTITY_PROVIDER: PROVIDER,
        GOOGLE_SERVICE_ACCOUNT: 'archive@acme.iam.gserviceaccount.com',
        ARCHIVE_BUCKET: 'acme-archive',
      },
      root: 'acme-archive',
    },
    {
      example: 'archive-azure.yml',
      vars: {
        ...{ AZURE_CLIENT_ID: ID, AZURE_TENANT_ID: ID, AZURE_SUBSCRIPTION_ID: ID },
        ARCHIVE_ACCOUNT: 'acmearchive',
      },
      root: 'acmearchive/sms-logs',
    },
  ])('shown as $example keeps the archive, and goes on where it was', async (settings) => {
    const { example, vars, root } = settings
    const repository = copyOf(example)
    const run = () => runExample(repository, { example, event: ['schedule'], vars })

    const first = await run()
    const written = repository.takeWritten().map((name) => path.relative(root, name))
    const second = await run()

    expect([first.exitCode, second.exitCode]).toEqual([0, 0])
    const days = 4
    expect(written).toEqual([
      ...Array(days).fill(expect.stringMatching(/^data.date=\d{4}-\d\d-\d\d.sms\.csv\.gz$/)),
      ...Array(days).fill(expect.stringMatching(/^reports.\d{4}-\d\d-\d\d\.json$/)),
      'datapackage.json',
    ])
    const manifest = path.join(repository.buckets, root, 'datapackage.json')
    expect(JSON.parse(readFileSync(manifest, 'utf8')).resources).toHaveLength(days)
    expect(repository.takeWritten().join()).not.toContain('data/date=')
    expect(second.log).not.toMatch(/\| Started job/)
  })

  test('shown as archive.yml keeps its folder on the runner from run to run', async () => {
    const example = 'archive.yml'
    const repository = copyOf(example)
    const home = path.join(repository.folder, 'home')
    const run = () =>
      runExample(repository, { example, event: ['schedule'] }, { env: { HOME: home } })

    const first = await run()
    const second = await run()

    expect([first.exitCode, second.exitCode]).toEqual([0, 0])
    expect(readdirSync(path.join(home, 'sms-logs/data'))).toHaveLength(4)
    expect(second.log).toMatch(/\| Nothing .*export/)
  })

  test('shown as archive-git.yml pushes the days to their branch, which it begins', async () => {
    const example = 'archive-git.yml'
    const repository = copyOf(example)
    const { remote, workTree } = repository
    const run = () => runExample(repository, { example, event: ['schedule'] })

    const first = await run()
    const files = repository.git(remote, 'ls-tree', '-r', '--name-only', 'data').trim().split('\n')
    // As a runner begins: with the default branch alone.
    repository.git(workTree, 'switch', '--quiet', '--force', 'main')
    for (const ref of ['refs/heads/data', 'refs/remotes/origin/data']) {
      repository.git(workTree, 'update-ref', '-d', ref)
    }
    const second = await run()

    expect([first.exitCode, second.exitCode]).toEqual([0, 0])
    const days = files.filter((name) => /^sms-logs\/data\/date=[\d-]+\/sms\.csv$/.test(name))
    expect(days).toHaveLength(4)
    expect(files).toContain('sms-logs/datapackage.json')
    expect(files.filter((name) => !name.startsWith('sms-logs/'))).toEqual([])
    const log = repository.git(remote, 'log', '--format=%an: %s', 'data')
    expect(log.trim()).toBe('github-actions[bot]: Update the SMS archive')
  })

  test('shown as archive-alarm.yml opens one issue where a day is missing for too long', async () => {
    const example = 'archive-alarm.yml'
    const repository = copyOf(example)
    const failing = await startApiHosts(API_HOSTS, { apiKey: API_KEY, scenario: 'failed' })
    const run = (env = {}) =>
      runExample(repository, { example, event: ['schedule'], vars: S3 }, { hosts: failing, env })

    const first = await run()
    const [, title = ''] = /\| Issue in acme\/logs: (.+ is still missing) \(/.exec(first.log) ?? []
    const second = await run({ STAND_IN_OPEN_ISSUE: title })

    await failing.close()
    expect(title).toMatch(/^SMS archive: \d{4}-\d\d-\d\d is still missing$/)
    expect(second.log).not.toMatch(/\| Issue in/)
    expect([first.exitCode, second.exitCode]).toEqual([1, 1])
  })

  test('shown as archive-alarm.yml opens an issue where a new day is unusual', async () => {
    const example = 'archive-alarm.yml'
    // Three of the same weekday, as the youngest of them may be exported again.
    const repository = copyOf(example, 23)
    const yesterday = await startApiHosts(API_HOSTS, { apiKey: API_KEY, aheadMs: -24 * HOUR_MS })
    const pumped = await startApiHosts(API_HOSTS, { apiKey: API_KEY, records: 4_000 })
    const run = (hosts: ApiHosts) =>
      runExample(repository, { example, event: ['schedule'], vars: S3 }, { hosts })

    const usual = await run(yesterday)
    const unusual = await run(pumped)

    await Promise.all([yesterday.close(), pumped.close()])
    expect(usual.log).not.toMatch(/\| Issue in/)
    expect(unusual.log).toMatch(/\| Issue in acme\/logs: SMS alarm: unusual traffic on \d{4}-/)
    expect(unusual.log).toContain('"sign":"volume-spike"')
    expect([usual.exitCode, unusual.exitCode]).toEqual([0, 0])
  })

  test.each([
    { example: 'cancel-with-the-run.yml', event: ['workflow_dispatch'] },
    { example: 'reusable.yml', event: ['schedule'] },
  ])('shown as $example cancels the job when it is cancelled', async ({ example, event }) => {
    const slow = await startApiHosts(['sms.8x8.com'], { apiKey: API_KEY, durationMs: HOUR_MS })

    const { exitCode, log } = await runExample(
      copyOf(example),
      { example, event },
      { hosts: slow, cancelAt: 'is queued.' },
    )

    await slow.close()
    expect(log).toMatch(new RegExp(`\\| Cancelled job ${JOB_ID}\\.`))
    expect(log).not.toContain('| Artifact')
    expect(exitCode).toBe(1)
  })
})
