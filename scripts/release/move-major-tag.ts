// Moves the major tag (v1) of the remote `origin` to a release (v1.2.3), and never back to an older
// one. Done twice, it does nothing the second time.
// Usage: node scripts/release/move-major-tag.ts v1.2.3
import { git } from './git.ts'
import { compareVersions, parseTag, type Version } from './version.ts'

interface Tag {
  /** What the ref holds: an annotated tag has an object of its own. */
  object: string
  commit: string
}

function readTags(): Map<string, Tag> {
  const tags = new Map<string, Tag>()
  // The commit of an annotated tag has a line behind that of the tag: `v1.2.3^{}`.
  for (const line of git('ls-remote', '--tags', 'origin').split('\n')) {
    const [, sha = '', name = '', peeled] = /^(\w+)\trefs\/tags\/(.+?)(\^\{\})?$/.exec(line) ?? []
    tags.set(name, { object: peeled ? (tags.get(name)?.object ?? sha) : sha, commit: sha })
  }
  return tags
}

/** The newest release that stands at a commit. */
function releaseAt(commit: string, tags: Map<string, Tag>): Version | undefined {
  return [...tags]
    .filter(([, tag]) => tag.commit === commit)
    .flatMap(([name]) => [parseTag(name)].filter((version) => version !== undefined))
    .toSorted(compareVersions)
    .at(-1)
}

/** Moves the tag and says what it did; throws where it may not be moved. */
function moveMajorTag(name: string): string {
  const version = parseTag(name)
  if (version === undefined) throw new Error(`"${name}" is no tag of a release.`)
  const tags = readTags()
  const target = tags.get(name)?.commit
  if (target === undefined) throw new Error(`The remote has no tag ${name}.`)

  const major = `v${version[0]}`
  const from = tags.get(major)
  if (from?.commit === target) return `${major} stands at ${name} already.`
  const before = from && releaseAt(from.commit, tags)
  if (from && !before) {
    throw new Error(`${major} stands at ${from.commit}, which is no release. Who has moved it?`)
  }
  if (before && compareVersions(before, version) > 0) {
    return `${major} stays at v${before.join('.')}, which is newer than ${name}.`
  }

  const ref = `refs/tags/${major}`
  // Refused where another run has moved it since.
  const lease = `--force-with-lease=${ref}:${from?.object ?? ''}`
  git('push', '--quiet', lease, 'origin', `${target}:${ref}`)
  return `${major} has moved to ${name}, ${target}.`
}

console.log(moveMajorTag(process.argv[2] ?? ''))
