import { randomBytes } from 'node:crypto'
import { formatDuration } from '../inputs/values.js'
import type { Step } from '../step.js'
import type { SandboxConfig } from './jobs.js'
import { setSandboxOutputs } from './outputs.js'
import type { ServerOrder, ServerReady } from './server-process.js'

export interface SandboxOptions {
  /** The process that stands for the job. */
  readonly watchedPid: number
  readonly startServer: (order: ServerOrder) => Promise<ServerReady>
  /** Keeps, by its name, what the post step needs to end the server. */
  readonly keep: (name: string, text: string) => void
  readonly step: Step
}

/** Starts a sandbox that runs beside the job's steps, with a key made for it alone. */
export async function startSandbox(
  config: SandboxConfig,
  { watchedPid, startServer, keep, step }: SandboxOptions,
): Promise<void> {
  const apiKey = `sandbox-${randomBytes(24).toString('hex')}`
  step.mask(apiKey)
  const { url } = await startServer({ config, apiKey, watchedPid })
  keep('url', url)
  keep('api-key', apiKey)
  setSandboxOutputs({ url, apiKey }, step)
  const { records, files, scenario, durationMs } = config
  step.info(
    `The sandbox listens at ${url}: each export takes ${formatDuration(durationMs)}, ends as ${scenario}, and holds ${records} records in ${files} ${files === 1 ? 'file' : 'files'}.`,
  )
  step.info('It ends with this job.')
}
