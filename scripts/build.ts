// Builds dist: for each entry index.js, which a runner starts, main.js, and the licenses of what
// that holds. The result depends on the sources and the lock file alone, byte for byte.
// Usage: node scripts/build.ts [FOLDER]
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.ts'
import { hashSources, SOURCES_HASH } from './sources.ts'

const ENTRIES = {
  start: 'src/start/main.ts',
  download: 'src/download/main.ts',
  'merge-reports': 'src/merge-reports/main.ts',
  'report-worker': 'src/report/worker.ts',
  sync: 'src/sync/main.ts',
  cancel: 'src/cancel/main.ts',
  sandbox: 'src/sandbox/main.ts',
  'sandbox-server': 'src/sandbox/serve.ts',
  'sandbox-post': 'src/sandbox/post.ts',
}

/** Each Node.js since 4 can run this; one that is too old for main.js cannot even parse that. */
const INDEX = `'use strict'
if (parseInt(process.versions.node, 10) >= 20) {
  module.exports = require('./main.js')
} else {
  console.log(
    '::error::Node.js ' + process.versions.node + ' is too old for this action, which needs 20 ' +
      'or newer. It comes with the runner, or with the image of the job: update that.'
  )
  process.exitCode = 1
}
`

/** The package at the root says that its scripts are modules. */
const COMMONJS = '{"type":"commonjs"}\n'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const target = path.resolve(root, process.argv[2] ?? 'dist')

async function build(): Promise<void> {
  const files = new Map([[SOURCES_HASH, `${hashSources(root)}\n`]])
  for (const [name, source] of Object.entries(ENTRIES)) {
    const { code, licenses } = await bundle(path.join(root, source))
    files.set(`${name}/index.js`, INDEX)
    files.set(`${name}/main.js`, code)
    files.set(`${name}/package.json`, COMMONJS)
    files.set(`${name}/licenses.txt`, licenses)
    console.log(`${name}: ${Math.round(Buffer.byteLength(code) / 1000)} kB`)
  }
  await rm(target, { recursive: true, force: true })
  for (const [name, text] of files) {
    await mkdir(path.dirname(path.join(target, name)), { recursive: true })
    await writeFile(path.join(target, name), text)
  }
}

process.chdir(root)
await build().catch((error: Error) => {
  // What is wrong in the sources; Node.js would print the bundler's own, 3 MB of it.
  console.error(error.message)
  process.exitCode = 1
})
