// Stands in for `gh release` and what belongs to it. The releases are folders in STAND_IN_RELEASES,
// each with its notes, its assets and what is known of it.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'

const kept = process.env.STAND_IN_RELEASES
if (!kept) throw new Error('STAND_IN_RELEASES is not set')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    draft: { type: 'string' },
    latest: { type: 'boolean' },
    'verify-tag': { type: 'boolean' },
    yes: { type: 'boolean' },
    title: { type: 'string' },
    'notes-file': { type: 'string' },
    json: { type: 'string' },
    jq: { type: 'string' },
  },
  // `--draft` alone is `--draft=true`.
  args: process.argv.slice(2).map((arg) => (arg === '--draft' ? '--draft=true' : arg)),
})
const [, verb, tag, ...files] = positionals
const folder = path.join(kept, tag ?? '')
const about = path.join(folder, 'release.json')
const read = () => {
  if (!existsSync(about)) throw new Error('release not found')
  return JSON.parse(readFileSync(about, 'utf8'))
}

/** A published release is immutable: nothing about its tag or assets can be changed any more. */
const readDraft = () => {
  const release = read()
  if (!release.isDraft) throw new Error(`HTTP 422: ${tag} is immutable`)
  return release
}

const verbs = {
  view() {
    if (values.json !== 'isDraft' || values.jq !== '.isDraft') throw new Error('View what?')
    console.log(read().isDraft)
  },
  delete() {
    readDraft()
    if (!values.yes) throw new Error('--yes required when not running interactively')
    rmSync(folder, { recursive: true })
    console.log(`Deleted the draft of ${tag}.`)
  },
  create() {
    if (existsSync(about)) throw new Error(`There are two releases of ${tag} now.`)
    if (values.draft !== 'true') throw new Error('Published before its assets are there.')
    if (!values['verify-tag']) throw new Error('A tag that is missing would be made anew.')
    mkdirSync(folder, { recursive: true })
    for (const file of files) cpSync(file, path.join(folder, path.basename(file)))
    cpSync(values['notes-file'], path.join(folder, 'notes.md'))
    writeFileSync(about, JSON.stringify({ isDraft: true, title: values.title }))
    console.log(`Drafted ${tag} with ${files.map((file) => path.basename(file)).join(', ')}.`)
  },
  edit() {
    if (values.draft !== 'false') throw new Error('Edit what?')
    writeFileSync(
      about,
      JSON.stringify({ ...readDraft(), isDraft: false, isLatest: values.latest }),
    )
    console.log(`Published ${tag}.`)
  },
}
if (!Object.hasOwn(verbs, verb)) throw new Error(`gh release ${verb}`)
verbs[verb]()
