import { afterEach, describe, expect, test } from 'vitest'
import { notesOf, readSections } from '../../scripts/release/changelog.js'
import { compareVersions, parseTag } from '../../scripts/release/version.js'
import { ReleaseRepository } from '../helpers/release-repository.js'

const SCRIPTS = ['scripts']
const repositories: ReleaseRepository[] = []

afterEach(() => {
  for (const repository of repositories.splice(0)) repository.remove()
})

function createRepository(): ReleaseRepository {
  const repository = new ReleaseRepository(SCRIPTS)
  repositories.push(repository)
  return repository
}

describe('a tag', () => {
  test.each(['v1', 'v1.2', '1.2.3', 'v1.2.3-rc.1', 'v01.2.3', 'v1.2.3\n', 'v1.2.3.4', ''])(
    'written as %j is none of a release',
    (tag) => {
      expect(parseTag(tag)).toBeUndefined()
    },
  )

  test('is ordered by its numbers, not by its letters', () => {
    const tags = ['v10.0.0', 'v1.10.0', 'v1.9.10', 'v1.9.9']
    const versions = tags.map((tag) => parseTag(tag)).filter((version) => version !== undefined)

    const ordered = versions.toSorted(compareVersions).map((version) => `v${version.join('.')}`)

    expect(ordered).toEqual(['v1.9.9', 'v1.9.10', 'v1.10.0', 'v10.0.0'])
  })
})

describe('the changelog', () => {
  const changelog = [
    '# Changelog',
    'All of it.',
    '## Unreleased',
    '## 1.10.0 - 2026-12-01\n\n### Added\n\n- A thing.\n\n### Fixed\n\n- Another.\n',
    '## 1.1.0 - 2026-11-25\n\n- Older.\n',
  ].join('\n\n')

  test('is read as sections with names and dates', () => {
    const sections = readSections(changelog).map(({ name, date }) => [name, date])

    expect(sections).toEqual([
      ['Unreleased', undefined],
      ['1.10.0', '2026-12-01'],
      ['1.1.0', '2026-11-25'],
    ])
  })

  test('gives the notes of one version, with its headings and nothing of the next', () => {
    expect(notesOf(changelog, '1.10.0')).toBe('### Added\n\n- A thing.\n\n### Fixed\n\n- Another.')
  })

  test.each([
    ['1.1', 'has no section "## 1.1 - DATE"'],
    ['1.10', 'has no section'],
    ['Unreleased', 'says nothing of Unreleased'],
  ])('gives none for %s', (version, message) => {
    expect(() => notesOf(changelog, version)).toThrow(message)
  })
})

describe('the check before a release', () => {
  test('lets a tag through whose commit, version and changelog fit', () => {
    const repository = createRepository()
    repository.commit('1.2.3')
    repository.tag('v1.2.3')

    const { status, stdout } = repository.script('release/check.ts', 'v1.2.3')

    expect(stdout).toBe('v1.2.3 may be released.\n')
    expect(status).toBe(0)
  })

  test('lists all that is wrong, and not only the first', () => {
    const repository = createRepository()
    repository.commit('1.2.2', '## 1.2.2 - 2026-11-25\n\n- A thing.\n')
    repository.tag('v1.3.0')
    repository.tag('v1.2.3')

    const { status, stdout } = repository.script('release/check.ts', 'v1.2.3')

    expect(stdout.trim().split('\n')).toEqual([
      '::error title=v1.2.3::package.json says 1.2.2, the tag says 1.2.3.',
      '::error title=v1.2.3::package-lock.json says 1.2.2, the tag says 1.2.3.',
      '::error title=v1.2.3::package-lock.json, packages says 1.2.2, the tag says 1.2.3.',
      '::error title=v1.2.3::CHANGELOG.md has 1.2.2 as its newest version, not 1.2.3.',
      '::error title=v1.2.3::v1.3.0 is newer than v1.2.3. Give the release a number above it.',
    ])
    expect(status).toBe(1)
  })

  test.each([
    ['- Forgotten.\n\n## 1.2.3 - 2026-11-25\n\n- A thing.\n', 'has lines under Unreleased'],
    ['## 1.2.3\n\n- A thing.\n', 'has no date behind 1.2.3'],
    ['## 1.2.3 - 2026-13-45\n\n- A thing.\n', 'has no date behind 1.2.3'],
    ['## 1.2.3 - 2026-11-25\n', 'says nothing of 1.2.3'],
    ['', 'has nothing as its newest version'],
  ])('refuses a changelog that says %j', (changelog, message) => {
    const repository = createRepository()
    repository.commit('1.2.3', changelog)
    repository.tag('v1.2.3')

    const { status, stdout } = repository.script('release/check.ts', 'v1.2.3')

    expect(stdout).toMatch(new RegExp(`^::error title=v1.2.3::CHANGELOG.md ${message}.*\n$`))
    expect(status).toBe(1)
  })

  test('refuses a commit that is not on main', () => {
    const repository = createRepository()
    repository.commit('1.2.2')
    repository.git('switch', '--quiet', '--create', 'side')
    repository.git('commit', '--quiet', '--allow-empty', '--message', 'Aside')
    repository.git('push', '--quiet', 'origin', 'side')
    repository.tag('v1.2.2')

    const { status, stdout } = repository.script('release/check.ts', 'v1.2.2')

    expect(stdout).toBe('::error title=v1.2.2::v1.2.2 is not on main.\n')
    expect(status).toBe(1)
  })

  test('refuses a tag of another commit than the one that is checked', () => {
    const repository = createRepository()
    repository.commit('1.2.3')
    repository.tag('v1.2.3')
    repository.git('commit', '--quiet', '--allow-empty', '--message', 'Later')

    const { stdout } = repository.script('release/check.ts', 'v1.2.3')

    expect(stdout).toBe('::error title=v1.2.3::v1.2.3 is not the commit that is checked.\n')
  })

  test('refuses what is no tag of a release', () => {
    const { status, stdout } = createRepository().script('release/check.ts', 'main')

    expect(stdout).toContain('is no tag of a release. Write it like v1.2.3.')
    expect(status).toBe(1)
  })
})

describe('the notes of a release', () => {
  const sha = '0123456789abcdef0123456789abcdef01234567'

  test('are what the changelog says, and how to pin it', () => {
    const repository = createRepository()
    repository.commit('1.2.3')

    const { status, stdout } = repository.script('release/notes.ts', 'v1.2.3', 'acme/logs', sha)

    expect(stdout).toMatch(/^### Added\n\n- A thing\.\n\n## Pin it\n/)
    expect(stdout).toContain(`\nuses: acme/logs@${sha} # v1.2.3\n`)
    expect(stdout).toContain('https://github.com/acme/logs/blob/v1.2.3/docs/releases.md')
    expect(status).toBe(0)
  })

  test('are not written with a short SHA, which could come to mean another commit', () => {
    const repository = createRepository()
    repository.commit('1.2.3')

    const { status, stdout, log } = repository.script(
      'release/notes.ts',
      ...['v1.2.3', 'acme/logs', sha.slice(0, 12)],
    )

    expect(stdout).toBe('')
    expect(log).toContain('is no full SHA')
    expect(status).toBe(1)
  })
})

describe('the major tag', () => {
  const move = (repository: ReleaseRepository, tag: string) =>
    repository.script('release/move-major-tag.ts', tag)

  test('is made by the first release, and moves with the next', () => {
    const repository = createRepository()
    const first = repository.commit('1.0.0')
    repository.tag('v1.0.0')

    expect(move(repository, 'v1.0.0').stdout).toBe(`v1 has moved to v1.0.0, ${first}.\n`)
    expect(repository.remoteTag('v1')).toBe(first)

    const second = repository.commit('1.0.1')
    repository.tag('v1.0.1')

    expect(move(repository, 'v1.0.1').stdout).toBe(`v1 has moved to v1.0.1, ${second}.\n`)
    expect(repository.remoteTag('v1')).toBe(second)
  })

  test('moves to the commit of an annotated tag, also from one', () => {
    const repository = createRepository()
    repository.commit('1.0.0')
    repository.tag('v1.0.0', '--annotate', '--message', 'One')
    repository.tag('v1', '--annotate', '--message', 'Major')
    const second = repository.commit('1.1.0')
    repository.tag('v1.1.0', '--annotate', '--message', 'Two')

    const { status } = move(repository, 'v1.1.0')

    expect(status).toBe(0)
    expect(repository.remoteTag('v1')).toBe(second)
    expect(repository.git('ls-remote', 'origin', 'v1')).toBe(`${second}\trefs/tags/v1`)
  })

  test('stays where it is when the same release is run again', () => {
    const repository = createRepository()
    const commit = repository.commit('1.0.0')
    repository.tag('v1.0.0')
    move(repository, 'v1.0.0')

    const { status, stdout } = move(repository, 'v1.0.0')

    expect(stdout).toBe('v1 stands at v1.0.0 already.\n')
    expect(status).toBe(0)
    expect(repository.remoteTag('v1')).toBe(commit)
  })

  test('never goes back to an older release', () => {
    const repository = createRepository()
    repository.commit('1.9.0')
    repository.tag('v1.9.0')
    const newest = repository.commit('1.10.0')
    repository.tag('v1.10.0')
    move(repository, 'v1.10.0')

    const { status, stdout } = move(repository, 'v1.9.0')

    expect(stdout).toBe('v1 stays at v1.10.0, which is newer than v1.9.0.\n')
    expect(status).toBe(0)
    expect(repository.remoteTag('v1')).toBe(newest)
  })

  test('of one version is not touched by a release of another', () => {
    const repository = createRepository()
    const first = repository.commit('1.0.0')
    repository.tag('v1.0.0')
    move(repository, 'v1.0.0')
    const second = repository.commit('2.0.0')
    repository.tag('v2.0.0')

    move(repository, 'v2.0.0')

    expect(repository.remoteTag('v1')).toBe(first)
    expect(repository.remoteTag('v2')).toBe(second)
  })

  test('is not moved from a commit that is no release: someone else has moved it there', () => {
    const repository = createRepository()
    const unknown = repository.commit('0.0.0')
    repository.tag('v1')
    repository.commit('1.0.0')
    repository.tag('v1.0.0')

    const { status, log } = move(repository, 'v1.0.0')

    expect(log).toContain(`v1 stands at ${unknown}, which is no release.`)
    expect(status).toBe(1)
    expect(repository.remoteTag('v1')).toBe(unknown)
  })

  test('is not moved to a tag that the remote does not have', () => {
    const repository = createRepository()
    repository.commit('1.0.0')
    repository.git('tag', 'v1.0.0')

    const { status, log } = move(repository, 'v1.0.0')

    expect(log).toContain('The remote has no tag v1.0.0.')
    expect(status).toBe(1)
    expect(repository.remoteTag('v1')).toBeUndefined()
  })
})
