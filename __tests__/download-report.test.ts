import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseReportFile } from '../src/report/report-file.js'
import { jobAnswer, startExportServer, succeededWith } from './helpers/export-server.js'
import { type FileVersion, sendFile, type WireFault } from './helpers/file-answers.js'
import { readPage, tableWith } from './helpers/markdown-page.js'
import { countedByHand, ODD_EXPORT, ODD_LINE, ODD_REPORT } from './helpers/odd-export.js'
import { canonical } from './helpers/plain-report.js'
import { type Cells, csvOfRecords, reportOf } from './helpers/read-export.js'
import type { ActionRun, RunOptions } from './helpers/run-action.js'
import { contentsOf, launchDownload, MESSAGE_BODY, runDownload } from './helpers/run-download.js'
import { errorsOf, PHONE_NUMBER } from './helpers/run-start.js'
import { createTemporaryFolder } from './helpers/temporary-folder.js'
import { answer, JOB_ID, type Reaction } from './helpers/wire-server.js'

/** All that is in a folder, as hashes: a difference of megabytes is nothing to read. */
function hashesOf(folder: string): Record<string, string> {
  const hashes = Object.entries(contentsOf(folder)).map(([name, bytes]) => [name, hashOf(bytes)])
  return Object.fromEntries(hashes) as Record<string, string>
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

interface Downloaded extends ActionRun {
  folder: string
  errors: string[]
  annotations: string[]
  requests: readonly string[]
}

/** A download of so many files, from a server that answers requests for them like this. */
async function download(
  files: Reaction | readonly Reaction[],
  { count = 1, ...options }: RunOptions & { count?: number } = {},
): Promise<Downloaded> {
  // The job is read again only where a link has expired, and has other links then.
  const jobs = [succeededWith(count), succeededWith(count, { token: 'an0ther-0123456789abcdef' })]
  const server = await startExportServer(jobs, files)
  onTestFinished(() => server.close())
  const folder = path.join(createTemporaryFolder(), 'logs')
  const inputs = { path: folder, retries: '3', ...options.inputs }
  const run = await runDownload(server.url, { ...options, inputs })
  const annotations = run.stdout.match(/^::(warning|notice)::.*$/gm) ?? []
  return { ...run, folder, errors: errorsOf(run), annotations, requests: server.requests }
}

const reportIn = ({ outputs }: ActionRun): string => canonical(JSON.parse(outputs.report ?? 'null'))

/** Records with a number and a message's body beside them. */
function csvWithSecrets(records: readonly Cells[]): string {
  const secrets = `,${PHONE_NUMBER},"${MESSAGE_BODY}"`
  const [header, ...lines] = csvOfRecords(records).trimEnd().split('\r\n')
  return [`${header},msisdn,body`, ...lines.map((line) => line + secrets), ''].join('\r\n')
}

/** A file of so many records; 6,000 are more than a batch on the disk. */
function fileOf(records: number, seed = 0): Buffer {
  const kinds: Cells[] = [
    { operator: `Network ${seed}`, price_total: '0.0123456789' },
    { country: 'ID', smscount: '3', status_value: 'undelivered', status_errorcode: '4' },
    { direction: '0', price_currency: 'USD', createdat: '2026-11-30T23:59:59Z' },
  ]
  return Buffer.from(
    csvWithSecrets(Array.from({ length: records }, (_, at) => kinds[at % 3] ?? {})),
  )
}

const RECORDS = 18_000
const LARGE = fileOf(RECORDS)
const tagged: FileVersion = { bytes: LARGE, etag: '"v1"' }
const untagged: FileVersion = { bytes: LARGE }

describe('the report of a download', () => {
  test('is an output, a page and a line, and holds no number and no message', async () => {
    const text = csvWithSecrets([{}, { status_value: 'sent' }])

    const run = await download(sendFile({ bytes: Buffer.from(text) }))

    expect(run.exitCode).toBe(0)
    expect(run.outputs.records).toBe('2')
    expect(reportIn(run)).toBe(canonical(reportOf([text])))
    expect(run.stdout).toContain(
      '\n2 outbound, 0 inbound · 50.0% delivered, 1 pending · EUR 0.1, 0.05 a record · 95% within 3 s · 1 country · 2026-11-01.\n',
    )
    expect(run.annotations).toEqual([])
    const page = readPage(run.summary)
    expect(tableWith(page, 'Countries').rows).toEqual([
      ['Singapore (SG)', '2', '50.0% 1 pending', '3 s', 'EUR 0.1'],
    ])
  })

  test('of a file with every oddity is as the README says', async () => {
    const run = await download(sendFile({ bytes: ODD_EXPORT }))

    expect(run.exitCode).toBe(0)
    const report = JSON.parse(run.outputs.report ?? '')
    expect(canonical(countedByHand(report))).toBe(canonical(ODD_REPORT))
    expect(run.annotations).toEqual([
      expect.stringMatching(`^::warning::.* 5\\. .*${JOB_ID}\\.csv, line ${ODD_LINE}: .*fields`),
      expect.stringMatching(
        `^::notice::.*"${JOB_ID}\\.csv".*source, status_details, status_timestamp`,
      ),
      expect.stringMatching(/^::notice::.*createdat.*: 3\.$/),
    ])
    expect(hashesOf(run.folder)).toEqual({ [`${JOB_ID}.csv`]: hashOf(ODD_EXPORT) })
  })

  test('of ten files of several batches, four at a time, is one', async () => {
    const bytes = Array.from({ length: 10 }, (_, index) => fileOf(7_000 + index, index + 1))
    const files: Reaction = (socket, request) => {
      const [, number = ''] = /-(\d+) HTTP/.exec(request) ?? []
      sendFile({ bytes: bytes[Number(number) - 1] ?? Buffer.alloc(0) })(socket, request)
    }

    const run = await download(files, { count: 10 })

    expect(run.exitCode).toBe(0)
    expect(reportIn(run)).toBe(canonical(reportOf(bytes)))
    const names = tableWith(readPage(run.summary), 'File, and its SHA-256').rows
    expect(names.map(([name]) => name?.split(' ')[0])).toEqual(
      bytes.map((_, index) => `${JOB_ID}-${index + 1}.csv`),
    )
  })

  test('of a job without records says so in one line', async () => {
    const server = await startExportServer(jobAnswer('empty'))
    onTestFinished(() => server.close())

    const run = await runDownload(server.url)

    expect(run.exitCode).toBe(0)
    expect(run.summary).toBe(
      `### SMS logs of \`acme_sg\`\n\nNo records: job \`${JOB_ID}\` found none.\n\n`,
    )
    expect(run.outputs.records).toBe('0')
    expect(reportIn(run)).toBe(canonical(reportOf([])))
  })

  test('is left out with summary: false, and no file is read', async () => {
    const run = await download(sendFile(untagged), { inputs: { summary: 'false' } })

    expect(run.exitCode).toBe(0)
    expect(run.summary).toBe('')
    expect(run.outputs.records ?? '').toBe('')
    expect(run.outputs.report ?? '').toBe('')
    expect(hashesOf(run.folder)).toEqual({ [`${JOB_ID}.csv`]: hashOf(LARGE) })
  })

  test('goes to a file for a later job', async () => {
    const file = path.join(createTemporaryFolder(), 'reports', 'one.json')

    const run = await download(sendFile(untagged), { inputs: { 'report-file': file } })

    expect(run.exitCode).toBe(0)
    const written = parseReportFile(readFileSync(file, 'utf8'))
    expect(written).toMatchObject({ subaccountId: 'acme_sg', jobId: JOB_ID })
    expect(written?.figures.records).toBe(RECORDS)
  })
})

describe('the size of the report', () => {
  /** A file whose report has some 180 characters for each of so many operators. */
  const operators = (count: number): Buffer =>
    Buffer.from(
      csvOfRecords(
        Array.from({ length: count }, (_, at) => ({ operator: `${at}`.padEnd(60, 'x') })),
      ),
    )

  const sizeOf = ({ outputs }: ActionRun): number => outputs.report?.length ?? 0

  test('gets a notice where no environment variable holds it, and none below', async () => {
    const small = await download(sendFile({ bytes: operators(600) }))
    const large = await download(sendFile({ bytes: operators(900) }))

    expect(sizeOf(small)).toBeGreaterThan(90_000)
    expect(sizeOf(small)).toBeLessThan(131_000)
    expect(small.annotations).toEqual([])
    expect(sizeOf(large)).toBeGreaterThan(131_072)
    expect(large.annotations).toEqual([expect.stringMatching(/notice.*128 KiB.*report-file/)])
  })

  test('is nothing where GitHub would refuse the outputs, all of them in UTF-16', async () => {
    const bytes = operators(2_600)
    const files: Reaction = (socket, request) =>
      sendFile({ bytes: request.includes('-1 HTTP') ? bytes : operators(0) })(socket, request)
    // With the paths of 90 files in a deep folder it is above the limit, and without them below.
    const folder = `${createTemporaryFolder()}${'/folder'.repeat(150)}`

    const alone = await download(files)
    const beside = await download(files, { count: 90, inputs: { path: folder } })

    expect(2 * sizeOf(alone)).toBeGreaterThan(800_000)
    expect(2 * sizeOf(alone)).toBeLessThan(1_000_000)
    expect(JSON.parse(beside.outputs.files ?? '')).toHaveLength(90)
    expect(beside.outputs).toMatchObject({ report: '', records: '2600' })
    expect(beside.annotations).toEqual([expect.stringMatching(/warning.*1 MiB.*report-file/)])
  })
})

describe('a file that is no SMS log', () => {
  test.each([
    ['plain text', 'The service is not available.\n', /plain text/],
    ['a table of something else', 'id;name\n1;x\n', /other columns/],
    ['records without a header row', csvOfRecords([{}]).replace(/^.*\r\n/, ''), /header row/],
    ['bytes that are no text', Buffer.from('\x01\x02\x03\0\n'), /binary/],
  ])('fails the step, and is kept: %s', async (_, file, looksLike) => {
    const bytes = Buffer.from(file)

    const run = await download(sendFile({ bytes }))

    expect(run.exitCode).toBe(1)
    expect(run.errors).toEqual([expect.stringMatching(looksLike)])
    expect(run.errors[0]).toContain(`${JOB_ID}.csv`)
    expect(run.errors[0]).not.toContain('bug')
    expect(contentsOf(run.folder)).toEqual({ [`${JOB_ID}.csv`]: bytes })
    expect(run.outputs.files).toBe(JSON.stringify([path.join(run.folder, `${JOB_ID}.csv`)]))
    expect(run.outputs.report ?? '').toBe('')
  })

  test('is not read with summary: false', async () => {
    const bytes = Buffer.from('The service is not available.\n')

    const run = await download(sendFile({ bytes }), { inputs: { summary: 'false' } })

    expect(run.exitCode).toBe(0)
    expect(contentsOf(run.folder)).toEqual({ [`${JOB_ID}.csv`]: bytes })
  })

  test('fails the step beside one that is, and both are kept', async () => {
    const [log, text] = [Buffer.from(csvOfRecords([{}])), Buffer.from('Not available.\n')]
    const byNumber: Reaction = (socket, request) =>
      sendFile({ bytes: /-2 HTTP/.test(request) ? text : log })(socket, request)

    const run = await download(byNumber, { count: 2 })

    expect(run.exitCode).toBe(1)
    expect(run.errors).toEqual([expect.stringContaining(`${JOB_ID}-2.csv`)])
    expect(contentsOf(run.folder)).toEqual({ [`${JOB_ID}-1.csv`]: log, [`${JOB_ID}-2.csv`]: text })
    expect(JSON.parse(run.outputs.files ?? '')).toHaveLength(2)
  })
})

describe('an SMS log in another form', () => {
  test.each([
    ['semicolons', (text: string) => Buffer.from(text.replaceAll(',', ';'))],
    [
      'UTF-16 and tabs',
      (text: string) => Buffer.from(`\uFEFF${text.replaceAll(',', '\t')}`, 'utf16le'),
    ],
    ['lone CR line ends', (text: string) => Buffer.from(text.replaceAll('\r\n', '\r'))],
  ])('is read and kept as it came: %s', async (_, rewrite) => {
    const text = csvOfRecords([{}, { country: 'ID', operator: 'Télécom' }])
    const bytes = rewrite(text)

    const run = await download(sendFile({ bytes }))

    expect(run.exitCode).toBe(0)
    expect(run.outputs.records).toBe('2')
    expect(reportIn(run)).toBe(canonical(reportOf([text])))
    expect(contentsOf(run.folder)).toEqual({ [`${JOB_ID}.csv`]: bytes })
  })
})

/** A thread reads what may be large: a file whose length is not announced. */
const READERS = [
  { reader: 'the step', framing: 'length' },
  { reader: 'a thread', framing: 'chunked' },
] as const

describe.each(READERS)('what $reader reads of a transfer that is cut', ({ framing }) => {
  const whole = canonical(reportOf([LARGE]))
  const other = { bytes: fileOf(RECORDS, 7), etag: '"v0"' }
  const send = (version: FileVersion, fault?: WireFault): Reaction =>
    sendFile(version, { framing }, fault)

  test.each<[string, readonly Reaction[]]>([
    [
      'before a byte of it is on the disk, and begins again',
      [send(untagged, { at: 0.02, how: 'cut' }), send(untagged)],
    ],
    ['before its first byte', [send(untagged, { at: 0, how: 'reset' }), send(untagged)]],
    ['in the middle, and begins again', [send(untagged, { at: 0.7, how: 'cut' }), send(untagged)]],
    [
      'in the middle, and begins again with another file',
      [send(other, { at: 0.9, how: 'reset' }), send(tagged)],
    ],
    ['in the middle, and goes on there', [send(tagged, { at: 0.5, how: 'cut' }), send(tagged)]],
    [
      'twice, goes on once, and begins again',
      [
        send(tagged, { at: 0.4, how: 'cut' }),
        send(tagged, { at: 0.6, how: 'reset' }),
        sendFile(tagged, { ranges: 'refused with 416' }),
        send(tagged),
      ],
    ],
    [
      'because its link has expired, and comes by a new one',
      [send(untagged, { at: 0.6, how: 'cut' }), answer(403, ''), send(untagged)],
    ],
  ])('%s is the report of the whole file', async (_, files) => {
    const run = await download(files)

    expect(run.errors).toEqual([])
    expect(run.exitCode).toBe(0)
    expect(reportIn(run)).toBe(whole)
    expect(run.outputs.records).toBe(String(RECORDS))
    expect(hashesOf(run.folder)).toEqual({ [`${JOB_ID}.csv`]: hashOf(LARGE) })
  })
})

describe('a threshold', () => {
  const text = csvWithSecrets([...Array(19).fill({}), { status_value: 'failed' }])
  const file = sendFile({ bytes: Buffer.from(text) })

  test('that is exactly reached passes', async () => {
    const run = await download(file, {
      inputs: { 'min-delivery-rate': '95', 'max-cost': 'EUR 1\nUSD 0' },
    })

    expect(run.errors).toEqual([])
    expect(run.exitCode).toBe(0)
  })

  test('that is crossed fails the step when all else is done', async () => {
    const reportFile = path.join(createTemporaryFolder(), 'one.json')
    const inputs = {
      'min-delivery-rate': '95.01%',
      'max-cost': 'USD 5\nEUR 0.9999999999',
      'report-file': reportFile,
    }

    const run = await download(file, { inputs })

    expect(run.exitCode).toBe(1)
    expect(run.errors).toEqual([
      expect.stringMatching(
        / 95\.00%, 0\.01 points below min-delivery-rate \(95\.01%\): 19 of 20 .* EUR 1, EUR 0\.0000000001 above max-cost \(EUR 0\.9999999999\)/,
      ),
    ])
    const whole = path.join(run.folder, `${JOB_ID}.csv`)
    expect(readFileSync(whole, 'utf8')).toBe(text)
    expect(run.outputs).toMatchObject({ files: JSON.stringify([whole]), records: '20' })
    expect(reportIn(run)).toBe(canonical(reportOf([text])))
    expect(run.summary).toContain('### SMS logs of `acme_sg`')
    expect(parseReportFile(readFileSync(reportFile, 'utf8'))?.figures.records).toBe(20)
  })

  test('that nobody can check fails as well', async () => {
    const bytes = Buffer.from(text.replace('status_value', 'x').replace('price_currency', 'y'))

    const run = await download(sendFile({ bytes }), {
      inputs: { 'min-delivery-rate': '1%', 'max-cost': 'EUR 0.5' },
    })

    expect(run.exitCode).toBe(1)
    expect(run.errors).toEqual([
      expect.stringMatching(
        /min-delivery-rate cannot be checked: .*\.csv" has no column status_value.*max-cost \(EUR 0\.5\) cannot be checked: 1 of the cost/,
      ),
    ])
  })

  test('with summary: false is a mistake, and so is each that is none, before any request', async () => {
    const refused = await download(file, {
      inputs: {
        summary: 'false',
        'min-delivery-rate': '95',
        'max-cost': 'EUR 1',
        'report-file': 'a.json',
      },
    })
    const wrong = await download(file, {
      inputs: { summary: 'no', 'min-delivery-rate': '950', 'max-cost': '5 EUR' },
    })

    expect(refused.errors).toEqual([
      expect.stringMatching(/^report-file: .*summary: true/),
      expect.stringMatching(/^min-delivery-rate: .*summary: true/),
      expect.stringMatching(/^max-cost: .*summary: true/),
    ])
    expect(wrong.errors).toEqual([
      expect.stringMatching(/^summary: "no"/),
      expect.stringMatching(/^min-delivery-rate: "950" .*95/),
      expect.stringMatching(/^max-cost: "5 EUR" .*EUR/),
    ])
    expect([...refused.requests, ...wrong.requests]).toEqual([])
    expect([refused.exitCode, wrong.exitCode]).toEqual([1, 1])
  })
})

describe('the thread that reads for the report', () => {
  /** What is built, with this script as the thread. */
  function distWithThread(script: string): string {
    const dist = createTemporaryFolder()
    cpSync('dist/download', path.join(dist, 'download'), { recursive: true })
    mkdirSync(path.join(dist, 'report-worker'))
    writeFileSync(path.join(dist, 'report-worker', 'package.json'), '{"type":"module"}')
    writeFileSync(path.join(dist, 'report-worker', 'index.js'), script)
    return dist
  }

  const bytes = fileOf(6_000)
  const sendToThread = sendFile({ bytes }, { framing: 'chunked' })

  const onOrder = (code: string): string =>
    `import { parentPort } from 'node:worker_threads'\nparentPort.on('message', ({ kind, file }) => { ${code} })`
  const hang = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'
  const built = pathToFileURL('dist/report-worker/index.js').href

  test.each([
    ['cannot begin', "throw new Error('no thread')", 'no thread'],
    ['ends as it begins', 'process.exit(0)', 'the reading thread has ended'],
    ['ends in the middle', onOrder('process.exit(0)'), 'the reading thread has ended'],
    ['throws in the middle', onOrder("throw new Error('middle')"), 'middle'],
    [
      'cannot read',
      `import fs from 'node:fs'\nfs.readSync = () => { throw new Error('EIO') }\nawait import('${built}')`,
      'EIO',
    ],
    [
      'throws at the end of a file',
      onOrder("if (kind === 'ended') throw new Error('end of a file')"),
      'end of a file',
    ],
  ])('takes no file away where it %s, and the step fails', async (_, script, reason) => {
    const run = await download(sendToThread, { count: 6, dist: distWithThread(script) })

    expect(run.exitCode).toBe(1)
    expect(run.errors).toEqual([
      expect.stringMatching(`The files are saved, .*${reason}\\. .*bug .*summary: false`),
    ])
    const names = Array.from({ length: 6 }, (_, index) => `${JOB_ID}-${index + 1}.csv`)
    expect(hashesOf(run.folder)).toEqual(
      Object.fromEntries(names.map((name) => [name, hashOf(bytes)])),
    )
    expect(JSON.parse(run.outputs.files ?? '')).toEqual(
      names.map((name) => path.join(run.folder, name)),
    )
    expect(run.outputs).not.toHaveProperty('records')
  })

  /** Windows knows no signals. */
  test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
    'holds up no step that is ended by %s',
    async (signal) => {
      const server = await startExportServer(succeededWith(1), sendToThread)
      onTestFinished(() => server.close())
      const folder = createTemporaryFolder()
      const { child, ended, logged } = launchDownload(server.url, {
        inputs: { path: folder },
        dist: distWithThread(onOrder(hang)),
      })
      await logged('Saved')

      child.kill(signal)
      const run = await ended

      expect(run.killedBy).toBeNull()
      expect(run.exitCode).toBe(1)
      expect(errorsOf(run)).toEqual([`Interrupted by ${signal}.`])
      expect(run.outputs.files).toBe(JSON.stringify([path.join(folder, `${JOB_ID}.csv`)]))
      expect(hashesOf(folder)).toEqual({ [`${JOB_ID}.csv`]: hashOf(bytes) })
    },
  )
})
