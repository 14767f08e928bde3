// What the stand-ins of the clouds' programs share: buckets are folders, and tell the order of writes.
import { appendFileSync, cpSync, existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

const { STAND_IN_BUCKETS: buckets } = process.env
if (!buckets) throw new Error('STAND_IN_BUCKETS is not set')

/** Where a bucket's key lies. */
export function inBucket(key) {
  return path.join(buckets, key)
}

/** Copies a file, or all files below a folder; gives their names, with `/`. */
export function copyFiles(from, to, { isFolder, mayBeMissing = false, isLeftOut = () => false }) {
  if (!existsSync(from)) {
    if (mayBeMissing) return []
    throw new Error(`The user-provided path ${from} does not exist.`)
  }
  if (statSync(from).isDirectory() !== isFolder) throw new Error(`${from} is of another kind`)
  const names = isFolder
    ? readdirSync(from, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(from, path.join(entry.parentPath, entry.name)))
        .map((name) => name.split(path.sep).join('/'))
        .filter((name) => !isLeftOut(name))
    : ['']
  for (const name of names) {
    const target = path.join(to, name)
    cpSync(path.join(from, name), target, { recursive: true, preserveTimestamps: true })
    if (target.startsWith(buckets)) {
      appendFileSync(
        path.join(buckets, 'order.txt'),
        `${path.relative(buckets, target).split(path.sep).join('/')}\n`,
      )
    }
  }
  return names
}
