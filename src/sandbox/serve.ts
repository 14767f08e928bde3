import { systemClock as clock } from '../clock.js'
import { endWithJob } from './end-with-job.js'
import { startSandboxServer } from './server.js'
import type { ServerOrder } from './server-process.js'

process.once('message', async ({ config, apiKey, watchedPid }: ServerOrder) => {
  const server = await startSandboxServer({ ...config, apiKey, clock })
  endWithJob(server, { watchedPid, clock })
  process.send?.({ url: server.url })
})
