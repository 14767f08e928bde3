// Gives back what the stand-in of upload-artifact has kept: one by its name, or all of a pattern.
import { cpSync, existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

const { INPUT_NAME: name, INPUT_PATTERN: pattern, STAND_IN_ARTIFACTS: kept } = process.env
const runId = process.env['INPUT_RUN-ID']
const target = path.resolve(process.env.GITHUB_WORKSPACE, process.env.INPUT_PATH || '.')

if (!kept) throw new Error('STAND_IN_ARTIFACTS is not set')
if (!name === !pattern) throw new Error('Either the name of an artifact, or a pattern')
if (runId) {
  // The id that the stand-in of gh gives.
  if (runId !== '4711') throw new Error(`There is no run ${runId}`)
  if (!process.env['INPUT_GITHUB-TOKEN']) throw new Error('Another run needs a github-token')
}
if (name) {
  const source = path.join(kept, name)
  if (!existsSync(source)) throw new Error(`Artifact not found for name: ${name}`)
  cpSync(source, target, { recursive: true })
  console.log(`Artifact ${name} of run ${runId ?? 'this'} gives ${readdirSync(source)}.`)
} else {
  const names = readdirSync(kept).filter((artifact) => path.matchesGlob(artifact, pattern))
  for (const artifact of names) {
    // Each has a folder of its own there, unless they are to be merged.
    const folder =
      process.env['INPUT_MERGE-MULTIPLE'] === 'true' ? target : path.join(target, artifact)
    cpSync(path.join(kept, artifact), folder, { recursive: true })
  }
  console.log(`Artifacts of the pattern ${pattern}: ${names.length}.`)
}
