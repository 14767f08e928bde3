// Bundles each entry into dist/<name>/index.js, with the licenses of what it holds beside it.
// The result depends on the sources and the lock file alone, byte for byte.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ncc from '@vercel/ncc'

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

/** The package at the root says that its scripts are modules. */
const COMMONJS = '{"type":"commonjs"}\n'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const target = path.resolve(root, process.argv[2] ?? 'dist')
process.chdir(root)

/** Says what is wrong in the sources; Node.js would print the bundler's own, 3 MB of it. */
async function bundle(entry, options) {
  try {
    return await ncc(entry, options)
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}

const bundles = []
for (const [name, source] of Object.entries(ENTRIES)) {
  const { code, assets } = await bundle(path.join(root, source), {
    cache: false,
    // CommonJS starts some milliseconds sooner than a module does.
    esm: false,
    license: 'licenses.txt',
    minify: true,
    quiet: true,
    target: 'es2022',
  })
  const files = Object.entries(assets).map(([file, { source: bytes }]) => [file, bytes])
  // A bundle of our own sources alone has no licenses to name, and gets an empty list.
  const own = [
    ['index.js', code],
    ['package.json', COMMONJS],
    ['licenses.txt', ''],
  ]
  bundles.push({ name, code, files: [...own, ...files] })
}

await rm(target, { recursive: true, force: true })
for (const { name, code, files } of bundles) {
  const folder = path.join(target, name)
  await mkdir(folder, { recursive: true })
  for (const [file, bytes] of files) await writeFile(path.join(folder, file), bytes)
  console.log(`${name}: ${Math.round(Buffer.byteLength(code) / 1000)} kB`)
}
