// Gives back what the stand-in of upload-artifact has kept.
import { cpSync, existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

const { INPUT_NAME: name, INPUT_PATH: given = '.', STAND_IN_ARTIFACTS: kept } = process.env
const runId = process.env['INPUT_RUN-ID']

if (!kept) throw new Error('STAND_IN_ARTIFACTS is not set')
if (!name) throw new Error('No name of an artifact')
if (runId) {
  // The id that the stand-in of gh gives.
  if (runId !== '4711') throw new Error(`There is no run ${runId}`)
  if (!process.env['INPUT_GITHUB-TOKEN']) throw new Error('Another run needs a github-token')
}
const source = path.join(kept, name)
if (!existsSync(source)) throw new Error(`Artifact not found for name: ${name}`)
cpSync(source, path.resolve(process.env.GITHUB_WORKSPACE, given), { recursive: true })
console.log(`Artifact ${name} of run ${runId ?? 'this'} gives ${readdirSync(source)}.`)
