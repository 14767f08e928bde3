// Prints the notes of a release, as Markdown: what CHANGELOG.md says of it, and how it is pinned.
// Usage: node scripts/release/notes.ts v1.2.3 REPOSITORY SHA
import { readFileSync } from 'node:fs'
import { notesOf } from './changelog.ts'
import { parseTag } from './version.ts'

const [tag = '', repository, sha = ''] = process.argv.slice(2)
const version = parseTag(tag)
if (version === undefined) throw new Error(`"${tag}" is no tag of a release.`)
if (!/^[0-9a-f]{40}$/.test(sha)) throw new Error(`"${sha}" is no full SHA.`)

console.log(`${notesOf(readFileSync('CHANGELOG.md', 'utf8'), version.join('.'))}

## Pin it

\`\`\`yaml
uses: ${repository}@${sha} # ${tag}
\`\`\`

[docs/releases.md](https://github.com/${repository}/blob/${tag}/docs/releases.md) says how to verify this release, and what its files are.`)
