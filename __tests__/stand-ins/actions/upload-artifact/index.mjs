// Keeps the files in the folder STAND_IN_ARTIFACTS, where a later run of the same test finds them.
import { appendFileSync, cpSync, existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

const { INPUT_NAME: name = 'artifact', INPUT_PATH: given, STAND_IN_ARTIFACTS: kept } = process.env
const ifNoFilesFound = process.env['INPUT_IF-NO-FILES-FOUND'] || 'warn'
const retention = process.env['INPUT_RETENTION-DAYS'] || '90'

if (!kept) throw new Error('STAND_IN_ARTIFACTS is not set')
if (!/^[^":<>|*?\r\n\\/]+$/.test(name)) throw new Error(`No name for an artifact: ${name}`)
if (!given) throw new Error('Input required and not supplied: path')
if (!['warn', 'error', 'ignore'].includes(ifNoFilesFound)) throw new Error('if-no-files-found')
if (!/^(\d|[1-8]\d|90)$/.test(retention)) throw new Error(`retention-days: ${retention}`)
if (existsSync(path.join(kept, name)) && process.env.INPUT_OVERWRITE !== 'true') {
  throw new Error(`an artifact with this name already exists on the workflow run: ${name}`)
}

const source = path.resolve(process.env.GITHUB_WORKSPACE, given)
const isFolder = existsSync(source) && statSync(source).isDirectory()
const names = isFolder ? readdirSync(source) : existsSync(source) ? [path.basename(source)] : []
const hidden = names.filter((file) => file.startsWith('.'))
if (hidden.length > 0) throw new Error(`Files are left that are not whole: ${hidden}`)
if (names.length === 0 && ifNoFilesFound === 'error') throw new Error(`No files at ${given}`)

const folder = isFolder ? source : path.dirname(source)
for (const file of names) {
  const { size } = statSync(path.join(folder, file))
  if (size === 0) throw new Error(`${file} is empty`)
  cpSync(path.join(folder, file), path.join(kept, name, file), { recursive: true })
  console.log(`Artifact ${name} holds ${file}, ${size} bytes.`)
}
if (names.length > 0) {
  const url = `https://github.com/acme/logs/actions/runs/4711/artifacts/${name}`
  appendFileSync(process.env.GITHUB_OUTPUT, `artifact-url=${url}\n`)
}
if (names.length === 0) console.log(`Artifact ${name} is not made: no files.`)
