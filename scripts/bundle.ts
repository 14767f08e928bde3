import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ncc from '@vercel/ncc'
import { type OutputChunk, rolldown } from 'rolldown'

export interface Bundle {
  /** CommonJS, which starts some milliseconds sooner than a module does. */
  readonly code: string
  /** The licenses of the packages that have code in it, each below the package's name. */
  readonly licenses: string
}

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** What stands in the place of packages that are imported and never called. */
const STUBS = {
  undici: path.join(root, 'stubs/undici.ts'),
  '@actions/exec': path.join(root, 'stubs/actions-exec.ts'),
  tunnel: path.join(root, 'stubs/tunnel.ts'),
}

/** Makes one script of a source and all that it needs; the same bytes wherever and whenever. */
export async function bundle(source: string): Promise<Bundle> {
  const chunk = await shake(source)
  const scratch = await mkdtemp(path.join(root, 'node_modules', '.build-'))
  try {
    const module = path.join(scratch, 'main.mjs')
    await writeFile(module, chunk.code)
    // This keeps the names of functions, which a report of a bug shows.
    const options = { cache: false, esm: false, minify: true, quiet: true, target: 'es2022' }
    const { code } = await ncc(module, options)
    return { code, licenses: await licensesOf(chunk) }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** One module without what is never called, of packages as well, which ncc alone would keep. */
async function shake(input: string): Promise<OutputChunk> {
  const build = await rolldown({
    input,
    platform: 'node',
    tsconfig: false,
    resolve: { alias: STUBS },
    // What packages do when they are loaded is for their own exports, and goes with these.
    treeshake: { moduleSideEffects: [{ test: /[\\/]node_modules[\\/]/, sideEffects: false }] },
    // In CommonJS this is how a file finds those beside it.
    transform: { target: 'node20', define: { 'import.meta.dirname': '__dirname' } },
  })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false })
  return output[0]
}

async function licensesOf({ modules }: OutputChunk): Promise<string> {
  const folders = Object.entries(modules)
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .flatMap(([file]) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file) ?? [])
  const licenses = [...new Set(folders)].map(async (folder) => {
    const manifest = await readFile(path.join(folder, 'package.json'), 'utf8')
    const { name, license } = JSON.parse(manifest)
    const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each))
    if (file === undefined) throw new Error(`${name} has no file with its license`)
    const text = await readFile(path.join(folder, file), 'utf8')
    return `${name}\n${license}\n${text.trimEnd()}\n`
  })
  return (await Promise.all(licenses)).toSorted().join('\n')
}
