import http from 'node:http'
import type { Log } from '../step.js'

const MAX_STOP_MS = 5_000

/**
 * Asks the server to end, with its own key, and waits until it has: a process id could be
 * another's by now. A server that is gone already is no failure, nor is another one at its
 * address; one that does not answer ends by itself with the job.
 */
export async function stopSandbox(
  url: string,
  apiKey: string,
  log: Pick<Log, 'info'>,
  maxStopMs = MAX_STOP_MS,
): Promise<void> {
  const limit = AbortSignal.timeout(maxStopMs)
  const ended = await new Promise<boolean>((resolve) => {
    const request = http.request(`${url}/sandbox`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${apiKey}` },
      // An agent of its own knows no proxy: the key stays on this machine.
      agent: false,
      signal: limit,
    })
    request.once('response', (response) => {
      response.resume()
      // By then the server listens no more.
      response.socket.once('close', () => resolve(response.statusCode === 204))
    })
    request.once('error', () => resolve(false))
    request.end()
  })
  if (ended) log.info('The sandbox has ended.')
  else if (limit.aborted) log.info('The sandbox did not answer. It ends with the job.')
  else log.info('The sandbox was gone already.')
}
