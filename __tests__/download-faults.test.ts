import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCertificate } from './helpers/certificate.js'
import {
  type ExportServer,
  jobAnswer,
  LINK_TOKEN,
  startExportServer,
  succeededWith,
} from './helpers/export-server.js'
import {
  csvOf,
  fileAnswer,
  message,
  RANGE_MANNERS,
  sendBytes,
  sendFile,
  type WireFault,
} from './helpers/file-answers.js'
import type { ActionRun, RunningAction, RunOptions } from './helpers/run-action.js'
import {
  contentsOf,
  FILE,
  launchDownload,
  MESSAGE_BODY,
  runDownload,
} from './helpers/run-download.js'
import { API_KEY, commandsOf, errorsOf, PHONE_NUMBER } from './helpers/run-start.js'
import { createTemporaryFolder } from './helpers/temporary-folder.js'
import {
  answer,
  apiError,
  JOB_ID,
  type Reaction,
  stall,
  startWireServer,
  type WireServer,
} from './helpers/wire-server.js'

const NAME = `${JOB_ID}.csv`
const version = { bytes: FILE, etag: '"v1"' }
const file = sendFile(version)
const PARTIAL = expect.stringMatching(/^\.\w+\.csv\.[0-9a-f]{16}\.part$/)
const half: WireFault = { at: 0.5, how: 'cut' }

async function closing<T extends WireServer>(starting: Promise<T>): Promise<T> {
  const server = await starting
  onTestFinished(() => server.close())
  return server
}

interface Faced extends ActionRun {
  folder: string
  errors: string[]
  server: ExportServer
  contents: Record<string, Buffer>
}

interface Scene extends RunOptions {
  job?: Reaction | readonly Reaction[]
  folder?: string
}

/** A download of a job's file from a server that does as the reactions say. */
async function face(files: Reaction | readonly Reaction[], scene: Scene = {}): Promise<Faced> {
  const { job = succeededWith(1), folder = createTemporaryFolder() } = scene
  const server = await closing(startExportServer(job, files))
  const run = await runDownload(server.url, { ...scene, inputs: { path: folder, ...scene.inputs } })
  expect(run.stderr).toBe('')
  return { ...run, folder, errors: errorsOf(run), server, contents: contentsOf(folder) }
}

function expectNothing(run: Faced): void {
  expect(run.exitCode).toBe(1)
  expect(run.errors).toHaveLength(1)
  expect(run.outputs.files).toBe('[]')
  expect(run.contents).toEqual({})
}

const headerOf = (request: string | undefined, name: string): string | undefined =>
  new RegExp(`^${name}: *(.*)\r$`, 'im').exec(request ?? '')?.[1]

describe('a transfer that is cut', () => {
  test('goes on where it stopped', async () => {
    const run = await face([sendFile(version, {}, half), file])

    expect(run.exitCode).toBe(0)
    expect(run.contents).toEqual({ [NAME]: FILE })
    expect(headerOf(run.server.fileRequests[1], 'range')).toMatch(/^bytes=[1-9]\d*-$/)
    expect(headerOf(run.server.fileRequests[1], 'if-range')).toBe('"v1"')
  })

  test('is a failure in the end, and leaves nothing', async () => {
    const run = await face(sendFile(version, {}, half))

    expectNothing(run)
    expect(run.server.fileRequests).toHaveLength(2)
    expect(run.errors[0]).toMatch(/^http:\S+ closed the connection before its answer was whole/)
  })

  test('leaves the files that were whole, and puts them out', async () => {
    let firstIsHome: () => void = () => undefined
    const home = new Promise<void>((resolve) => {
      firstIsHome = resolve
    })
    const files: Reaction = async (socket, request) => {
      if (!request.includes('-2 HTTP')) file(socket, request)
      else await home.then(() => socket.resetAndDestroy())
    }

    const run = await face(files, {
      job: succeededWith(2),
      inputs: { retries: '0' },
      onStdout: (text) => {
        if (text.includes(`Saved ${JOB_ID}-1.csv`)) firstIsHome()
      },
    })

    expect(run.exitCode).toBe(1)
    expect(run.contents).toEqual({ [`${JOB_ID}-1.csv`]: FILE })
    expect(JSON.parse(run.outputs.files ?? '')).toEqual([path.join(run.folder, `${JOB_ID}-1.csv`)])
    expect(run.outputs.status).toBe('succeeded')
  })

  test('spoils no older file under its name', async () => {
    const folder = createTemporaryFolder()
    await face(file, { folder })

    const run = await face(sendFile({ bytes: csvOf(50_000) }, {}, half), {
      folder,
      inputs: { retries: '0' },
    })

    expect(run.exitCode).toBe(1)
    expect(run.contents).toEqual({ [NAME]: FILE })
  })
})

/** What comes of each of them, so many at a time: who has to wait holds up no other. */
async function inTurns<T, R>(
  all: readonly T[],
  atATime: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = all[Symbol.iterator]()
  const workOn = async (): Promise<void> => {
    for (const one of waiting) results.push(await work(one))
  }
  await Promise.all(Array.from({ length: atATime }, workOn))
  return results
}

describe('whatever happens on the wire', () => {
  const fault = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    how: fc.constantFrom<WireFault['how'][]>('cut', 'cut', 'reset', 'reset', 'stall'),
  })
  const scene = fc.record({
    // Files of less than a batch, of about one, and of several; all have their header.
    bytes: fc.oneof(
      fc.integer({ min: 11, max: 100_000 }),
      fc.integer({ min: 1_048_570, max: 1_048_580 }),
      fc.integer({ min: 11, max: 2_500_000 }),
    ),
    ranges: fc.constantFrom(...RANGE_MANNERS),
    framing: fc.constantFrom('length', 'chunked'),
    isPacked: fc.constantFrom(false, false, true),
    hasTag: fc.constantFrom(true, true, false),
    /** For each try: what happens to it, and whether the file is another one from then on. */
    tries: fc.array(fc.tuple(fault, fc.constantFrom(false, false, true)), { maxLength: 2 }),
    retries: fc.integer({ min: 0, max: 2 }),
  })

  const sources = [0, 1, 2].map((number) => csvOf(2_500_000, `v${number}`))
  const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

  type WireScene = typeof scene extends fc.Arbitrary<infer T> ? T : never

  /** What a download in a scene comes to, and what the source had in the end. */
  async function play({ bytes, tries, retries, hasTag, ...manner }: WireScene) {
    let versionNow = 0
    let count = 0
    const source = () => (sources[versionNow] ?? Buffer.alloc(0)).subarray(0, bytes)
    const server = await startExportServer(succeededWith(1), (socket, request) => {
      const [wireFault, isNew] = tries[count++] ?? []
      if (isNew) versionNow += 1
      const served = { bytes: source(), etag: hasTag ? `"v${versionNow}"` : undefined }
      sendBytes(socket, fileAnswer(request, served, manner), wireFault)
    })
    const folder = createTemporaryFolder()
    const { exitCode, outputs } = await runDownload(server.url, {
      inputs: {
        path: folder,
        retries: String(retries),
        // Only where the server falls silent: nine at once are not to take a busy machine for that.
        'request-timeout': tries.some(([{ how }]) => how === 'stall') ? '2s' : '60s',
      },
    })
    await server.close()
    const found = Object.entries(contentsOf(folder)).map(([name, content]) => [
      name,
      digest(content),
    ])
    return { exitCode, files: outputs.files, found, source: digest(source()), folder, tries }
  }

  test('the bytes are those of the source, or the step fails and there is no file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(scene, { minLength: 18, maxLength: 18 }), async (scenes) => {
        const outcomes = await inTurns(scenes, 9, play)

        for (const { exitCode, files, found, source, tries, folder } of outcomes) {
          if (exitCode === 0) {
            expect(found).toEqual([[NAME, source]])
            expect(files).toBe(JSON.stringify([path.join(folder, NAME)]))
          } else {
            expect([exitCode, tries.length > 0]).toEqual([1, true])
            expect(found).toEqual([])
            expect(files).toBe('[]')
          }
        }
      }),
      { numRuns: 1, endOnFailure: true },
    )
  })
})

describe('what is not a CSV', () => {
  test.each([
    ['a page', answer(200, '<html>Sign in</html>', { 'content-type': 'text/html' })],
    ['a page in disguise', answer(200, '<html>Sign in</html>', { 'content-type': 'text/csv' })],
    ['an error as JSON', answer(200, '{"code":2000}', { 'content-type': 'application/json' })],
    ['nothing', answer(200, '', { 'content-type': 'text/csv' })],
    ['a file of unknown length', (socket) => sendBytes(socket, message(200, {}, FILE, 'none'))],
  ] satisfies [string, Reaction][])('is a failure, not a file: %s', async (_, reaction) => {
    const run = await face(reaction)

    expectNothing(run)
    expect(run.server.fileRequests).toHaveLength(1)
    expect(run.outputs.status).toBe('succeeded')
  })

  test.each([
    ['packed bytes that are not announced', gzipSync(FILE), 'true'],
    ['packed bytes that are not announced', gzipSync(FILE), 'false'],
    ['an archive', Buffer.from('PK\x03\x04\x14\0\0\0\x08\0sms.csv\n', 'latin1'), 'false'],
  ])('is a failure by its first bytes: %s (%#)', async (what, bytes, summary) => {
    const run = await face(sendFile({ bytes }), { inputs: { summary } })

    expectNothing(run)
    expect(run.errors[0]).toContain(NAME)
    expect(run.errors[0]).toContain(what.replace(/ that .*/, ''))
  })

  test('is unpacked first, where it was packed', async () => {
    const packed = message(200, { 'content-encoding': 'gzip' }, gzipSync(FILE))

    const run = await face((socket) => sendBytes(socket, packed))

    expect(run.exitCode).toBe(0)
    expect(run.contents).toEqual({ [NAME]: FILE })
  })

  test('is none where a packed one ends too early', async () => {
    const packed = message(200, { 'content-encoding': 'gzip' }, gzipSync(FILE).subarray(0, -4))

    expectNothing(await face((socket) => sendBytes(socket, packed), { inputs: { retries: '0' } }))
  })

  test('is none where a packed one has a damaged second part', async () => {
    const parts = [gzipSync(FILE.subarray(0, 9)), Buffer.alloc(1), gzipSync(FILE.subarray(9))]
    const packed = message(200, { 'content-encoding': 'gzip' }, Buffer.concat(parts))

    const run = await face((socket) => sendBytes(socket, packed), { inputs: { retries: '0' } })

    expectNothing(run)
    expect(run.errors[0]).toMatch(/ something after the end of the packed bytes\.$/)
  })
})

describe('a link', () => {
  const renewed = [succeededWith(1), succeededWith(1, { token: `${LINK_TOKEN}-new` })]

  test.each([403, 410])('that answers %i is renewed once', async (status) => {
    const run = await face([apiError(status, 1300), file], { job: renewed })

    expect(run.exitCode).toBe(0)
    expect(run.contents).toEqual({ [NAME]: FILE })
    expect(run.server.jobRequests).toHaveLength(2)
    expect(run.server.fileRequests[1]).toContain(`${LINK_TOKEN}-new-1 HTTP`)
    expect(run.stdout).toContain('Asking for new links.')
  })

  test('that answers so again is a failure', async () => {
    const run = await face(apiError(410, 1300, 'The link has expired'), { job: renewed })

    expectNothing(run)
    expect(run.server.jobRequests).toHaveLength(2)
    expect(run.server.fileRequests).toHaveLength(2)
    expect(run.errors[0]).toMatch(
      new RegExp(`link of ${NAME} .*410, code 1300.*does not work any more`),
    )
  })

  test('gets the key at the API’s own origin, and at another port not', async () => {
    const elsewhere = await closing(startWireServer(file))
    const job = jobAnswer('succeeded', { data: [`${elsewhere.url}/${LINK_TOKEN}`] })

    const own = await face(file)
    const foreign = await face(file, { job })

    expect(headerOf(own.server.fileRequests[0], 'authorization')).toBe(`Bearer ${API_KEY}`)
    expect(foreign.exitCode).toBe(0)
    expect(elsewhere.requests).toHaveLength(1)
    expect(elsewhere.requests[0]).not.toContain(API_KEY)
  })

  test('may lead to https, where a redirect keeps the key from another host', async () => {
    const certificate = await createCertificate('localhost')
    onTestFinished(() => certificate.remove())
    const secure = await closing(startWireServer(file, { tls: certificate }))

    const location = `https://localhost:${secure.port}/${LINK_TOKEN}`
    const run = await face(answer(302, '', { location }), {
      env: { NODE_EXTRA_CA_CERTS: certificate.file },
    })

    expect(run.exitCode).toBe(0)
    expect(run.contents).toEqual({ [NAME]: FILE })
    expect(secure.requests[0]).not.toContain(API_KEY)
  })

  test.each(['http://sms.8x8.com/', 'http://10.0.0.1/', 'ftp://127.0.0.1/'])(
    'is not followed to %s',
    async (address) => {
      const run = await face(answer(302, '', { location: `${address}${LINK_TOKEN}` }))

      expectNothing(run)
      expect(run.errors[0]).toMatch(new RegExp(`${NAME} .*redirect.*only https`))
    },
  )

  test('is followed no more than 5 times', async () => {
    const run = await face(answer(302, '', { location: `/${LINK_TOKEN}` }))

    expectNothing(run)
    expect(run.server.fileRequests).toHaveLength(6)
  })

  test.each([
    ['http on another host', { data: ['http://sms.8x8.com/x'] }],
    ['no address', { data: ['x'] }],
    ['no text', { data: [7] }],
    ['no list', { data: 'https://sms.8x8.com/x' }],
  ])('that is %s is a failure', async (_, more) => {
    const run = await face(file, { job: jobAnswer('succeeded', more) })

    expectNothing(run)
    expect(run.server.fileRequests).toEqual([])
  })
})

describe('what a server says', () => {
  const hostile: [string, string][] = [
    ['a command', 'no\n::set-output name=files::evil\r\n::error::x'],
    ['an old command', 'see ##[set-env name=PATH]/evil'],
    ['the key', `your key ${API_KEY} is wrong`],
    ['a link', `see https://sms.8x8.com/messages/download/${LINK_TOKEN}-1`],
    ['the path of a link', `no /api/v1/subaccounts/acme_sg/messages/download/${LINK_TOKEN}-1`],
    ['a number', `bad number ${PHONE_NUMBER}`],
  ]

  test.each(hostile)('of a file is harmless where it holds %s', async (_, said) => {
    const run = await face(apiError(400, 1000, said))

    expectNothing(run)
    expect(commandsOf(run).filter((name) => name !== 'debug')).toEqual(['add-mask', 'error'])
  })

  test.each([
    ['a command as status', { status: '::error::x' }],
    ['a line break in its status', { status: 'running\n::warning::x' }],
    ['an old command as status', { status: '##[error]x' }],
    ['no status', {}],
    ['a number as status', { status: 7 }],
  ])('of a job is harmless where it has %s', async (_, body) => {
    const run = await face(file, { job: answer(200, JSON.stringify(body)) })

    expectNothing(run)
    expect(run.outputs).not.toHaveProperty('status')
    expect(commandsOf(run).filter((name) => name !== 'debug')).toEqual(['add-mask', 'error'])
  })

  test('of an expiry is left out where it is no moment', async () => {
    const run = await face(file, { job: succeededWith(1, { expires: 'x\n::error::y' }) })

    expect(run.exitCode).toBe(0)
    expect(run.outputs.expires).toBe('')
    expect(commandsOf(run)).not.toContain('error')
  })

  test('in a file never appears in the log, whatever is wrong with it', async () => {
    const bytes = Buffer.from(`<p>${MESSAGE_BODY} ${PHONE_NUMBER}</p>`)

    expectNothing(await face(sendFile({ bytes })))
  })
})

describe.runIf(existsSync('/sys/kernel'))('a folder that may not be written', () => {
  test('is said before anything is asked of the API', async () => {
    const folder = '/sys/kernel'
    const server = await closing(startExportServer(succeededWith(1), file))

    const run = await runDownload(server.url, { inputs: { path: folder } })

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)[0]).toMatch(/^The folder "\/sys\/kernel" \(path\) cannot be used: /)
    expect(run.outputs).toMatchObject({ path: folder, files: '[]' })
    expect(server.requests).toEqual([])
  })
})

describe.runIf(existsSync('/usr/bin/prlimit'))('a disk that takes no more', () => {
  test('is named, and leaves nothing half-written', async () => {
    const folder = createTemporaryFolder()
    let running: RunningAction | undefined
    const large = sendFile({ bytes: csvOf(3_000_000) })
    const job: Reaction = (socket, request) => {
      // No file of this process may grow past 1 MiB from here on.
      execFileSync('prlimit', ['--pid', String(running?.child.pid), '--fsize=1048576'])
      succeededWith(1)(socket, request)
    }
    const server = await closing(startExportServer(job, large))

    running = launchDownload(server.url, { inputs: { path: folder } })
    const run = await running.ended

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([expect.stringMatching(new RegExp(`${NAME}.*EFBIG`))])
    expect(readdirSync(folder)).toEqual([])
    expect(run.outputs.files).toBe('[]')
    expect(server.fileRequests).toHaveLength(1)
  })
})

/** Windows knows no signals. */
describe.skipIf(process.platform === 'win32')('a step that is ended', () => {
  const stalled = sendFile({ bytes: csvOf(3_000_000) }, {}, { at: 0.7, how: 'stall' })

  /** A download that has begun to write, and waits for the rest. */
  async function launchStalled(folder: string): Promise<RunningAction & { server: ExportServer }> {
    const server = await closing(startExportServer(succeededWith(1), stalled))
    const running = launchDownload(server.url, {
      inputs: { path: folder, 'request-timeout': '40s' },
    })
    await server.received(2)
    return { ...running, server }
  }

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s in the middle of a file leaves nothing of that file',
    async (signal) => {
      const folder = createTemporaryFolder()
      const { child, ended } = await launchStalled(folder)
      const during = readdirSync(folder)

      child.kill(signal)
      const run = await ended

      expect(during).toEqual([PARTIAL])
      expect(run.exitCode).toBe(1)
      expect(errorsOf(run)).toEqual([`Interrupted by ${signal}.`])
      expect(readdirSync(folder)).toEqual([])
      expect(run.outputs).toMatchObject({ status: 'succeeded', files: '[]' })
    },
  )

  test.each(['SIGINT', 'SIGTERM'] as const)('by %s while it waits says so', async (signal) => {
    const server = await closing(startExportServer(jobAnswer('running')))
    const { child, ended, logged } = launchDownload(server.url)
    await logged('is running.')

    child.kill(signal)
    const run = await ended

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([`Interrupted by ${signal}.`])
    expect(run.outputs.status).toBe('running')
  })

  test('by SIGTERM while an answer is awaited says so', async () => {
    const server = await closing(startExportServer(stall('')))
    const { child, ended } = launchDownload(server.url, { inputs: { 'request-timeout': '40s' } })
    await server.received(1)

    child.kill('SIGTERM')
    const run = await ended

    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual(['Interrupted by SIGTERM.'])
  })
})

describe('the memory of a download', () => {
  test('does not follow names of 60 kB, of which there are thousands', async () => {
    const names = 3_000
    const rowOf = (at: number): Buffer =>
      Buffer.from(`1,SG,${String(at).padStart(6, '0')}${'x'.repeat(60_000)},delivered\n`)
    const header = Buffer.from('direction,country,operator,status_value\n')
    const length = header.length + names * rowOf(0).length
    const large: Reaction = (socket) => {
      socket.write(message(200, { 'content-length': String(length) }, Buffer.alloc(0), 'none'))
      socket.write(header)
      let at = 0
      const pour = (): void => {
        while (at < names) {
          at += 1
          if (!socket.write(rowOf(at))) return
        }
        socket.off('drain', pour)
        socket.end()
      }
      socket.on('drain', pour)
      pour()
    }
    const server = await closing(startExportServer(succeededWith(1), large))
    const report =
      "import { isMainThread } from 'node:worker_threads';process.on('exit', () => isMainThread && console.log('peak', process.resourceUsage().maxRSS))"

    const run = await runDownload(server.url, {
      inputs: { path: createTemporaryFolder() },
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(report)}` },
    })

    const [, peak] = /^peak (\d+)$/m.exec(run.stdout) ?? []
    expect(run.exitCode).toBe(0)
    expect(run.outputs.records).toBe(String(names))
    expect(Number(peak)).toBeGreaterThan(0)
    expect(Number(peak)).toBeLessThan(200_000)
  })

  test.each([
    ['without the report', 'false', 145_000],
    ['with it', 'true', 185_000],
  ])('does not grow with the file, %s', async (_, summary, maxKilobytes) => {
    const megabyte = csvOf(1_000_000)
    const megabytes = 200
    const large: Reaction = (socket) => {
      socket.write(
        message(200, { 'content-length': `${megabytes}000000` }, Buffer.alloc(0), 'none'),
      )
      let left = megabytes
      const pour = (): void => {
        while (left > 0) {
          left -= 1
          if (!socket.write(megabyte)) return
        }
        socket.off('drain', pour)
        socket.end()
      }
      socket.on('drain', pour)
      pour()
    }
    const folder = createTemporaryFolder()
    const server = await closing(startExportServer(succeededWith(1), large))
    const report =
      "import { isMainThread } from 'node:worker_threads';process.on('exit', () => isMainThread && console.log('peak', process.resourceUsage().maxRSS))"

    const run = await runDownload(server.url, {
      inputs: { path: folder, summary },
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(report)}` },
    })

    const [, peakKilobytes] = /^peak (\d+)$/m.exec(run.stdout) ?? []
    expect(run.exitCode).toBe(0)
    expect(Number(peakKilobytes)).toBeLessThan(maxKilobytes)
  })
})
