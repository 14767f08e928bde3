import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const listed = execFileSync('git', ['ls-files', '-z', '--', ':!dist', ':!*.png'], {
  encoding: 'utf8',
})
const files = listed.split('\0').filter(Boolean)
/** Not written out with the name behind them, or this file would be changed in the copy. */
const NOBODY = 'OWNER'
const placeholder = new RegExp(`${NOBODY}\\\\?/8x8`)
/** The files that name an owner; the formatting of the others is not changed by another one. */
const named = [
  '.github/CODEOWNERS',
  ...files.filter((file) => placeholder.test(readFileSync(file, 'utf8'))),
]
const OWNER = 'some-owner'

function publish(cwd: string, ...args: string[]) {
  const script = path.join(cwd, 'scripts/publish-as.ts')
  return spawnSync(process.execPath, [script, ...args], { cwd, encoding: 'utf8' })
}

describe('a copy that is published', () => {
  const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'publish-')))
  const readCopy = (file: string): string => readFileSync(path.join(copy, file), 'utf8')

  beforeAll(() => {
    for (const file of [...files, 'docs/images', 'dist']) {
      cpSync(file, path.join(copy, file), { recursive: true })
    }
    execFileSync('git', ['init', '--quiet'], { cwd: copy })
    execFileSync('git', ['add', '--all', '--force', '.'], { cwd: copy })
    symlinkSync(path.resolve('node_modules'), path.join(copy, 'node_modules'), 'junction')
    const { status, stderr } = publish(copy, OWNER, '@some-owner/sms')
    expect([status, stderr]).toEqual([0, ''])
  })

  afterAll(() => rmSync(copy, { recursive: true }))

  test('names its owner wherever nobody was named', () => {
    const left = files.filter((file) => placeholder.test(readCopy(file)))

    expect(left).toEqual([])
    expect(readCopy('.github/CODEOWNERS')).toBe('* @some-owner/sms\n')
    expect(readCopy('README.md')).toContain(`${OWNER}/8x8-sms-log-export/actions/workflows`)
    expect(readCopy('examples/monthly.yml')).toContain(`uses: ${OWNER}/8x8-sms-log-export@v1`)
  })

  test('has links, pins and workflows that fit', () => {
    const tests = ['documents', 'pins'].map((name) => `__tests__/repository/${name}.test.ts`)
    const vitest = path.resolve('node_modules/vitest/vitest.mjs')
    const args = [vitest, 'run', '--reporter=dot', ...tests]

    const { status, stdout } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' })

    expect([status, status === 0 ? '' : stdout]).toEqual([0, ''])
  })

  test.each(['a', 'o'.repeat(39)])('can be moved to %s, and is formatted then', (owner) => {
    publish(copy, owner)

    const check = ['check', '--error-on-warnings', '--files-ignore-unknown=true', ...named]
    const biome = path.resolve('node_modules/@biomejs/biome/bin/biome')
    const { status, stderr } = spawnSync(process.execPath, [biome, ...check], {
      cwd: copy,
      encoding: 'utf8',
    })
    expect([status, status === 0 ? '' : stderr]).toEqual([0, ''])
    expect(files.filter((file) => readCopy(file).includes(`${OWNER}/8x8-`))).toEqual([])
    expect(readCopy('.github/CODEOWNERS')).toBe(`* @${owner}/maintainers\n`)
  })

  test('is left as it is by the owner that it has', () => {
    publish(copy, OWNER)
    const before = files.map(readCopy)

    const { status, stdout } = publish(copy, OWNER)

    expect([status, stdout]).toEqual([0, expect.stringMatching(/^Nothing to change/)])
    expect(files.map(readCopy)).toEqual(before)
  })

  test.each([[], [''], ['-a'], ['a b'], ['a/b'], ['a', 'b']])(
    'is not changed for %j',
    (...args) => {
      const before = readCopy('package.json')

      const { status, stderr } = publish(copy, ...args)

      expect([status, readCopy('package.json')]).toEqual([1, before])
      expect(stderr).toContain('npm run publish-as')
    },
  )
})
