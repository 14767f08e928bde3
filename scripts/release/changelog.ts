// What CHANGELOG.md says of a version.

export interface Section {
  /** `1.2.3`, or `Unreleased`. */
  readonly name: string
  /** `2026-11-25`; undefined where none is written. */
  readonly date: string | undefined
  /** What stands below the heading, without blank lines around it. */
  readonly text: string
}

/** The sections in the order of the file: `## 1.2.3 - 2026-11-25`, and what stands below. */
export function readSections(changelog: string): Section[] {
  return changelog
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split('\n')
      const [, name = heading, date] = /^(\S+)(?: - (\S+))?\s*$/.exec(heading) ?? []
      return { name, date, text: lines.join('\n').trim() }
    })
}

/** What `version` brings, as Markdown; throws an Error that says what is missing. */
export function notesOf(changelog: string, version: string): string {
  const text = readSections(changelog).find(({ name }) => name === version)?.text
  if (text === undefined) throw new Error(`CHANGELOG.md has no section "## ${version} - DATE".`)
  if (text === '') throw new Error(`CHANGELOG.md says nothing of ${version}.`)
  return text
}
