import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { StepError } from '../../src/errors.js'
import {
  isOutside,
  listCsvFiles,
  makeFolder,
  newPartialPath,
  prepareFolder,
  removeLeftovers,
  resolveFolder,
} from '../../src/files/folder.js'
import { mistakeOf } from '../helpers/mistakes.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

const onPosix = test.skipIf(process.platform === 'win32')

const HOUR_MS = 3_600_000

/** A partial file to which nobody has written for so long; its name. */
function leave(folder: string, { name, idleMs }: { name: string; idleMs: number }): string {
  const file = newPartialPath(folder, name)
  const seconds = (Date.now() - idleMs) / 1_000
  writeFileSync(file, 'half')
  utimesSync(file, seconds, seconds)
  return path.basename(file)
}

/** Not even root removes a file that is immutable. */
function canMakeImmutable(): boolean {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'immutable-')), 'file')
  writeFileSync(file, '')
  const [set, unset] = ['+i', '-i'].map((flag) => spawnSync('chattr', [flag, file]).status)
  rmSync(path.dirname(file), { recursive: true, force: true })
  return set === 0 && unset === 0
}

async function failureOf(work: Promise<unknown>): Promise<StepError> {
  const failure = await work.then(() => undefined).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StepError)
  return failure as StepError
}

describe('a folder that several make at the same time', () => {
  test('is there for each of them, with those above it', async () => {
    const root = createTemporaryFolder()

    for (let round = 0; round < 20; round++) {
      const folders = Array.from({ length: 16 }, (_, index) =>
        path.join(root, String(round), 'a', 'b', String(index % 4)),
      )
      await Promise.all(folders.map(makeFolder))
      expect(folders.every((folder) => statSync(folder).isDirectory())).toBe(true)
    }
  })
})

describe('path', () => {
  const places = { cwd: '/srv/repo', home: '/home/me' }

  onPosix.each([
    ['logs', '/srv/repo/logs'],
    ['./logs/', '/srv/repo/logs'],
    ['.', '/srv/repo'],
    ['../logs', '/srv/logs'],
    ['/data/logs', '/data/logs'],
    ['~', '/home/me'],
    ['~/logs', '/home/me/logs'],
    ['~logs', '/srv/repo/~logs'],
    ['logs/~', '/srv/repo/logs/~'],
    ['a b/ü', '/srv/repo/a b/ü'],
  ])('%s is the folder %s', (text, folder) => {
    expect(resolveFolder(text, places)).toBe(folder)
  })

  test.each([
    ['logs/*.csv', 'wildcard'],
    ['logs?', 'wildcard'],
    ['$HOME/logs', 'variable'],
    ['logs/$' + '{RUN}', 'variable'],
    ['%USERPROFILE%\\logs', 'variable'],
    ['$' + '{{ runner.temp }}/logs', 'expression'],
    ['logs\nmore', 'line'],
  ])('%j is a mistake, as it holds a thing that nobody replaces: %s', (text, reason) => {
    const mistake = mistakeOf((given) => resolveFolder(given, places), text)

    expect(mistake).toContain(text.split('\n')[0])
    expect(mistake).toContain(reason)
  })

  test.each(['100%/logs', 'a%20b', 'C$/logs', 'price$', '\\\\?\\C:\\logs'])(
    '%s is a folder like any other',
    (text) => {
      expect(path.isAbsolute(resolveFolder(text, places))).toBe(true)
    },
  )

  test('~ is a mistake where the system knows no home', () => {
    const parse = (text: string): string => resolveFolder(text, { ...places, home: undefined })

    expect(mistakeOf(parse, '~/logs')).toMatch(/"~\/logs".*home/)
    expect(parse('logs')).toBe(path.resolve('/srv/repo/logs'))
  })

  onPosix.each([
    ['/srv/repo', false],
    ['/srv/repo/logs', false],
    ['/srv/repo/..logs', false],
    ['/srv', true],
    ['/srv/repository', true],
    ['/srv/logs', true],
    ['/', true],
  ])('%s is outside the workspace: %s', (folder, expected) => {
    expect(isOutside(folder, '/srv/repo')).toBe(expected)
  })
})

describe('a folder', () => {
  test('that is missing is made, with those above it', async () => {
    const folder = path.join(createTemporaryFolder(), 'a', 'b', 'c')

    await prepareFolder(folder)

    expect(statSync(folder).isDirectory()).toBe(true)
  })

  test('that is there keeps what is in it', async () => {
    const folder = createTemporaryFolder()
    const kept = ['job-1.csv', '.hidden', 'notes.part', '.job-1.csv.part', '.job-1.csv.x.part']
    for (const name of kept) writeFileSync(path.join(folder, name), 'mine')

    await prepareFolder(folder)

    expect(readdirSync(folder).sort()).toEqual([...kept].sort())
  })

  test('loses what a run that was killed has left an hour ago', async () => {
    const folder = createTemporaryFolder()
    leave(folder, { name: 'job-1.csv', idleMs: 2 * HOUR_MS })
    leave(folder, { name: 'other-2.csv', idleMs: 70 * HOUR_MS })

    await prepareFolder(folder)

    expect(readdirSync(folder)).toEqual([])
  })

  test('keeps files that may still be written to, whatever their process', async () => {
    const folder = createTemporaryFolder()
    const atWork = leave(folder, { name: 'job-1.csv', idleMs: HOUR_MS / 2 })

    await prepareFolder(folder)

    expect(readdirSync(folder)).toEqual([atWork])
  })

  test('tells its own time, by which all older leftovers can be removed', async () => {
    const folder = createTemporaryFolder()
    leave(folder, { name: 'job-1.csv', idleMs: 5_000 })

    const begun = await prepareFolder(folder)
    const late = leave(folder, { name: 'job-2.csv', idleMs: -5_000 })
    await removeLeftovers(folder, begun)

    expect(Math.abs(begun - Date.now())).toBeLessThan(HOUR_MS)
    expect(readdirSync(folder)).toEqual([late])
  })

  onPosix('is used all the same where a leftover is a folder or a link', async () => {
    const folder = createTemporaryFolder()
    const victim = path.join(createTemporaryFolder(), 'victim')
    writeFileSync(victim, 'mine')
    const names = ['a', 'b'].map((name) => path.basename(newPartialPath(folder, name))).sort()
    mkdirSync(path.join(folder, names[0] ?? ''))
    symlinkSync(victim, path.join(folder, names[1] ?? ''))

    await prepareFolder(folder)
    await removeLeftovers(folder, Number.POSITIVE_INFINITY)

    expect(readdirSync(folder).sort()).toEqual(names)
    expect(existsSync(victim)).toBe(true)
  })

  test.runIf(canMakeImmutable())('is used where a leftover cannot be removed', async () => {
    const folder = createTemporaryFolder()
    const left = path.join(folder, leave(folder, { name: 'job-1.csv', idleMs: 2 * HOUR_MS }))
    execFileSync('chattr', ['+i', left])
    onTestFinished(() => void execFileSync('chattr', ['-i', left]))

    await prepareFolder(folder)

    expect(existsSync(left)).toBe(true)
  })

  test('is refused where a file stands in its place', async () => {
    const file = path.join(createTemporaryFolder(), 'logs')
    writeFileSync(file, 'a file')

    const { message } = await failureOf(prepareFolder(file))

    expect(message).toContain(`"${file}" (path)`)
    expect(message).toContain('(EEXIST)')
  })

  onPosix('is refused where a file stands in the place of one above it', async () => {
    const file = path.join(createTemporaryFolder(), 'logs')
    writeFileSync(file, 'a file')

    const { message } = await failureOf(prepareFolder(path.join(file, 'more')))

    expect(message).toMatch(/\(path\) .* a file .*\(ENOTDIR\)\.$/)
  })

  test.runIf(existsSync('/sys/kernel'))('is refused where nobody may make one', async () => {
    const { message } = await failureOf(prepareFolder('/sys/kernel/logs'))

    expect(message).toMatch(
      /^The folder "\/sys\/kernel\/logs" \(path\) cannot be used: .+ \((EPERM|EACCES|EROFS)\)\.$/,
    )
  })

  test.runIf(existsSync('/proc/self'))('is refused where the system knows none there', async () => {
    const { message } = await failureOf(prepareFolder('/proc/self/logs/more'))

    expect(message).toMatch(/^The folder "\/proc\/self\/logs\/more" \(path\) cannot be used: /)
  })

  test.runIf(existsSync('/sys/kernel'))('is refused where nobody may write in it', async () => {
    const { message } = await failureOf(prepareFolder('/sys/kernel'))

    expect(message).toMatch(
      /^The folder "\/sys\/kernel" \(path\) cannot be used: .+ \((EPERM|EACCES|EROFS)\)\.$/,
    )
  })

  onPosix('may be behind a symbolic link, and is refused behind one to nowhere', async () => {
    const base = createTemporaryFolder()
    mkdirSync(path.join(base, 'logs'))
    symlinkSync(path.join(base, 'logs'), path.join(base, 'link'))
    symlinkSync(path.join(base, 'nothing'), path.join(base, 'to-nowhere'))

    await prepareFolder(path.join(base, 'link'))
    const { message } = await failureOf(prepareFolder(path.join(base, 'to-nowhere')))

    expect(message).toMatch(/cannot be used: a file stands in its place \(EEXIST\)\.$/)
  })

  test('is refused where its name is too long', async () => {
    const folder = path.join(createTemporaryFolder(), 'x'.repeat(300))

    const { message } = await failureOf(prepareFolder(folder))

    expect(message).toMatch(/cannot be used: .+\((ENAMETOOLONG|ENOENT)\)\.$/)
  })

  test('with a command in its name is refused, and starts no workflow command', async () => {
    const file = path.join(createTemporaryFolder(), 'file')
    writeFileSync(file, '')

    const { message } = await failureOf(prepareFolder(path.join(file, 'a\n::error::##[x]')))

    expect(message).toMatch(/^The folder "[^\n]+" \(path\) cannot be used: a file stands/)
    expect(message).not.toContain('##[')
  })
})

describe('the CSV files of a folder', () => {
  test('are those that whoever reads the whole folder would count', async () => {
    const folder = createTemporaryFolder()
    for (const name of ['b.csv', 'A.CSV', '.hidden.csv', 'notes.txt', 'csv']) {
      writeFileSync(path.join(folder, name), '')
    }
    mkdirSync(path.join(folder, 'folder.csv'))

    expect(await listCsvFiles(folder)).toEqual(['A.CSV', 'b.csv'])
  })

  test('are none where the folder is gone', async () => {
    expect(await listCsvFiles(path.join(createTemporaryFolder(), 'gone'))).toEqual([])
  })
})
