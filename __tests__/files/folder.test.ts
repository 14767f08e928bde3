import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { StepError } from '../../src/errors.js'
import { isOutside, partialName, prepareFolder, resolveFolder } from '../../src/files/folder.js'
import { mistakeOf } from '../helpers/mistakes.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

const onPosix = test.skipIf(process.platform === 'win32')

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}

async function failureOf(work: Promise<unknown>): Promise<StepError> {
  const failure = await work.then(() => undefined).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StepError)
  return failure as StepError
}

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

  test('loses what a run that was killed has left', async () => {
    const folder = createTemporaryFolder()
    writeFileSync(path.join(folder, partialName('job-1.csv', await deadPid())), 'half')
    writeFileSync(path.join(folder, partialName('other-2.csv', await deadPid())), 'half')

    await prepareFolder(folder)

    expect(readdirSync(folder)).toEqual([])
  })

  test('keeps what a process at work is writing', async () => {
    const folder = createTemporaryFolder()
    const atWork = partialName('job-1.csv', process.ppid)
    writeFileSync(path.join(folder, atWork), 'half')

    await prepareFolder(folder)

    expect(readdirSync(folder)).toEqual([atWork])
  })

  test('loses what a killed run has left that had this one’s process id', async () => {
    // In a container ids begin anew with each job, so the next run often has the last one's.
    const folder = createTemporaryFolder()
    writeFileSync(path.join(folder, partialName('job-0.csv', process.pid)), 'half')

    await prepareFolder(folder)

    expect(readdirSync(folder)).toEqual([])
  })

  test('is refused where a file stands in its place', async () => {
    const file = path.join(createTemporaryFolder(), 'logs')
    writeFileSync(file, 'a file')

    const { message } = await failureOf(prepareFolder(file))

    expect(message).toBe(
      `The folder "${file}" (path) cannot be used: a file stands in its place (EEXIST).`,
    )
  })

  onPosix('is refused where a file stands in the place of one above it', async () => {
    const file = path.join(createTemporaryFolder(), 'logs')
    writeFileSync(file, 'a file')

    const { message } = await failureOf(prepareFolder(path.join(file, 'more')))

    expect(message).toMatch(/\(path\) cannot be used: a file stands in its place \(ENOTDIR\)\.$/)
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

  test('with a name that cannot be is refused, and starts no workflow command', async () => {
    const { message } = await failureOf(prepareFolder('/tmp/a\0b\n::error::##[x]'))

    expect(message).toMatch(/^The folder "[^\n\0]+" \(path\) cannot be used: it cannot be written/)
    expect(message).not.toContain('##[')
  })

  test('with a folder that is named like a leftover is left alone or refused in words', async () => {
    const folder = createTemporaryFolder()
    mkdirSync(path.join(folder, partialName('job-1.csv', await deadPid())))

    const { message } = await failureOf(prepareFolder(folder))

    expect(message).toMatch(/^The folder "\S+" \(path\) cannot be used: /)
  })
})
