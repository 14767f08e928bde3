import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The file of dist that says which sources have built it. */
export const SOURCES_HASH = 'sources.sha256'

/** SHA-256 over all sources that become dist, in hex. */
export function hashSources(root: string): string {
  const hash = createHash('sha256')
  for (const folder of ['src', 'stubs']) {
    const names = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    const files = names.filter((name) => name.endsWith('.ts'))
    for (const file of files.map((name) => name.replaceAll(path.sep, '/')).toSorted()) {
      hash.update(`${folder}/${file}\n`).update(readFileSync(path.join(root, folder, file)))
    }
  }
  return hash.digest('hex')
}

/**
 * Throws where dist is not what the sources build: what runs it would fail in hundreds of ways.
 * Packages and the build's own scripts are not looked at, as a test builds anew and compares.
 */
export function requireFreshDist(root: string): void {
  let built = ''
  try {
    built = readFileSync(path.join(root, 'dist', SOURCES_HASH), 'utf8').trim()
  } catch {}
  if (built !== hashSources(root)) throw new Error('dist is stale: run npm run build')
}
