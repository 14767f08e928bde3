import { randomBytes } from 'node:crypto'
import http from 'node:http'
import { formatDuration } from '../inputs/values.js'
import type { Log, Step } from '../step.js'
import type { SandboxConfig } from './inputs.js'

interface SandboxOptions {
  readonly startServer: (config: SandboxConfig, apiKey: string) => Promise<string>
  /** Keeps a text for the post step, which ends the server. */
  readonly keep: (name: string, text: string) => void
  readonly step: Step
}

/** Starts a sandbox that runs beside the job's steps, with a key made for it alone. */
export async function startSandbox(
  config: SandboxConfig,
  { startServer, keep, step }: SandboxOptions,
): Promise<void> {
  const apiKey = `sandbox-${randomBytes(24).toString('hex')}`
  step.mask(apiKey)
  const url = await startServer(config, apiKey)
  keep('url', url)
  keep('api-key', apiKey)
  step.setOutput('api-url', url)
  step.setOutput('api-key', apiKey)
  const { records, files, scenario, durationMs } = config
  step.info(
    `The sandbox listens at ${url}: ${records} messages were sent a day. Each export takes ${formatDuration(durationMs)}, ends as ${scenario}, and comes in ${files} ${files === 1 ? 'file' : 'files'}.`,
  )
  step.info('It ends with this job.')
}

/**
 * Asks the server to end, with its own key, and waits until it has. It is not killed by its process
 * id, which may belong to another process by now. It is no failure if the server is gone, or if
 * another one is at its address. A server that does not answer ends with the job.
 */
export async function stopSandbox(
  url: string,
  apiKey: string,
  log: Pick<Log, 'info'>,
  maxStopMs = 5_000,
): Promise<void> {
  const limit = AbortSignal.timeout(maxStopMs)
  const ended = await new Promise<boolean>((resolve) => {
    const request = http.request(`${url}/sandbox`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${apiKey}` },
      // Without an agent no proxy is used: the key stays on this machine.
      agent: false,
      signal: limit,
    })
    request.once('response', (response) => {
      response.resume()
      // By then the server does not listen any more.
      response.socket.once('close', () => resolve(response.statusCode === 204))
    })
    request.once('error', () => resolve(false))
    request.end()
  })
  if (ended) log.info('The sandbox has ended.')
  else if (limit.aborted) log.info('The sandbox did not answer. It ends with the job.')
  else log.info('The sandbox was gone already.')
}
