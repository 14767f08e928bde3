import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const fresh = mkdtempSync(path.join(tmpdir(), 'dist-'))

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(path.join(folder, file)).isFile())
    .toSorted()
}

describe('dist', () => {
  beforeAll(() => {
    execFileSync(process.execPath, ['scripts/build.mjs', fresh], { stdio: 'pipe' })
  })

  afterAll(() => {
    rmSync(fresh, { recursive: true })
  })

  test('is what the sources build, byte for byte (npm run build mends it)', () => {
    expect(filesOf('dist')).toEqual(filesOf(fresh))
    for (const file of filesOf(fresh)) {
      const same = readFileSync(path.join('dist', file)).equals(
        readFileSync(path.join(fresh, file)),
      )
      expect([file, same]).toEqual([file, true])
    }
  })

  test('has a start action of at most 100 kB', () => {
    expect(statSync('dist/start/index.js').size).toBeLessThanOrEqual(100_000)
  })

  test('holds the license of each package that is bundled', () => {
    const licenses = readFileSync('dist/start/licenses.txt', 'utf8')

    for (const name of [
      '@actions/core',
      '@actions/http-client',
      '@date-fns/tz',
      'date-fns',
      'iso-3166',
      'tunnel',
    ]) {
      expect(licenses.split('\n')).toContain(name)
    }
  })

  test('leaves undici out, which every start would pay for', () => {
    expect(readFileSync('dist/start/index.js', 'utf8')).not.toMatch(/llhttp|class Dispatcher/)
    expect(readFileSync('dist/start/licenses.txt', 'utf8').split('\n')).not.toContain('undici')
  })
  test('leaves out what runs programs, which every start would pay for and none uses', () => {
    for (const name of ['start', 'download', 'sync', 'cancel', 'merge-reports']) {
      expect(readFileSync(`dist/${name}/index.js`, 'utf8')).not.toContain('child_process')
    }
  })
})
