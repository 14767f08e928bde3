import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ReleaseRepository } from '../helpers/release-repository.js'

const SOURCES = ['dist', 'scripts', 'src', 'stubs', '.gitattributes', '.gitignore']

/** What the build needs of the packages that only build. */
const BUILDERS = ['@vercel/ncc', 'rolldown', '@rolldown', '@oxc-project']

/** The commands of docs/releases.md that hold a word, one to a line. */
function commandsWith(word: string): string[] {
  const blocks = readFileSync('docs/releases.md', 'utf8').matchAll(/^```sh\n(.*?)^```/gms)
  const block = [...blocks].map(([, text]) => String(text)).find((text) => text.includes(word))
  return (block ?? '').trim().split('\n')
}

describe('dist', () => {
  const repository = new ReleaseRepository(SOURCES)
  const clone = path.join(repository.folder, '8x8-sms-log-export')

  /** Runs commands as they stand there, with the remote of the test in the place of GitHub. */
  function run(cwd: string, commands: string[]): string {
    const { status, stdout, stderr } = spawnSync(commands.join(' && '), {
      cwd,
      shell: true,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: `url.${repository.remote}.insteadOf`,
        GIT_CONFIG_VALUE_0: 'https://github.com/OWNER/8x8-sms-log-export',
      },
    })
    if (status !== 0) throw new Error(`${commands.join(' && ')}: ${stdout}${stderr}`)
    return stdout
  }

  /** What differs after a build by docs/releases.md: the lines below the build's own. */
  function rebuild(): string[] {
    const commands = commandsWith('npm run build')
    expect(commands).toEqual(['npm ci', 'npm run build', 'git status --short dist'])
    // What `npm ci` brings is copied: the packages are those of the lock file in both.
    return run(clone, commands.slice(1))
      .split('\n')
      .filter((line) => /^[ MADRCU?!]{2} /.test(line))
  }

  beforeAll(() => {
    repository.commit('1.0.0')
    repository.tag('v1.0.0')
    const commands = commandsWith('git clone').filter((line) => !line.startsWith('gh '))
    expect(commands.at(-1)).toBe('git checkout v1.0.0')
    run(repository.folder, commands)
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
    const bundled = Object.keys(packages).filter((key) => key !== '' && !packages[key].dev)
    for (const folder of [...bundled, ...BUILDERS.map((name) => `node_modules/${name}`)]) {
      cpSync(folder, path.join(clone, folder), { recursive: true })
    }
  }, 120_000)

  afterAll(() => {
    repository.remove()
  })

  test('is what the sources build, byte for byte (npm run build repairs it)', () => {
    // A file that is not shows that a difference would be seen.
    appendFileSync(path.join(clone, 'dist/cancel/index.js'), '\n// More.\n')
    run(clone, ['git -c user.name=a -c user.email=a@example.com commit --quiet --all -m "More"'])

    expect(rebuild()).toEqual([' M dist/cancel/index.js'])
  }, 180_000)
})
