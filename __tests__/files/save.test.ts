import { createHash } from 'node:crypto'
import fs, {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { InterruptedError, StepError } from '../../src/errors.js'
import { removeLeftovers } from '../../src/files/folder.js'
import { AtomicFile, type SaveOptions } from '../../src/files/save.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

const NAME = 'job-1.csv'
const PARTIAL = /^\.job-1\.csv\.[0-9a-f]{16}\.part$/

const { signal } = new AbortController()

const makeFile = (folder: string, options: Partial<SaveOptions> = {}): AtomicFile =>
  new AtomicFile(folder, NAME, { clock: new ManualClock(), signal, ...options })

async function openFile(folder: string, options?: Partial<SaveOptions>): Promise<AtomicFile> {
  const file = makeFile(folder, options)
  await file.open()
  return file
}

/** Lets a method of all open files fail, as a disk does that is not at hand. */
async function failing(method: 'sync' | 'writev', code: string): Promise<void> {
  const handle = await open(path.join(createTemporaryFolder(), 'any'), 'w')
  await handle.close()
  const spy = vi
    .spyOn(Object.getPrototypeOf(handle), method)
    .mockRejectedValue(Object.assign(new Error(code), { code }))
  onTestFinished(() => spy.mockRestore())
}

/** Does something whenever a file is flushed; resolves with what ends that. */
async function changingAtSync(change: () => void): Promise<() => void> {
  const handle = await open(path.join(createTemporaryFolder(), 'any'), 'w')
  await handle.close()
  const prototype = Object.getPrototypeOf(handle)
  const spy = vi.spyOn(prototype, 'sync').mockImplementation(async () => change())
  return () => spy.mockRestore()
}

/** Lets so many renames fail; where it says so, after it has done something. */
function failingRenames(codes: readonly string[], before = (): void => undefined): void {
  const left = [...codes]
  const real = fs.promises.rename
  const spy = vi.spyOn(fs.promises, 'rename').mockImplementation(async (from, to) => {
    before()
    const code = left.shift()
    if (code !== undefined) throw Object.assign(new Error(code), { code })
    await real(from, to)
  })
  syncBuiltinESMExports()
  onTestFinished(() => {
    spy.mockRestore()
    syncBuiltinESMExports()
  })
}

async function failureOf(work: () => Promise<unknown> | undefined): Promise<StepError> {
  let failure: unknown
  try {
    await work()
  } catch (error) {
    failure = error
  }
  expect(failure).toBeInstanceOf(StepError)
  return failure as StepError
}

describe('a file in making', () => {
  test('has its final name only when it is finished', async () => {
    const folder = createTemporaryFolder()

    const file = await openFile(folder)
    await file.write(Buffer.from('umid\r\n'))
    const during = readdirSync(folder)
    await file.finish()

    expect(during).toEqual([expect.stringMatching(PARTIAL)])
    expect(readdirSync(folder)).toEqual([NAME])
    expect(file.finalPath).toBe(path.join(folder, NAME))
    expect(readFileSync(file.finalPath, 'utf8')).toBe('umid\r\n')
  })

  test('has all bytes in their order, however they come', async () => {
    const folder = createTemporaryFolder()
    const sizes = fc.array(fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 400_000 })), {
      maxLength: 20,
    })
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat({ max: 255 }), async (lengths, seed) => {
        const chunks = lengths.map((length, index) =>
          Buffer.alloc(length, String.fromCharCode(97 + ((index + seed) % 26))),
        )
        const file = await openFile(folder)

        for (const chunk of chunks) await file.write(chunk)
        await file.finish()

        const written = readFileSync(file.finalPath)
        expect(written.length).toBe(file.position)
        expect(written.equals(Buffer.concat(chunks))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test('takes bytes at once until a batch is full, and then waits for the disk', async () => {
    const folder = createTemporaryFolder()
    const file = await openFile(folder)

    const first = file.write(Buffer.alloc(1_048_575))
    const second = file.write(Buffer.alloc(1))
    await second

    expect(first).toBeUndefined()
    expect(second).toBeInstanceOf(Promise)
    await file.discard()
  })

  test('that begins again has nothing of its first bytes', async () => {
    const folder = createTemporaryFolder()
    const file = await openFile(folder)
    for (let batch = 0; batch < 3; batch++) await file.write(Buffer.alloc(1_048_576, 'old'))
    await file.write(Buffer.from('old, not on the disk yet'))

    await file.restart()
    const position = file.position
    await file.write(Buffer.from('new'))
    await file.finish()

    expect(position).toBe(0)
    expect(readFileSync(file.finalPath, 'utf8')).toBe('new')
  })

  test('that is discarded leaves nothing', async () => {
    const folder = createTemporaryFolder()
    const file = await openFile(folder)
    for (let batch = 0; batch < 3; batch++) await file.write(Buffer.alloc(1_048_576))

    await file.discard()

    expect(readdirSync(folder)).toEqual([])
  })

  test('that was never opened is discarded without a word', async () => {
    const folder = createTemporaryFolder()

    await makeFile(folder).discard()

    expect(readdirSync(folder)).toEqual([])
  })

  test('takes the place of an older one under its name, in one go', async () => {
    const folder = createTemporaryFolder()
    writeFileSync(path.join(folder, NAME), 'old and longer')
    const file = await openFile(folder)
    await file.write(Buffer.from('new'))

    const before = readFileSync(file.finalPath, 'utf8')
    await file.finish()

    expect(before).toBe('old and longer')
    expect(readFileSync(file.finalPath, 'utf8')).toBe('new')
  })
})

describe('a file that cannot be saved', () => {
  test('says so where its folder is gone', async () => {
    const folder = path.join(createTemporaryFolder(), 'gone')

    const { message, cause } = await failureOf(() => openFile(folder))

    expect(message).toMatch(/^The file job-1\.csv cannot be saved: .+ \(ENOENT\)\.$/)
    expect(cause).toMatchObject({ code: 'ENOENT' })
  })

  test('says so where a folder has its name, and leaves nothing half-written', async () => {
    const folder = createTemporaryFolder()
    mkdirSync(path.join(folder, NAME, 'in use'), { recursive: true })
    const file = await openFile(folder)
    await file.write(Buffer.from('umid\r\n'))

    const { message } = await failureOf(() => file.finish())
    await file.discard()

    expect(message).toMatch(/^The file job-1\.csv cannot be saved: .+ \(E[A-Z]+\)\.$/)
    expect(readdirSync(folder)).toEqual([NAME])
  })

  test('says so when it is finished, and leaves nothing, where the disk is full', async () => {
    await failing('writev', 'ENOSPC')
    const folder = createTemporaryFolder()
    const file = await openFile(folder)
    await file.write(Buffer.from('umid\r\n'))

    const { message } = await failureOf(() => file.finish())
    await file.discard()

    expect(message).toMatch(/job-1\.csv.*disk is full \(ENOSPC\)/)
    expect(readdirSync(folder)).toEqual([])
  })

  test('says nothing of the disk where the fault is a bug of our own', async () => {
    const bug = new TypeError('undefined is not a function')
    const grew = (): never => {
      throw bug
    }
    const file = makeFile(createTemporaryFolder())
    await file.open({ grew, restarted: () => undefined })
    await file.write(Buffer.from('umid'))

    await expect(file.finish()).rejects.toBe(bug)
    await expect(file.finish()).rejects.toBe(bug)
    await file.discard()
  })

  test('says so while bytes still come, and takes no more', async () => {
    await failing('writev', 'ENOSPC')
    const folder = createTemporaryFolder()
    const file = await openFile(folder)
    const writeAll = async (): Promise<void> => {
      for (let batch = 0; batch < 4; batch++) await file.write(Buffer.alloc(1_048_576))
    }

    const failure = await failureOf(writeAll)
    const again = await failureOf(() => file.finish())
    await file.discard()

    expect(failure.message).toMatch(/ENOSPC/)
    expect(again).toBe(failure)
    expect(readdirSync(folder)).toEqual([])
  })

  test.each(['EIO', 'ENOSPC', 'EDQUOT'])(
    'is not called whole where fsync says %s',
    async (code) => {
      await failing('sync', code)
      const folder = createTemporaryFolder()
      const file = await openFile(folder)
      await file.write(Buffer.from('umid\r\n'))

      const { message } = await failureOf(() => file.finish())
      await file.discard()

      expect(message).toContain(code)
      expect(readdirSync(folder)).toEqual([])
    },
  )

  test.each([-3, 3])('is not called whole where the disk has %i bytes more', async (bytes) => {
    const folder = createTemporaryFolder()
    const file = await openFile(folder)
    for (let batch = 0; batch < 2; batch++) await file.write(Buffer.alloc(1_048_576))
    await file.restart()
    await file.write(Buffer.from('umid\r\n'))
    const change = (): void => {
      if (bytes > 0) appendFileSync(file.partialPath, 'abc')
      else truncateSync(file.partialPath, 6 + bytes)
    }
    onTestFinished(await changingAtSync(change))

    const { message } = await failureOf(() => file.finish())
    await file.discard()

    expect(message).toMatch(new RegExp(`${6 + bytes} of 6 bytes`))
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a disk that is odd', () => {
  test.each(['EINVAL', 'ENOTSUP', 'ENOSYS'])('may know no fsync (%s)', async (code) => {
    await failing('sync', code)
    const folder = createTemporaryFolder()
    const file = await openFile(folder)
    await file.write(Buffer.from('umid\r\n'))

    await file.finish()

    expect(readFileSync(file.finalPath, 'utf8')).toBe('umid\r\n')
  })

  test.each(['EPERM', 'EBUSY', 'EACCES'])(
    'may refuse a rename for some seconds, as where a scanner has the file (%s)',
    async (code) => {
      failingRenames(Array(8).fill(code))
      const folder = createTemporaryFolder()
      const clock = new ManualClock()
      const file = await openFile(folder, { clock })
      await file.write(Buffer.from('umid\r\n'))
      const begun = clock.now()

      await clock.runUntil(file.finish())

      expect(clock.now() - begun).toBeGreaterThan(5_000)
      expect(clock.now() - begun).toBeLessThan(15_000)
      expect(readdirSync(folder)).toEqual([NAME])
    },
  )

  test('that refuses it for ever is a failure that leaves nothing', async () => {
    failingRenames(Array(99).fill('EBUSY'))
    const folder = createTemporaryFolder()
    const clock = new ManualClock()
    const file = await openFile(folder, { clock })

    const { message } = await failureOf(() => clock.runUntil(file.finish()))
    await file.discard()

    expect(message).toMatch(/job-1\.csv.*EBUSY/)
    expect(readdirSync(folder)).toEqual([])
  })

  test('keeps nobody waiting who is told to end', async () => {
    const told = new AbortController()
    failingRenames(Array(99).fill('EBUSY'), () => told.abort(new InterruptedError('SIGTERM')))
    const file = await openFile(createTemporaryFolder(), { signal: told.signal })

    const failure = await failureOf(() => file.finish())

    expect(failure).toBeInstanceOf(InterruptedError)
  })
})

describe.skipIf(process.platform === 'win32')('a file that holds numbers', () => {
  test('is for its owner alone, whatever the umask and whatever lay there', async () => {
    const folder = createTemporaryFolder()
    writeFileSync(path.join(folder, NAME), 'old', { mode: 0o644 })
    const file = await openFile(folder)
    const during = statSync(file.partialPath).mode & 0o777

    await file.finish()

    expect([during, statSync(file.finalPath).mode & 0o777]).toEqual([0o600, 0o600])
  })
})

describe.skipIf(process.platform === 'win32')('somebody else in the folder', () => {
  test('may remove the partial file: the bytes are not lost', async () => {
    const folder = createTemporaryFolder()
    const content = Buffer.alloc(5_000_000, 'umid\r\n')
    const file = await openFile(folder)
    await file.write(content)

    await removeLeftovers(folder, Number.POSITIVE_INFINITY)
    await file.finish()

    expect(readFileSync(file.finalPath).equals(content)).toBe(true)
    expect(readdirSync(folder)).toEqual([NAME])
  })

  test.each([
    ['a link', (victim: string, place: string) => symlinkSync(victim, place)],
    ['a hard link', (victim: string, place: string) => linkSync(victim, place)],
    ['a file', (_: string, place: string) => writeFileSync(place, 'theirs')],
  ])('may put %s in its place, which gets no name and no byte', async (_, put) => {
    const folder = createTemporaryFolder()
    const victim = path.join(createTemporaryFolder(), 'victim')
    writeFileSync(victim, 'mine')
    const file = await openFile(folder)
    const place = file.partialPath
    rmSync(place)
    put(victim, place)
    await file.write(Buffer.from('umid\r\n'))

    await file.finish()

    expect(readFileSync(file.finalPath, 'utf8')).toBe('umid\r\n')
    expect(readFileSync(victim, 'utf8')).toBe('mine')
    expect(existsSync(place)).toBe(true)
  })

  test('who takes away each new one as well is named, and gets no half file', async () => {
    const folder = createTemporaryFolder()
    const file = await openFile(folder)
    await file.write(Buffer.from('umid\r\n'))
    onTestFinished(await changingAtSync(() => rmSync(file.partialPath, { force: true })))

    const { message } = await failureOf(() => file.finish())
    await file.discard()

    expect(message).toMatch(/job-1\.csv.*another program/)
    expect(readdirSync(folder)).toEqual([])
  })

  test('that writes the same name or another damages nothing, in any order', async () => {
    const steps = ['open', 'write', 'write', 'restart', 'write', 'finish'] as const
    const writers = fc.array(fc.constantFrom('a.csv', 'b.csv'), { minLength: 2, maxLength: 4 })
    const order = fc.array(fc.oneof(fc.nat({ max: 3 }), fc.constantFrom('tidy' as const)), {
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(writers, order, async (names, turns) => {
        const folder = createTemporaryFolder()
        const wholes = names.map((_, index) => Buffer.alloc(1_200_000, `${index};`))
        const work = names.map((name, index) => {
          const file = new AtomicFile(folder, name, { clock: new ManualClock(), signal })
          const whole = wholes[index] as Buffer
          let at = 0
          return async (): Promise<void> => {
            switch (steps[at++]) {
              case 'open':
                return file.open()
              case 'write':
                return file.write(at === 3 ? whole.subarray(0, 9) : whole)
              case 'restart':
                return file.restart()
              case 'finish':
                return file.finish()
              default:
            }
          }
        })
        const look = (): void => {
          for (const name of ['a.csv', 'b.csv']) {
            const place = path.join(folder, name)
            if (!existsSync(place)) continue
            // Read once: another may take its place at any moment.
            const found = readFileSync(place)
            expect(wholes.some((whole, at) => names[at] === name && whole.equals(found))).toBe(true)
          }
        }

        for (const turn of turns) {
          await (turn === 'tidy'
            ? removeLeftovers(folder, Number.POSITIVE_INFINITY)
            : work[turn]?.())
          look()
        }
        const rest = work.map(async (advance) => {
          for (const _ of steps) {
            await advance()
            look()
          }
        })
        await Promise.all(rest)

        expect(readdirSync(folder)).toEqual([...new Set(names)].sort())
      }),
      { numRuns: 40 },
    )
  })
})

describe('the bytes of a large file', () => {
  test('are those that came, over many batches', async () => {
    const folder = createTemporaryFolder()
    const file = await openFile(folder)
    const source = createHash('sha256')
    for (let index = 0; index < 200; index++) {
      const chunk = Buffer.alloc(65_536 - index, `${index},`)
      source.update(chunk)
      await file.write(chunk)
    }

    await file.finish()

    const written = createHash('sha256').update(readFileSync(file.finalPath)).digest('hex')
    expect(written).toBe(source.digest('hex'))
  })
})
