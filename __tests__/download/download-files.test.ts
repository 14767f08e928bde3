import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LinkExpiredError, WaitTimeoutError } from '../../src/api/errors.js'
import type { Job } from '../../src/api/job.js'
import { downloadFiles, type Reader, withLinksOf } from '../../src/download/download-files.js'
import { InterruptedError, StepError } from '../../src/errors.js'
import { fileNames } from '../../src/files/folder.js'
import {
  type Delivery,
  deliver,
  failWith,
  type RecordedSource,
  sourceOf,
} from '../helpers/file-sources.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { jobOf } from '../helpers/simulated-job.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

interface Brought {
  failure: unknown
  folder: string
  step: RecordedStep
  /** How often the job was read again. */
  reads: number
  files: string[]
  /** By name, hidden ones among them. */
  contents: Record<string, string>
}

interface Settings {
  source?: RecordedSource
  /** What the job is when it is read again. */
  renewed?: Job | StepError
  step?: RecordedStep
  clock?: ManualClock
  reader?: Reader
}

async function bring(links: readonly string[], settings: Settings = {}): Promise<Brought> {
  const { source = sourceOf(), renewed, step = new RecordedStep() } = settings
  const { clock = new ManualClock(), reader } = settings
  const folder = createTemporaryFolder()
  let reads = 0
  const api = {
    read: async (): Promise<Job> => {
      reads += 1
      if (renewed === undefined || renewed instanceof StepError) throw renewed
      return renewed
    },
  }
  const job = jobOf('succeeded', links)
  const names = fileNames('job-1', links.length)
  let failure: unknown
  try {
    const dependencies = { api: { ...api, fetch: source.fetch }, clock, step, reader }
    await withLinksOf({ jobId: 'job-1', folder, job, names, renewalMs: 60_000 }, (delivery) =>
      downloadFiles(delivery, dependencies),
    )
  } catch (error) {
    failure = error
  }
  const contents = Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  )
  const files = JSON.parse(step.outputs.files ?? 'null') as string[]
  return { failure, folder, step, reads, files, contents }
}

const linksOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `link ${index + 1}`)

describe('the files of a job', () => {
  test('come home each under its name, and are put out in their order', async () => {
    const slowFirst = sourceOf({
      'link 1': async (sink, options) => {
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
        await deliver('one')(sink, options)
      },
    })

    const { failure, folder, files, contents } = await bring(linksOf(3), { source: slowFirst })

    expect(failure).toBeUndefined()
    expect(files).toEqual([1, 2, 3].map((number) => path.join(folder, `job-1-${number}.csv`)))
    expect(contents).toEqual({
      'job-1-1.csv': 'one',
      'job-1-2.csv': 'link 2',
      'job-1-3.csv': 'link 3',
    })
  })

  test('come four at a time, however many there are', async () => {
    let fourAreOnTheirWay: () => void = () => undefined
    const four = new Promise<void>((resolve) => {
      fourAreOnTheirWay = resolve
    })
    const links = linksOf(50)
    const source: RecordedSource = sourceOf(
      Object.fromEntries(
        links.map((link) => [
          link,
          async (sink, options) => {
            if (source.fetched.length === 4) fourAreOnTheirWay()
            await four
            await deliver(link)(sink, options)
          },
        ]),
      ),
    )

    const { failure, files } = await bring(links, { source })

    expect(failure).toBeUndefined()
    expect(files).toHaveLength(50)
    expect(source.most).toBe(4)
    expect(source.fetched.toSorted()).toEqual(links.toSorted())
  })

  test('are told of one by one, with size and speed', async () => {
    const clock = new ManualClock()
    const source = sourceOf({
      'link 1': async (sink, options) => {
        await clock.advance(2_000)
        await deliver('x'.repeat(5_000_000))(sink, options)
      },
    })

    const { step } = await bring(['link 1'], { source, clock })

    expect(step.events).toContain('info: Saved job-1.csv: 5.0 MB in 2.0 s, 2.5 MB/s.')
  })

  test('that take long are told of every 10 s', async () => {
    const clock = new ManualClock()
    const source = sourceOf({
      'link 1': async (sink, { onProgress }) => {
        for (let second = 1; second <= 25; second++) {
          await clock.advance(1_000)
          await sink.write(Buffer.alloc(100_000))
          onProgress(sink.position, 2_500_000)
        }
      },
    })

    const { step } = await bring(['link 1'], { source, clock })

    expect(step.events.filter((event) => event.startsWith('info: '))).toEqual([
      'info: job-1.csv: 1.0 MB of 2.5 MB, 100.0 kB/s.',
      'info: job-1.csv: 2.0 MB of 2.5 MB, 100.0 kB/s.',
      'info: Saved job-1.csv: 2.5 MB in 25.0 s, 100.0 kB/s.',
    ])
  })

  test('whose length is not known are told of without it', async () => {
    const clock = new ManualClock()
    const source = sourceOf({
      'link 1': async (sink, { onProgress }) => {
        await clock.advance(10_000)
        await sink.write(Buffer.alloc(999))
        onProgress(sink.position, undefined)
      },
    })

    const { step } = await bring(['link 1'], { source, clock })

    expect(step.events).toContain('info: job-1.csv: 999 B, 100 B/s.')
  })
})

describe('a file that fails', () => {
  const failure = new StepError('The API answered 500.')

  test('ends the others, and only what is whole stays and is put out', async () => {
    const source = sourceOf({ 'link 2': failWith(), 'link 3': failWith(failure) })

    const brought = await bring(linksOf(30), { source })

    expect(brought.failure).toBe(failure)
    expect(brought.files).toContain(path.join(brought.folder, 'job-1-1.csv'))
    expect(
      Object.keys(brought.contents)
        .map((name) => path.join(brought.folder, name))
        .sort(),
    ).toEqual([...brought.files].sort())
    expect(brought.contents).not.toHaveProperty('job-1-2.csv')
    expect(brought.contents).not.toHaveProperty('job-1-3.csv')
    expect(source.fetched.length).toBeLessThan(30)
  })

  test('alone leaves nothing, and puts out an empty list', async () => {
    const source = sourceOf({ 'link 1': failWith(failure) })

    const brought = await bring(['link 1'], { source })

    expect(brought.failure).toBe(failure)
    expect(brought.contents).toEqual({})
    expect(brought.step.outputs.files).toBe('[]')
  })

  test('is named by its own failure, and not by what that did to the others', async () => {
    const source = sourceOf({
      'link 1': failWith(),
      'link 2': failWith(),
      'link 3': failWith(failure),
    })

    expect((await bring(linksOf(3), { source })).failure).toBe(failure)
  })
})

describe('a link that has expired', () => {
  const expired = new LinkExpiredError('The link of job-1.csv does not work any more.')

  test('is renewed by reading the job again', async () => {
    const source = sourceOf({ 'link 1': failWith(expired) })

    const { failure, reads, contents, step } = await bring(['link 1'], {
      source,
      renewed: jobOf('succeeded', ['new link']),
    })

    expect(failure).toBeUndefined()
    expect(reads).toBe(1)
    expect(source.fetched).toEqual(['link 1', 'new link'])
    expect(Object.keys(contents)).toEqual(['job-1.csv'])
    expect(step.events[0]).toEqual(expect.stringMatching(`^info: ${expired.message} .*new links`))
  })

  test('is renewed once: the new one fails the step', async () => {
    const source = sourceOf({ 'link 1': failWith(expired), 'new link': failWith(expired) })

    const { failure, reads, contents } = await bring(['link 1'], {
      source,
      renewed: jobOf('succeeded', ['new link']),
    })

    expect(failure).toBe(expired)
    expect(reads).toBe(1)
    expect(source.fetched).toEqual(['link 1', 'new link'])
    expect(contents).toEqual({})
  })

  test('is renewed along with all others, by one read', async () => {
    const source = sourceOf(Object.fromEntries(linksOf(6).map((link) => [link, failWith(expired)])))
    const newLinks = linksOf(6).map((link) => `new ${link}`)

    const { failure, reads, contents } = await bring(linksOf(6), {
      source,
      renewed: jobOf('succeeded', newLinks),
    })

    expect(failure).toBeUndefined()
    expect(reads).toBe(1)
    expect(contents).toEqual({
      'job-1-1.csv': 'new link 1',
      'job-1-2.csv': 'new link 2',
      'job-1-3.csv': 'new link 3',
      'job-1-4.csv': 'new link 4',
      'job-1-5.csv': 'new link 5',
      'job-1-6.csv': 'new link 6',
    })
  })

  test.each([
    ['fewer links', jobOf('succeeded', [])],
    ['more links', jobOf('succeeded', ['a', 'b'])],
    ['no success', jobOf('error')],
  ])('stays so where the job then has %s', async (_, renewed) => {
    const source = sourceOf({ 'link 1': failWith(expired) })

    const { failure, contents } = await bring(['link 1'], { source, renewed })

    expect(failure).toBe(expired)
    expect(contents).toEqual({})
  })

  test('stays so where the job gives the same links again', async () => {
    const source = sourceOf({ 'link 2': failWith(expired) })

    const { failure, reads } = await bring(linksOf(2), {
      source,
      renewed: jobOf('succeeded', linksOf(2)),
    })

    expect([failure, reads]).toEqual([expired, 1])
  })

  test('is asked for no longer than timeout lets the step wait', async () => {
    const clock = new ManualClock()
    const startedAt = clock.uptime()
    const work = bring(['link 1'], {
      source: sourceOf({ 'link 1': failWith(expired) }),
      renewed: jobOf('running', []),
      clock,
    })

    const { failure } = await clock.runUntil(work)

    expect(failure).toBeInstanceOf(WaitTimeoutError)
    expect(clock.uptime() - startedAt).toBeLessThanOrEqual(60_000)
  })

  test('loses no file and downloads none twice, whatever the order of the new links', async () => {
    const scene = fc.integer({ min: 1, max: 9 }).chain((count) =>
      fc.record({
        count: fc.constant(count),
        /** Which of the old links do not work any more, from the first request on. */
        expired: fc.subarray([...Array(count).keys()], { minLength: 1 }),
        order: fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
        /** How many turns a file takes, so that any of them may be saved by then. */
        turns: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: count, maxLength: count }),
        isSigned: fc.boolean(),
      }),
    )
    await fc.assert(
      fc.asyncProperty(scene, async ({ count, expired: gone, order, turns, isSigned }) => {
        const link = (file: number, age: string) =>
          isSigned ? `https://a.example/${file}?s=${age}` : `https://a.example/${age}-${file}`
        const content = (file: number) => `content of ${file}`
        const deliveries = [...Array(count).keys()].flatMap((file) => {
          const come: Delivery = async (sink, options) => {
            const wait = turns[file] ?? 0
            for (let n = 0; n < wait; n++) await new Promise((next) => setImmediate(next))
            await deliver(content(file))(sink, options)
          }
          return [
            [
              link(file, 'old'),
              gone.includes(file) ? () => Promise.reject(expired) : come,
            ] as const,
            [link(file, 'new'), come] as const,
          ]
        })

        const { failure, contents, files } = await bring(
          [...Array(count).keys()].map((file) => link(file, 'old')),
          {
            source: sourceOf(Object.fromEntries(deliveries)),
            renewed: jobOf(
              'succeeded',
              order.map((file) => link(file, 'new')),
            ),
          },
        )

        expect(failure).toBeUndefined()
        expect(Object.values(contents).toSorted()).toEqual([...Array(count).keys()].map(content))
        expect(files).toHaveLength(count)
      }),
      { numRuns: 100 },
    )
  })

  test('leaves no file of the old order behind where the new links fail', async () => {
    const broken = new StepError('The disk is full.')
    const source = sourceOf({
      'link 5': failWith(expired),
      'new 1': failWith(broken),
    })

    const { failure, contents, files } = await bring(linksOf(5), {
      source,
      renewed: jobOf('succeeded', ['new 1', 'new 2', 'new 3', 'new 4', 'new 5']),
    })

    expect(failure).toBe(broken)
    expect(Object.values(contents).filter((text) => text.startsWith('link'))).toEqual([])
    expect(files).toHaveLength(Object.keys(contents).length)
  })

  test('fails as the reading of the job does', async () => {
    const unknown = new StepError('The API answered 404, code 4018.')

    const { failure } = await bring(['link 1'], {
      source: sourceOf({ 'link 1': failWith(expired) }),
      renewed: unknown,
    })

    expect(failure).toBe(unknown)
  })
})

describe('a reader', () => {
  /** A reader that comes to an end with a file as it is said. */
  const readerWith = (ended: (name: string) => Promise<void>): Reader & { grown: string[] } => {
    const grown: string[] = []
    return {
      grown,
      follow: (name) => ({
        announced: () => undefined,
        grew: () => grown.push(name),
        restarted: () => undefined,
        ended: () => ended(name),
      }),
    }
  }

  test('that fails takes nothing from the files: all come, and the step fails after that', async () => {
    const cause = new Error('out of memory')
    const reader = readerWith(async (name) => {
      if (name !== 'job-1-1.csv') throw cause
    })

    const { failure, files, contents } = await bring(linksOf(9), { reader })

    expect(failure).toBeInstanceOf(StepError)
    expect(failure).toMatchObject({
      message: expect.stringMatching(/The files are saved, .* report/),
      cause,
    })
    expect(files).toHaveLength(9)
    expect(Object.keys(contents)).toHaveLength(9)
  })

  test('that is behind holds up the files to come, so that it is never far behind', async () => {
    let goOn: () => void = () => undefined
    const read = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const source = sourceOf()
    let fetchedMeanwhile = 0
    let unread = 0
    const reader = readerWith(async () => {
      unread += 1
      if (unread === 4) {
        // All that could come by now has come.
        for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
        fetchedMeanwhile = source.fetched.length
        goOn()
      }
      await read
    })

    const { failure, files } = await bring(linksOf(20), { source, reader })

    expect(failure).toBeUndefined()
    expect(fetchedMeanwhile).toBe(4)
    expect(files).toHaveLength(20)
  })

  test('that hangs is not waited for by a step that is to end', async () => {
    const step = new RecordedStep()
    const reader = readerWith(() => {
      setImmediate(() => step.interrupt(new InterruptedError('SIGINT')))
      return new Promise(() => undefined)
    })

    const { failure, files, folder } = await bring(['link 1'], { step, reader })

    expect(failure).toMatchObject({ message: 'Interrupted by SIGINT.' })
    expect(files).toEqual([path.join(folder, 'job-1.csv')])
  })

  test('that hangs does not hold up the failure of another file', async () => {
    const lost = new StepError('The API answered 500.')
    let isReading: () => void = () => undefined
    const reading = new Promise<void>((resolve) => {
      isReading = resolve
    })
    const reader = readerWith(() => {
      isReading()
      return new Promise(() => undefined)
    })
    const source = sourceOf({ 'link 2': () => reading.then(() => Promise.reject(lost)) })

    const { failure, files, folder } = await bring(linksOf(2), { reader, source })

    expect(failure).toBe(lost)
    expect(files).toEqual([path.join(folder, 'job-1-1.csv')])
  })
})

describe('a step that is to end', () => {
  test('leaves no partial file, and puts out what is whole', async () => {
    const step = new RecordedStep()
    const source = sourceOf({
      'link 2': async (sink, options) => {
        setImmediate(() => step.interrupt(new InterruptedError('SIGINT')))
        await failWith()(sink, options)
      },
    })

    const { failure, folder, files, contents } = await bring(linksOf(2), { source, step })

    expect(failure).toMatchObject({ message: 'Interrupted by SIGINT.' })
    expect(Object.keys(contents).map((name) => path.join(folder, name))).toEqual(files)
  })

  test('begins no file', async () => {
    const step = new RecordedStep()
    const source = sourceOf()
    step.interrupt(new InterruptedError('SIGINT'))

    const { failure, contents } = await bring(linksOf(2), { source, step })

    expect(failure).toBeInstanceOf(InterruptedError)
    expect(source.fetched).toEqual([])
    expect(contents).toEqual({})
  })
})
