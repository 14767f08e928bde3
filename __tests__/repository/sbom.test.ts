import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type LockFile, makeSbom } from '../../scripts/sbom.js'

interface Component {
  type: string
  'bom-ref': string
  name: string
  version?: string
  purl?: string
  hashes: { alg: string; content: string }[]
  licenses?: { license?: { id: string }; expression?: string }[]
}

interface Sbom {
  components: Component[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
const manifest = readJson('package.json')

const printSbom = (cwd: string): string =>
  execFileSync(process.execPath, [path.resolve('scripts/sbom.ts')], { cwd, encoding: 'utf8' })

/** The packages that a licenses.txt names, each with its license: a name, and an SPDX id below. */
function headingsOf(licenses: string): string[] {
  return [...licenses.matchAll(/(?:^|\n\n)((?:@[\w.-]+\/)?[\w.-]+)\n([\w.-]+)\n/g)].map(
    ([, name, license]) => `${name}: ${license}`,
  )
}

describe('the SBOM of dist', () => {
  const text = printSbom(process.cwd())
  const sbom: Sbom = JSON.parse(text)
  const libraries = sbom.components.filter(({ type }) => type === 'library')
  const folders = readdirSync('dist', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
  const licensesOf = (folder: string) => readFileSync(`dist/${folder}/licenses.txt`, 'utf8')

  test('holds each package that is bundled, with its license, and no other', () => {
    const listed = libraries.map(({ name, licenses }) => `${name}: ${licenses?.[0]?.license?.id}`)
    const inLicenses = folders.flatMap((folder) => headingsOf(licensesOf(folder)))

    expect(inLicenses.length).toBeGreaterThan(10)
    expect(listed.toSorted()).toEqual([...new Set(inLicenses)].toSorted())
  })

  test.each(folders)('says which packages dist/%s holds', (folder) => {
    const file = `dist/${folder}/main.js`
    const refs = sbom.dependencies.find(({ ref }) => ref === file)?.dependsOn ?? []
    const names = refs.map((to) => libraries.find((library) => library['bom-ref'] === to)?.name)

    const inLicenses = headingsOf(licensesOf(folder)).map((line) => line.split(':')[0])
    expect(names.toSorted()).toEqual(inLicenses.toSorted())
  })

  test.each(libraries)('gives $name the version that is installed', ({ name, version, purl }) => {
    const installed = readJson(path.join('node_modules', name, 'package.json'))

    expect(version).toBe(installed.version)
    expect(purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${installed.version}`)
  })

  test.each(libraries)('gives $name the hash that npm checks', ({ name, hashes }) => {
    const { integrity } = readJson('package-lock.json').packages[`node_modules/${name}`]

    const [hash] = hashes
    expect(hash?.alg).toBe('SHA-512')
    expect(`sha512-${Buffer.from(hash?.content ?? '', 'hex').toString('base64')}`).toBe(integrity)
  })

  test('gives each file of dist its SHA-256', () => {
    const files = sbom.components.filter(({ type }) => type === 'file')

    expect(files.map(({ name }) => name).toSorted()).toEqual(
      folders.map((folder) => `dist/${folder}/main.js`).toSorted(),
    )
    for (const { name, hashes } of files) {
      const content = createHash('sha256').update(readFileSync(name)).digest('hex')
      expect([name, hashes]).toEqual([name, [{ alg: 'SHA-256', content }]])
    }
  })

  test('is the same, byte for byte, whenever and wherever it is made', () => {
    expect(printSbom(tmpdir())).toBe(text)
    expect(text).not.toMatch(/"(timestamp|serialNumber)"/)
  })
})

describe('an SBOM that could not be right', () => {
  const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`
  const one = { version: '1.0.0', license: 'MIT', integrity }
  const sbomOf = (packages: LockFile['packages'], licenses = 'one\nMIT\nText.\n') =>
    makeSbom(manifest, { packages }, [{ file: 'dist/start/main.js', sha256: '', licenses }])

  test('is not made where a package is locked in two versions', () => {
    const packages = {
      'node_modules/one': one,
      'node_modules/other/node_modules/one': { ...one, version: '2.0.0' },
    }

    expect(() => sbomOf(packages)).toThrow('several versions of one')
  })

  test('is not made where the license is another than the locked one', () => {
    expect(() => sbomOf({ 'node_modules/one': { ...one, license: 'ISC' } })).toThrow(
      'one is bundled under MIT, and locked under ISC.',
    )
  })

  test.each([
    { ...one, integrity: 'sha1-AAAA' },
    { version: '1.0.0', license: 'MIT' },
  ])('is not made where the lock file has no SHA-512: %o', (locked) => {
    expect(() => sbomOf({ 'node_modules/one': locked })).toThrow('The lock file has no')
  })

  test('takes a package that only a license speaks of for none', () => {
    const licenses = 'one\nMIT\nAs of other:\nother\nMIT\n'
    const packages = { 'node_modules/one': one, 'node_modules/other': one }

    const { components } = sbomOf(packages, licenses) as Sbom

    expect(components.map(({ name }) => name)).toEqual(['dist/start/main.js', 'one'])
  })

  test('writes a choice of licenses as an expression', () => {
    const license = 'MIT OR Apache-2.0'
    const packages = { 'node_modules/one': { ...one, license } }

    const { components } = sbomOf(packages, `one\n${license}\nText.\n`) as Sbom

    expect(components[1]?.licenses).toEqual([{ expression: license }])
  })
})
