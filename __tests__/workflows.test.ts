import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../src/clock.js'
import { type SandboxServer, startSandboxServer } from '../src/sandbox/server.js'
import { type Certificate, createCertificate } from './helpers/certificate.js'
import { type ProxyServer, startProxyServer } from './helpers/proxy-server.js'

const API_KEY = 'kEy-of-the-workflows-0123456789'
const MAX_RUN_MS = 50_000

/** act runs workflows on this machine; where it is not installed, these tests cannot be run. */
const hasAct = spawnSync('act', ['--version']).status === 0

/** How each example is set off, and what its log shows when it has done what it is for. */
const EXAMPLES: Record<string, { event: string[]; shows: RegExp[] }> = {
  'monthly.yml': {
    event: ['schedule'],
    shows: [/· countries SG, MY ·/, /\| Job [A-Za-z0-9]{64}/],
  },
  'try.yml': { event: ['push'], shows: [/The sandbox listens at/, /\| Job [A-Za-z0-9]{64}/] },
  'weekly.yml': { event: ['schedule'], shows: [/acme_sg · .* Asia\/Singapore \(/, /Started job/] },
  'on-demand.yml': {
    event: ['workflow_dispatch', '--input', 'from=2026-11-01', '--input', 'to=now'],
    shows: [/acme_sg · 2026-11-01 00:00 to /, /Started job/],
  },
  'many-subaccounts.yml': { event: ['schedule'], shows: [/of acme_sg ·/, /of acme_us ·/] },
  'sandbox-failure.yml': {
    event: ['push'],
    shows: [/each export takes 1s, ends as failed/, /Started job/],
  },
}

/** The API's own hosts, as the workflows reach them: by a proxy that brings them to a sandbox. */
interface StandIn {
  env: Record<string, string>
  hosts: string[]
  close(): Promise<void>
}

let standIn: StandIn

/** What a runner downloads of this repository, without all that stands beside it here. */
const published = mkdtempSync(path.join(tmpdir(), 'published-'))
for (const part of ['action.yml', 'download', 'cancel', 'sandbox', 'dist']) {
  cpSync(part, path.join(published, part), { recursive: true })
}

async function startStandIn(): Promise<StandIn> {
  const hosts: string[] = []
  const config = { records: 10, files: 1, scenario: 'succeeded', durationMs: 0, seed: 1 } as const
  const sandbox: SandboxServer = await startSandboxServer({
    ...config,
    apiKey: API_KEY,
    clock: systemClock,
  })
  const certificate: Certificate = await createCertificate('sms.8x8.com', 'sms.us.8x8.com')
  const tls = https.createServer(certificate, (request, response) => {
    hosts.push(request.headers.host ?? '')
    const { method = '', headers } = request
    const onward = http.request(`${sandbox.url}${request.url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve))
  const proxy: ProxyServer = await startProxyServer({ port: (tls.address() as AddressInfo).port })
  return {
    hosts,
    env: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: certificate.file },
    async close() {
      await proxy.close()
      tls.closeAllConnections()
      await new Promise((resolve) => tls.close(resolve))
      await sandbox.close()
      certificate.remove()
    },
  }
}

function runWorkflow(
  file: string,
  [event = 'push', ...rest]: string[],
): Promise<{ exitCode: number | null; log: string }> {
  const settings = Object.entries(standIn.env).flatMap(([name, text]) => [
    '--env',
    `${name}=${text}`,
  ])
  const child = spawn(
    'act',
    [
      event,
      ...['-W', file, '-P', 'ubuntu-latest=-self-hosted', '--matrix', 'os:ubuntu-latest'],
      ...['--local-repository', `OWNER/8x8-sms-log-export@v1=${published}`],
      ...['-s', `EIGHT_BY_EIGHT_API_KEY=${API_KEY}`],
      ...settings,
      ...rest,
    ],
    {
      // act takes the Node.js that stands first for the one of `node24`.
      env: {
        ...process.env,
        PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`,
      },
      timeout: MAX_RUN_MS,
    },
  )
  let log = ''
  child.stdout.on('data', (text) => {
    log += text
  })
  child.stderr.on('data', (text) => {
    log += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, log }))
  })
}

describe.runIf(hasAct)('a workflow', () => {
  beforeAll(async () => {
    standIn = await startStandIn()
  })

  afterAll(async () => {
    await standIn.close()
    rmSync(published, { recursive: true })
  })

  test('of this repository starts an export in the sandbox', async () => {
    const { exitCode, log } = await runWorkflow('.github/workflows/try.yml', ['push'])

    expect(log).toMatch(/\| Started job [A-Za-z0-9]{64}\./)
    expect(log).toMatch(/\| Job [A-Za-z0-9]{64}, \S+-01T00:00:00\+08:00 to \S+-01T00:00:00\+08:00/)
    expect(log).toContain('| The sandbox has ended.')
    expect(exitCode).toBe(0)
  })

  test.each(readdirSync('examples'))(
    'shown as %s does what it is for, and shows no key',
    async (name) => {
      const { event, shows } = EXAMPLES[name] ?? { event: [], shows: [/this example is not known/] }

      const { exitCode, log } = await runWorkflow(`examples/${name}`, event)

      for (const shown of shows) expect(log).toMatch(shown)
      expect(log).not.toContain(API_KEY)
      expect(exitCode).toBe(0)
    },
  )

  test('reaches the host of its region', () => {
    expect(new Set(standIn.hosts)).toEqual(new Set(['sms.8x8.com', 'sms.us.8x8.com']))
  })
})
