import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { StepError } from '../../src/errors.js'
import { readJsonFiles, writeText } from '../../src/files/json-files.js'
import { folderWith } from '../helpers/report-folder.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

const onPosix = test.skipIf(process.platform === 'win32')

async function filesIn(folder: string): Promise<[string, string][]> {
  const files: [string, string][] = []
  for await (const { path: file, text } of readJsonFiles(folder)) {
    files.push([path.relative(folder, file).split(path.sep).join('/'), text])
  }
  return files
}

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

    for await (const { text } of readJsonFiles(folder)) {
      texts.push(text)
      writeFileSync(path.join(folder, 'b.json'), 'changed since')
    }

    expect(texts).toEqual(['1', 'changed since'])
  })

  test('are refused above 64 MiB, unread', async () => {
    const folder = folderWith({ 'report.json': '' })
    truncateSync(path.join(folder, 'report.json'), 64 * 1_048_576 + 1)

    const { message } = await failureOf(filesIn(folder))

    expect(message).toBe(`The file "${path.join(folder, 'report.json')}" is too long for a report.`)
  })

  onPosix('are refused where one leads nowhere', async () => {
    const folder = createTemporaryFolder()
    symlinkSync('nowhere', path.join(folder, 'report.json'))

    const { message } = await failureOf(filesIn(folder))

    expect(message).toMatch(/report\.json" cannot be read: it is not there \(ENOENT\)\.$/)
  })

  onPosix('are no devices, which would never end', async () => {
    const folder = createTemporaryFolder()
    symlinkSync('/dev/zero', path.join(folder, 'report.json'))

    expect(await filesIn(folder)).toEqual([])
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

    await writeText(file, 'text')

    expect(readFileSync(file, 'utf8')).toBe('text')
  })

  test('that cannot be written is a failure in words', async () => {
    const folder = createTemporaryFolder()
    mkdirSync(path.join(folder, 'report.json'))

    const { message } = await failureOf(writeText(path.join(folder, 'report.json'), 'text'))

    expect(message).toMatch(/^The file ".+" cannot be saved: a folder stands in its place/)
  })

  test.runIf(existsSync('/proc/self'))(
    'is refused at once where no folder can be made',
    async () => {
      const { message } = await failureOf(writeText('/proc/reports/a/one.json', 'text'))

      expect(message).toMatch(/^The file "\/proc\/reports\/a\/one\.json" cannot be saved: /)
    },
  )
})
