import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

/** All that people run or copy from. */
const FILES = globSync([
  '*.{md,yml}',
  '.github/**/*.{md,yml}',
  '{docs,examples}/**/*.{md,yml}',
  '{cancel,download,merge-reports,sandbox,sync}/*.{md,yml}',
]).map((file) => file.split(path.sep).join('/'))

/** This project's own: of this very commit, or by the tag that most will use. */
const OWN = /^(\.\/|OWNER\/8x8-sms-log-export(\/[\w./-]+)?@v1$)/

interface Use {
  file: string
  /** `owner/name/path@ref`. */
  uses: string
  /** What stands behind it. */
  comment: string
}

/** What a text uses, in a step or a job. */
function usesOf(text: string): Omit<Use, 'file'>[] {
  return [...text.matchAll(/^[ \t-]*uses:[ \t]*["']?([^\s"'#]+)["']?[ \t]*(.*)$/gm)].map(
    ([, uses = '', comment = '']) => ({ uses, comment }),
  )
}

const all: Use[] = FILES.flatMap((file) =>
  usesOf(readFileSync(file, 'utf8')).map((use) => ({ file, ...use })),
)
const foreign = all.filter(({ uses }) => !OWN.test(uses))

const isPinned = ({ uses, comment }: Omit<Use, 'file'>): boolean =>
  /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses) && /^# v\d+\.\d+\.\d+( |$)/.test(comment)

describe('what is used of other people', () => {
  test('is seen by these tests, in workflows, examples and documents', () => {
    const kinds = ['.github/workflows/', 'examples/', 'README.md']

    for (const kind of kinds) {
      expect([kind, foreign.some(({ file }) => file.startsWith(kind))]).toEqual([kind, true])
    }
  })

  test('is pinned to a full SHA, with its version behind it', () => {
    expect(foreign.filter((use) => !isPinned(use))).toEqual([])
  })

  test.each([
    'uses: actions/checkout@v7',
    'uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1',
    '- uses: actions/checkout@3d3c42e5 # v7.0.1',
    'uses: "actions/checkout@main" # v7.0.1',
    'uses: docker://alpine:3',
  ])('would be noticed if it were %s', (line) => {
    expect(usesOf(line).map(isPinned)).toEqual([false])
  })

  test('has one pin throughout the repository', () => {
    const pins = new Map<string, Set<string>>()
    for (const { uses, comment } of foreign) {
      const [action = '', ref = ''] = uses.split('@')
      const repository = action.split('/').slice(0, 2).join('/').toLowerCase()
      const known = pins.get(repository) ?? new Set()
      pins.set(repository, known.add(`${ref} ${comment.split(' ').slice(0, 2).join(' ')}`))
    }

    const several = [...pins]
      .filter(([, refs]) => refs.size > 1)
      .map(([name, refs]) => [name, ...refs])

    expect(pins.size).toBeGreaterThan(5)
    expect(several).toEqual([])
  })
})
