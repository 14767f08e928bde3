import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { requireFreshDist } from '../../scripts/sources.js'

describe('dist', () => {
  test('has a start action of at most 100 kB', () => {
    expect(statSync('dist/start/main.js').size).toBeLessThanOrEqual(100_000)
  })

  test('holds the license of each package that is bundled', () => {
    const licenses = readFileSync('dist/start/licenses.txt', 'utf8')

    for (const name of [
      '@actions/core',
      '@actions/http-client',
      '@date-fns/tz',
      'date-fns',
      'iso-3166',
    ]) {
      expect(licenses.split('\n')).toContain(name)
    }
  })

  test('leaves undici out, which every start would pay for', () => {
    expect(readFileSync('dist/start/main.js', 'utf8')).not.toMatch(/llhttp|class Dispatcher/)
    expect(readFileSync('dist/start/licenses.txt', 'utf8').split('\n')).not.toContain('undici')
  })

  test('leaves out what runs programs, which every start would pay for and none uses', () => {
    for (const name of ['start', 'download', 'sync', 'cancel', 'merge-reports']) {
      expect(readFileSync(`dist/${name}/main.js`, 'utf8')).not.toContain('child_process')
    }
  })

  test('loads nothing of Node.js at its start that takes long and only some runs need', () => {
    for (const name of ['start', 'download']) {
      const script = `require('./dist/${name}/main.js')
        process.on('exit', () => process.stderr.write(process.moduleLoadList.join('\\n')))`
      const { stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })

      const loaded = stderr.split('\n').map((line) => line.replace('NativeModule ', ''))
      expect(loaded).toContain('https')
      const slow = loaded.filter((module) => /^(zlib|perf_hooks|assert|inspector)$/.test(module))
      expect(slow).toEqual([])
    }
  })

  test('loads what is for files only where there are some', () => {
    for (const name of ['start', 'cancel']) {
      expect(readFileSync(`dist/${name}/main.js`, 'utf8')).not.toMatch(/\.promises|fs\/promises/)
    }
  })
})

describe('a Node.js that is too old', () => {
  test('gets one line that says so, and runs nothing', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'old-node-'))
    onTestFinished(() => rmSync(root, { recursive: true }))
    cpSync('dist/start', root, { recursive: true })
    writeFileSync(path.join(root, 'main.js'), 'this is no syntax that any of them can read')
    const preload = path.join(root, 'old.cjs')
    writeFileSync(
      preload,
      "Object.defineProperty(process, 'versions', { value: { node: '16.20.2' } })",
    )

    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--require', preload, path.join(root, 'index.js')],
      { encoding: 'utf8' },
    )

    expect(stdout).toMatch(/^::error::.*16\.20\.2.*\b20\b.*\n$/)
    expect([status, stderr]).toEqual([1, ''])
  })

  test('can read the line, which is in words of ES5', () => {
    const index = readFileSync('dist/start/index.js', 'utf8')

    expect(index).not.toMatch(/=>|`|\b(const|let|class|import)\b|\?[.?]/)
  })
})

describe('tests of dist', () => {
  test('refuse one that is not what the sources build, with what to do', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'stale-'))
    onTestFinished(() => rmSync(root, { recursive: true }))
    for (const folder of ['src', 'stubs', 'dist']) {
      cpSync(folder, path.join(root, folder), { recursive: true })
    }

    expect(() => requireFreshDist(root)).not.toThrow()
    appendFileSync(path.join(root, 'src/errors.ts'), '\n')
    expect(() => requireFreshDist(root)).toThrow('npm run build')
  })
})
