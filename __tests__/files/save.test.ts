import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StepError } from '../../src/errors.js'
import { partialName } from '../../src/files/folder.js'
import { FileInMaking } from '../../src/files/save.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

const NAME = 'job-1.csv'
const PARTIAL = partialName(NAME, process.pid)

async function openFile(folder: string): Promise<FileInMaking> {
  const file = new FileInMaking(folder, NAME)
  await file.open()
  return file
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

    expect(during).toEqual([PARTIAL])
    expect(PARTIAL).toBe(`.job-1.csv.${process.pid}.part`)
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

    await new FileInMaking(folder, NAME).discard()

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

    expect(message).toBe('The file job-1.csv cannot be saved: it cannot be written (ENOENT).')
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

  describe.runIf(existsSync('/dev/full'))('because the disk is full', () => {
    /** A file whose bytes go to a device that takes none. */
    async function openFull(folder: string): Promise<FileInMaking> {
      symlinkSync('/dev/full', path.join(folder, PARTIAL))
      return openFile(folder)
    }

    test('says so when it is finished, and leaves nothing', async () => {
      const folder = createTemporaryFolder()
      const file = await openFull(folder)
      await file.write(Buffer.from('umid\r\n'))

      const { message } = await failureOf(() => file.finish())
      await file.discard()

      expect(message).toBe('The file job-1.csv cannot be saved: the disk is full (ENOSPC).')
      expect(readdirSync(folder)).toEqual([])
    })

    test('says so while bytes still come, and takes no more', async () => {
      const folder = createTemporaryFolder()
      const file = await openFull(folder)
      const writeAll = async (): Promise<void> => {
        for (let batch = 0; batch < 4; batch++) await file.write(Buffer.alloc(1_048_576))
      }

      const failure = await failureOf(writeAll)
      const again = await failureOf(() => file.finish())
      await file.discard()

      expect(failure.message).toBe('The file job-1.csv cannot be saved: the disk is full (ENOSPC).')
      expect(again).toBe(failure)
      expect(readdirSync(folder)).toEqual([])
    })
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
