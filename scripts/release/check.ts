// Checks that a tag may be released: the commit is on main, package.json and CHANGELOG.md fit the
// tag, and it is newer than every release before it. Lists all that is wrong, and changes nothing.
// Usage: node scripts/release/check.ts v1.2.3
import { readFileSync } from 'node:fs'
import { readSections, type Section } from './changelog.ts'
import { git } from './git.ts'
import { compareVersions, parseTag, type Version } from './version.ts'

function checkManifests(version: string): string[] {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const found = {
    'package.json': manifest.version,
    'package-lock.json': lock.version,
    'package-lock.json, packages': lock.packages[''].version,
  }
  return Object.entries(found)
    .filter(([, written]) => written !== version)
    .map(([where, written]) => `${where} says ${written}, the tag says ${version}.`)
}

function checkChangelog(version: string): string[] {
  const sections = readSections(readFileSync('CHANGELOG.md', 'utf8'))
  const waiting = sections.find(({ name }) => name === 'Unreleased')
  const [newest] = sections.filter(({ name }) => name !== 'Unreleased')
  return [
    ...(waiting?.text ? ['CHANGELOG.md has lines under Unreleased that are in this release.'] : []),
    ...(newest?.name === version
      ? checkSection(newest)
      : [`CHANGELOG.md has ${newest?.name ?? 'nothing'} as its newest version, not ${version}.`]),
  ]
}

function checkSection({ name, date, text }: Section): string[] {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(date ?? '') && !Number.isNaN(Date.parse(date ?? ''))
  return [
    ...(isDate ? [] : [`CHANGELOG.md has no date behind ${name}: "## ${name} - 2026-11-25".`]),
    ...(text ? [] : [`CHANGELOG.md says nothing of ${name}.`]),
  ]
}

function checkCommit(tag: string): string[] {
  const commit = git('rev-parse', '--verify', `refs/tags/${tag}^{commit}`)
  const onMain = git('branch', '--remotes', '--contains', commit, '--format=%(refname:short)')
  return [
    ...(commit === git('rev-parse', 'HEAD') ? [] : [`${tag} is not the commit that is checked.`]),
    ...(onMain.split('\n').includes('origin/main') ? [] : [`${tag} is not on main.`]),
  ]
}

function checkOrder(tag: string, version: Version): string[] {
  return git('tag', '--list', 'v*')
    .split('\n')
    .filter((other) => {
      const released = parseTag(other)
      return other !== tag && released && compareVersions(released, version) > 0
    })
    .map((other) => `${other} is newer than ${tag}. Give the release a number above it.`)
}

function check(tag: string): string[] {
  const version = parseTag(tag)
  if (version === undefined) return [`"${tag}" is no tag of a release. Write it like v1.2.3.`]
  const text = version.join('.')
  return [
    ...checkManifests(text),
    ...checkChangelog(text),
    ...checkCommit(tag),
    ...checkOrder(tag, version),
  ]
}

const [tag = ''] = process.argv.slice(2)
const mistakes = check(tag)
for (const mistake of mistakes) console.log(`::error title=${tag}::${mistake}`)
if (mistakes.length > 0) process.exitCode = 1
else console.log(`${tag} may be released.`)
