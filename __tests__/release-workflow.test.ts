import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ReleaseRepository } from './helpers/release-repository.js'
import { hasAct, readWorkflow, runWorkflow } from './helpers/run-workflow.js'

const FILE = '.github/workflows/release.yml'
const ADDRESS = 'https://github.com/acme/8x8-sms-log-export'

describe('the jobs of release.yml', () => {
  const { jobs } = readWorkflow(FILE) as unknown as {
    jobs: Record<
      string,
      {
        needs?: string[]
        environment?: string
        permissions: Record<string, string>
        steps: { run?: string; uses?: string }[]
      }
    >
  }

  test('come one after the other, and a person stands before the last', () => {
    const order = Object.entries(jobs).map(([id, { needs, environment }]) => [
      id,
      needs,
      environment,
    ])

    expect(order).toEqual([
      ['check', undefined, undefined],
      ['attest', ['check'], undefined],
      ['draft', ['attest'], undefined],
      ['publish', ['draft'], 'release'],
    ])
  })

  test('have no right but the ones that they need', () => {
    const rights = Object.entries(jobs).map(([id, { permissions }]) => [id, permissions])

    expect(Object.fromEntries(rights)).toEqual({
      check: { contents: 'read' },
      attest: { attestations: 'write', contents: 'read', 'id-token': 'write' },
      draft: { contents: 'write' },
      publish: { contents: 'write' },
    })
  })

  test('run no package of other people where they may write', () => {
    const writers = Object.values(jobs).filter(({ permissions }) =>
      Object.values(permissions).includes('write'),
    )
    const commands = writers.flatMap(({ steps }) => steps.map(({ run = '' }) => run)).join('\n')
    const actions = writers.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []))

    expect(writers).toHaveLength(3)
    expect(commands).not.toMatch(/\b(npm|npx|pip|go) |\.ci\/run/)
    expect(actions.filter((uses) => !uses.startsWith('actions/'))).toEqual([])
  })
})

describe.runIf(hasAct)('a tag that is pushed', () => {
  let repository: ReleaseRepository
  /** The commit of v1.0.0, and what its release has come to. */
  let first: string
  let firstRun: Awaited<ReturnType<typeof release>>

  /** What the release's page holds under a name. */
  const released = (tag: string, file: string) =>
    path.join(repository.folder, 'releases', tag, file)

  /** Tags and pushes what is checked out, and runs the workflow on it. */
  async function release(tag: string, env: Record<string, string> = {}) {
    const event = path.join(repository.folder, 'event.json')
    writeFileSync(event, JSON.stringify({ ref: `refs/tags/${tag}` }))
    return await runWorkflow(FILE, {
      event: ['push', '--eventpath', event],
      env: {
        // The steps see the remote of the test at the address that act must see.
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: `url.${repository.remote}.insteadOf`,
        GIT_CONFIG_VALUE_0: ADDRESS,
        // Each run has artifacts of its own.
        STAND_IN_ARTIFACTS: mkdtempSync(path.join(repository.folder, 'artifacts-')),
        STAND_IN_RELEASES: path.join(repository.folder, 'releases'),
        ...env,
      },
      published: repository.workTree,
      cwd: repository.workTree,
    })
  }

  /** All checks would be this very test; what matters here is what comes of their end. */
  function writeChecks(exitCode: number): void {
    const script = `#!/usr/bin/env bash\necho 'All checks have run.'\nexit ${exitCode}\n`
    repository.write('.ci/run', script)
    chmodSync(path.join(repository.workTree, '.ci/run'), 0o755)
  }

  beforeAll(async () => {
    repository = new ReleaseRepository()
    mkdirSync(path.join(repository.folder, 'releases'))
    writeChecks(0)
    first = repository.commit('1.0.0')
    repository.tag('v1.0.0')
    repository.git('config', `url.${repository.remote}.pushInsteadOf`, ADDRESS)
    repository.git('remote', 'set-url', 'origin', ADDRESS)
    firstRun = await release('v1.0.0')
  })

  afterAll(() => {
    repository.remove()
  })

  test('is checked, attested, drafted, published, and only then v1 is moved to it', () => {
    const { exitCode, log } = firstRun

    const steps = [
      'v1.0.0 may be released.',
      'All checks have run.',
      'Attested dist/start/main.js.',
      'Attested sbom.cdx.json.',
      'Artifact release holds sbom.cdx.json',
      'Drafted v1.0.0 with sbom.cdx.json, SHA256SUMS, provenance.intoto.jsonl.',
      'Published v1.0.0.',
      `v1 has moved to v1.0.0, ${first}.`,
    ]
    const places = steps.map((text) => [text, log.indexOf(text)] as const)
    expect(places.filter(([, at]) => at < 0)).toEqual([])
    expect(places.map(([, at]) => at)).toEqual(places.map(([, at]) => at).toSorted((a, b) => a - b))
    expect(log).not.toContain('::warning::')
    expect(exitCode).toBe(0)
    expect(repository.remoteTag('v1')).toBe(first)
  })

  test('has a page with the notes of its changelog, its SHA to pin, and the SBOM', () => {
    const notes = readFileSync(released('v1.0.0', 'notes.md'), 'utf8')
    const sbom = JSON.parse(readFileSync(released('v1.0.0', 'sbom.cdx.json'), 'utf8'))
    const sums = readFileSync(released('v1.0.0', 'SHA256SUMS'), 'utf8')

    expect(notes).toContain('- A thing.')
    expect(notes).toContain(`uses: acme/8x8-sms-log-export@${first} # v1.0.0`)
    expect(sbom.metadata.component.version).toBe('1.0.0')
    expect(sums).toMatch(/^[0-9a-f]{64} {2}dist\/download\/index\.js$/m)
    expect(sums).toMatch(/^[0-9a-f]{64} {2}sbom\.cdx\.json$/m)
  })

  test('cannot be released a second time', async () => {
    const { exitCode, log } = await release('v1.0.0')

    // Under load act can lose the last line of a step, which says why.
    expect(log).toMatch(/Failure - Main Draft it/)
    expect(log).not.toMatch(/Drafted|Deleted|Published v1\.0\.0/)
    expect(exitCode).toBe(1)
  })

  test('comes to nothing where its version or changelog does not fit', async () => {
    repository.commit('1.0.1', '- Forgotten.\n\n## 1.0.1 - 2026-11-26\n\n- A thing.\n')
    repository.tag('v1.0.1')

    const { exitCode, log } = await release('v1.0.1')

    expect(log).toContain('CHANGELOG.md has lines under Unreleased')
    expect(log).not.toMatch(/All checks have run|Attested|Drafted|Published/)
    expect(exitCode).toBe(1)
    expect(repository.remoteTag('v1')).toBe(first)
  })

  test('comes to nothing where a check fails', async () => {
    writeChecks(1)
    repository.commit('1.0.2')
    repository.tag('v1.0.2')

    const { exitCode, log } = await release('v1.0.2')

    expect(log).toContain('All checks have run.')
    expect(log).not.toMatch(/Attested|Drafted|Published/)
    expect(exitCode).toBe(1)
    expect(existsSync(released('v1.0.2', 'release.json'))).toBe(false)
    expect(repository.remoteTag('v1')).toBe(first)
  })

  test('takes the place of a draft that an earlier run has left, and warns if it can be changed', async () => {
    writeChecks(0)
    const next = repository.commit('1.1.0')
    repository.tag('v1.1.0')
    mkdirSync(path.dirname(released('v1.1.0', 'release.json')))
    writeFileSync(released('v1.1.0', 'release.json'), JSON.stringify({ isDraft: true }))

    const { exitCode, log } = await release('v1.1.0', { STAND_IN_IMMUTABLE: 'false' })

    expect(log).toMatch(/Deleted the draft of v1\.1\.0\..*Drafted v1\.1\.0 with/s)
    expect(log).toContain('This release can be changed')
    expect(exitCode).toBe(0)
    expect(repository.remoteTag('v1')).toBe(next)
  })
})
