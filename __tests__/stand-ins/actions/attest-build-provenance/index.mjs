// Reads the subjects as the real one does, and compares them with the files that they name.
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const kinds = ['SUBJECT-PATH', 'SUBJECT-DIGEST', 'SUBJECT-CHECKSUMS']
const given = kinds.filter((kind) => process.env[`INPUT_${kind}`])
if (given.length !== 1) throw new Error(`One of ${kinds} must be given, and not ${given.length}`)
const checksums = process.env['INPUT_SUBJECT-CHECKSUMS']
if (!checksums) throw new Error('This stand-in knows subject-checksums alone.')

const lines = readFileSync(checksums, 'utf8').split('\n').filter(Boolean)
for (const line of lines) {
  const [, digest, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? []
  if (!digest) throw new Error(`No checksum: ${line}`)
  const file = existsSync(name) ? name : path.join(path.dirname(checksums), name)
  const found = createHash('sha256').update(readFileSync(file)).digest('hex')
  if (found !== digest) throw new Error(`${name} is ${found}, not ${digest}`)
  console.log(`Attested ${name}.`)
}

const bundle = path.join(process.env.RUNNER_TEMP, 'attestation.json')
writeFileSync(bundle, `${JSON.stringify({ subjects: lines.length })}\n`)
appendFileSync(process.env.GITHUB_OUTPUT, `bundle-path=${bundle}\n`)
