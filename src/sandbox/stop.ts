import http from 'node:http'
import type { Log } from '../step.js'

const MAX_STOP_MS = 5_000

/**
 * Asks the server to end, with its own key: a process id could be another's by now. A server that
 * is gone already is no failure; one that does not answer ends by itself with the job.
 */
export async function stopSandbox(
  url: string,
  apiKey: string,
  log: Pick<Log, 'info'>,
  maxStopMs = MAX_STOP_MS,
): Promise<void> {
  const ended = await new Promise<boolean>((resolve) => {
    const request = http.request(`${url}/sandbox`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(maxStopMs),
    })
    request.once('response', (response) => {
      response.resume()
      resolve(response.statusCode === 204)
    })
    request.once('error', () => resolve(false))
    request.end()
  })
  log.info(ended ? 'The sandbox has ended.' : 'The sandbox was gone already.')
}
