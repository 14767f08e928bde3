import { systemClock as clock } from '../clock.js'
import { startSandboxServer } from './server.js'
import { endWithJob, type ServerAnswer, type ServerOrder } from './server-process.js'

process.once('message', async ({ config, apiKey, watchedPid }: ServerOrder) => {
  const answer = (text: ServerAnswer): unknown => process.send?.(text)
  try {
    const server = await startSandboxServer({ ...config, apiKey, clock })
    endWithJob(server, { watchedPid, clock })
    answer({ url: server.url })
  } catch (error) {
    answer({ error: String(error) })
  }
})
