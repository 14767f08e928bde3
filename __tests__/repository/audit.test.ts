import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

const ADVISORY = 'https://github.com/advisories/GHSA-test'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A registry that knows these weaknesses, or answers all with this status. */
async function startRegistry(known: object | number): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      if (request.method !== 'POST') response.statusCode = 404
      else if (typeof known === 'number') response.statusCode = known
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(typeof known === 'number' ? {} : known))
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
}

/** What the registry of npm says of a package: one weakness in all of its versions. */
const weakness = (severity: string) => [
  {
    ...{ id: 4711, url: ADVISORY, title: 'Weak', severity },
    ...{ vulnerable_versions: '>=0.0.1', cwe: [], cvss: { score: 5, vectorString: null } },
  },
]

function audit(
  registry: string,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {},
): Promise<{ exitCode: number | null; log: string }> {
  const child = spawn(process.execPath, ['scripts/audit.ts', ...args], {
    env: {
      ...process.env,
      npm_config_registry: registry,
      npm_config_cache: createTemporaryFolder(),
      npm_config_update_notifier: 'false',
      npm_config_fetch_retries: '0',
      npm_config_offline: 'false',
      no_proxy: '127.0.0.1',
      NO_PROXY: '127.0.0.1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text))
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, log })))
}

describe('the audit of the packages that dist may hold', () => {
  test('passes where nothing is known of them but a weakness that is low', async () => {
    const { exitCode, log } = await audit(await startRegistry({ 'iso-3166': weakness('low') }))

    expect(log).toMatch(/^None of \d+ packages is known to be that weak\.\n$/)
    expect(exitCode).toBe(0)
  })

  test('fails at a weakness that is moderate, high or critical', async () => {
    const known = {
      'iso-3166': weakness('moderate'),
      'date-fns': weakness('high'),
      '@actions/core': weakness('critical'),
    }

    const { exitCode, log } = await audit(await startRegistry(known))

    const errors = log.match(/^::error .*$/gm)
    expect(errors).toHaveLength(3)
    for (const [name, [{ severity } = { severity: '' }]] of Object.entries(known)) {
      expect(log).toContain(
        `::error title=npm audit::${name}, severity ${severity}: Weak, ${ADVISORY}\n`,
      )
    }
    expect(exitCode).toBe(1)
  })

  test('warns, and passes, at a weakness of what only builds, tests or measures', async () => {
    const registry = await startRegistry({
      vitest: weakness('critical'),
      'fast-check': weakness('high'),
    })

    const { exitCode, log } = await audit(registry, { args: ['--all'] })

    expect(log).toMatch(/^::warning title=npm audit::vitest, severity critical: /m)
    expect(log).toMatch(/^::warning title=npm audit::fast-check, severity high: /m)
    expect(exitCode).toBe(0)
  })

  test('fails before a release where the registry gives no answer', async () => {
    const { exitCode, log } = await audit(await startRegistry(500), {
      env: { AUDIT_MUST_ANSWER: 'true' },
    })

    expect(log).toMatch(/^::error title=npm audit::Not known, .*500/)
    expect(exitCode).toBe(1)
  })

  test('warns, and fails nothing, where the registry has no such answer', async () => {
    const { exitCode, log } = await audit(await startRegistry(405))

    expect(log).toMatch(/^::warning title=npm audit::Not known, .*405/)
    expect(exitCode).toBe(0)
  })

  test('warns, and fails nothing, where no registry can be reached', async () => {
    const registry = await startRegistry({})
    await new Promise((resolve) => servers.pop()?.close(resolve))

    const { exitCode, log } = await audit(registry)

    expect(log).toMatch(/^::warning title=npm audit::Not known, .*ECONNREFUSED/)
    expect(exitCode).toBe(0)
  })
})
