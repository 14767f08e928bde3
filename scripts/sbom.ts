// Prints what dist holds as a CycloneDX SBOM: each file with its SHA-256, each package that is
// bundled, and which file holds which. What is bundled is read from the licenses.txt that the
// bundler writes beside each file, versions and hashes from the lock file. No clock and no random
// number goes in: the same dist and lock file give the same bytes.
// Usage: npm run --silent sbom > sbom.cdx.json
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The part of a package-lock.json (lockfileVersion 3) that is needed here. */
export interface LockFile {
  packages: Record<string, LockedPackage>
}

interface LockedPackage {
  version?: string
  license?: string
  /** Subresource integrity: `sha512-` and base64. */
  integrity?: string
}

/** The package.json of this project. */
export interface Manifest {
  name: string
  version: string
  description: string
  license: string
}

/** One folder of dist. */
export interface Bundle {
  /** `dist/start/main.js`. */
  readonly file: string
  /** Of the file, in hex. */
  readonly sha256: string
  /** The text of the licenses.txt beside it. */
  readonly licenses: string
}

interface Library {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly sha512: string
}

/** The SBOM as an object; throws an Error where it could not be right. */
export function makeSbom(manifest: Manifest, lock: LockFile, bundles: readonly Bundle[]): object {
  const held = bundles.map(({ file, licenses }) => ({ file, libraries: bundled(licenses, lock) }))
  const libraries = new Map(
    held.flatMap((bundle) => bundle.libraries).map((library) => [purlOf(library), library]),
  )
  const root = `pkg:generic/${manifest.name}@${manifest.version}`
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': root,
        name: manifest.name,
        version: manifest.version,
        description: manifest.description,
        licenses: [{ license: { id: manifest.license } }],
        purl: root,
      },
    },
    components: [
      ...bundles.map(({ file, sha256 }) => ({
        type: 'file',
        'bom-ref': file,
        name: file,
        hashes: [{ alg: 'SHA-256', content: sha256 }],
      })),
      ...[...libraries.keys()].toSorted().map((purl) => componentOf(purl, libraries.get(purl))),
    ],
    dependencies: [
      { ref: root, dependsOn: bundles.map(({ file }) => file) },
      ...held.map((bundle) => ({
        ref: bundle.file,
        dependsOn: bundle.libraries.map(purlOf).toSorted(),
      })),
    ],
  }
}

/** The packages whose licenses a bundle's licenses.txt holds. */
function bundled(licenses: string, lock: LockFile): Library[] {
  const lines = licenses.split('\n')
  const names = [...new Set(Object.keys(lock.packages).map(nameOf).filter(Boolean))]
  return names.flatMap((name) => {
    // A package's part begins with a line for its name and one for its license.
    const at = lines.findIndex((line, index) => line === name && !lines[index - 1])
    return at < 0 ? [] : [libraryOf(name, lines[at + 1] ?? '', lock)]
  })
}

function libraryOf(name: string, license: string, lock: LockFile): Library {
  const found = Object.entries(lock.packages)
    .filter(([key]) => nameOf(key) === name)
    .map(([, entry]) => entry)
  const [locked, ...others] = found
  if (locked?.version === undefined || locked.integrity === undefined) {
    throw new Error(`The lock file has no version and hash of ${name}.`)
  }
  if (others.some(({ version }) => version !== locked.version)) {
    throw new Error(
      `The lock file has several versions of ${name}: nobody can say which is bundled.`,
    )
  }
  if (locked.license !== license) {
    throw new Error(`${name} is bundled under ${license}, and locked under ${locked.license}.`)
  }
  const [, base64] = /^sha512-(.+)$/.exec(locked.integrity) ?? []
  if (base64 === undefined) throw new Error(`The lock file has no SHA-512 of ${name}.`)
  const sha512 = Buffer.from(base64, 'base64').toString('hex')
  return { name, version: locked.version, license, sha512 }
}

/** `node_modules/a/node_modules/@b/c` is `@b/c`; the project's own entry is empty. */
const nameOf = (key: string): string => key.replace(/^.*node_modules\//, '')

/** https://github.com/package-url/purl-spec */
const purlOf = ({ name, version }: Library): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`

function componentOf(purl: string, library: Library | undefined): object | undefined {
  return (
    library && {
      type: 'library',
      'bom-ref': purl,
      name: library.name,
      version: library.version,
      scope: 'required',
      hashes: [{ alg: 'SHA-512', content: library.sha512 }],
      licenses: [licenseOf(library)],
      purl,
    }
  )
}

/** `MIT` is an id, `MIT OR Apache-2.0` an expression. */
const licenseOf = ({ license }: Library): object =>
  license.includes(' ') ? { expression: license } : { license: { id: license } }

function readBundles(root: string): Bundle[] {
  return globSync('dist/*/main.js', { cwd: root })
    .map((file) => file.split(path.sep).join('/'))
    .toSorted()
    .map((file) => ({
      file,
      sha256: createHash('sha256')
        .update(readFileSync(path.join(root, file)))
        .digest('hex'),
      licenses: readFileSync(path.join(root, path.dirname(file), 'licenses.txt'), 'utf8'),
    }))
}

if (import.meta.main) {
  const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
  const readJson = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'))
  const sbom = makeSbom(readJson('package.json'), readJson('package-lock.json'), readBundles(root))
  console.log(JSON.stringify(sbom, null, 2))
}
