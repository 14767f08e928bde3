import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { StepError } from '../../src/errors.js'
import { type ReadOptions, readJsonFiles, removeOld, saveText } from '../../src/files/json-files.js'
import { ManualClock } from '../helpers/manual-clock.js'
import { folderWith } from '../helpers/report-folder.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

const onPosix = test.skipIf(process.platform === 'win32')

async function filesIn(
  folder: string,
  options: ReadOptions = ignoring,
): Promise<[string, string][]> {
  const files: [string, string][] = []
  for await (const { path: file, text } of readJsonFiles(folder, options)) {
    files.push([path.relative(folder, file).split(path.sep).join('/'), text])
  }
  return files
}

const { signal } = new AbortController()
const ignoring = { signal, onSkipped: () => undefined }

const save = (file: string, text: string): Promise<void> =>
  saveText(file, text, { clock: new ManualClock(), signal })

async function failureOf(work: Promise<unknown>): Promise<StepError> {
  const failure = await work.then(() => undefined).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StepError)
  return failure as StepError
}

describe('the JSON files of a folder', () => {
  test('are those in it and in the folders below it, by their names', async () => {
    const folder = folderWith({ 'b/report.json': '2', 'a/x/report.json': '1', 'c.json': '3' })

    expect(await filesIn(folder)).toEqual([
      ['a/x/report.json', '1'],
      ['b/report.json', '2'],
      ['c.json', '3'],
    ])
  })

  test('are no other files, and no folders', async () => {
    const folder = folderWith({ 'report.json/report.json': '1', 'job.csv': '2', json: '3' })

    expect(await filesIn(folder)).toEqual([['report.json/report.json', '1']])
  })

  test('are none where the folder is not there, as where nothing was downloaded', async () => {
    expect(await filesIn(path.join(createTemporaryFolder(), 'reports'))).toEqual([])
  })

  test('are read one after another', async () => {
    const folder = folderWith({ 'a.json': '1', 'b.json': '2' })
    const texts: string[] = []

    for await (const { text } of readJsonFiles(folder, ignoring)) {
      texts.push(text)
      writeFileSync(path.join(folder, 'b.json'), 'changed since')
    }

    expect(texts).toEqual(['1', 'changed since'])
  })

  test('are refused unread above 64 MiB', async () => {
    const folder = folderWith({ 'report.json': '' })
    truncateSync(path.join(folder, 'report.json'), 64 * 1_048_576 + 1)

    const { message } = await failureOf(filesIn(folder))

    expect(message).toContain(`"${path.join(folder, 'report.json')}"`)
  })

  onPosix('do not include links, and links are named', async () => {
    const outside = folderWith({ 'secret.json': '{}', 'more/other.json': '{}' })
    const folder = folderWith({ 'a/report.json': '1' })
    symlinkSync(path.join(outside, 'secret.json'), path.join(folder, 'file.json'))
    symlinkSync(path.join(outside, 'more'), path.join(folder, 'folder'))
    symlinkSync('nowhere', path.join(folder, 'nowhere.json'))
    symlinkSync('/dev/zero', path.join(folder, 'zero.json'))
    const skipped: string[] = []

    const files = await filesIn(folder, { signal, onSkipped: (file) => skipped.push(file) })

    expect(files).toEqual([['a/report.json', '1']])
    expect(skipped.map((file) => path.basename(file)).sort()).toEqual([
      'file.json',
      'folder',
      'nowhere.json',
      'zero.json',
    ])
  })

  onPosix('may lie in a folder that is itself behind a link', async () => {
    const link = path.join(createTemporaryFolder(), 'reports')
    symlinkSync(folderWith({ 'report.json': '1' }), link)

    expect(await filesIn(link)).toEqual([['report.json', '1']])
  })

  onPosix('come to an end where two folders lead to each other', async () => {
    const folder = folderWith({ 'a/report.json': '1', 'b/report.json': '2' })
    symlinkSync(path.join(folder, 'b'), path.join(folder, 'a', 'b'))
    symlinkSync(path.join(folder, 'a'), path.join(folder, 'b', 'a'))

    expect(await filesIn(folder)).toEqual([
      ['a/report.json', '1'],
      ['b/report.json', '2'],
    ])
  })

  onPosix('are no FIFOs, which nobody may ever write to', async () => {
    const folder = folderWith({ 'report.json': '1' })
    execFileSync('mkfifo', [path.join(folder, 'fifo.json')])

    expect(await filesIn(folder)).toEqual([['report.json', '1']])
  })

  onPosix('are none that turn into a link or a FIFO after they were listed', async () => {
    const folder = folderWith({ 'a.json': '1', 'b.json': '2', 'c.json': '3' })
    const files = readJsonFiles(folder, ignoring)
    await files.next()
    for (const name of ['b.json', 'c.json']) rmSync(path.join(folder, name))
    symlinkSync('/etc/passwd', path.join(folder, 'b.json'))
    execFileSync('mkfifo', [path.join(folder, 'c.json')])

    expect(await files.next()).toEqual({ done: true, value: undefined })
  })

  test('are read no further when the step is told to end', async () => {
    const told = new AbortController()
    const files = readJsonFiles(folderWith({ 'a.json': '1', 'b.json': '2' }), {
      ...ignoring,
      signal: told.signal,
    })
    await files.next()
    const reason = new StepError('Interrupted.')

    told.abort(reason)

    await expect(files.next()).rejects.toBe(reason)
  })

  test('are refused where a file stands in the place of the folder', async () => {
    const folder = folderWith({ reports: 'a file' })

    const { message } = await failureOf(filesIn(path.join(folder, 'reports')))

    expect(message).toMatch(
      /^The folder ".+" \(path\) cannot be read: (a file stands in its place|it cannot be read)/,
    )
  })
})

describe('a text', () => {
  test('is written into a folder that is made for it', async () => {
    const file = path.join(createTemporaryFolder(), 'a', 'b', 'report.json')

    await save(file, 'text')

    expect(readFileSync(file, 'utf8')).toBe('text')
  })

  test('that cannot be written is a failure in words', async () => {
    const folder = createTemporaryFolder()
    mkdirSync(path.join(folder, 'report.json'))

    const { message } = await failureOf(save(path.join(folder, 'report.json'), 'text'))

    expect(message).toMatch(/report\.json.*a folder stands in its place/)
  })

  test.runIf(existsSync('/proc/self'))(
    'is refused at once where no folder can be made',
    async () => {
      const { message } = await failureOf(save('/proc/reports/a/one.json', 'text'))

      expect(message).toMatch(/^The file "\/proc\/reports\/a\/one\.json" cannot be saved: /)
    },
  )

  test('takes the place of an older one whole, or leaves it as it is', async () => {
    const folder = folderWith({ 'report.json': 'old and longer' })
    const file = path.join(folder, 'report.json')

    await save(file, 'new')

    expect(readFileSync(file, 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['report.json'])
  })

  onPosix('is not written through a link that has its name', async () => {
    const folder = folderWith({ 'mine.json': 'mine' })
    const link = path.join(folder, 'report.json')
    symlinkSync('mine.json', link)

    await save(link, 'new')

    expect(readFileSync(path.join(folder, 'mine.json'), 'utf8')).toBe('mine')
    expect(readFileSync(link, 'utf8')).toBe('new')
  })

  onPosix('may be read by whom the umask lets', async () => {
    const file = path.join(createTemporaryFolder(), 'report.json')

    await save(file, 'text')

    expect(statSync(file).mode & 0o777).toBe(0o666 & ~process.umask())
  })
})

describe('a file of an earlier run', () => {
  test('is removed, and need not be there', async () => {
    const folder = folderWith({ 'report.json': 'old', 'other.json': 'other' })

    await removeOld(path.join(folder, 'report.json'))
    await removeOld(path.join(folder, 'report.json'))
    await removeOld(path.join(folder, 'nowhere', 'report.json'))

    expect(readdirSync(folder)).toEqual(['other.json'])
  })

  test('that is a folder is a failure that names it', async () => {
    const folder = createTemporaryFolder()

    const { message } = await failureOf(removeOld(folder))

    expect(message).toContain(folder)
  })
})
