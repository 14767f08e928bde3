import type { Clock } from '../clock.js'
import { systemCodeOf } from '../errors.js'
import type { SandboxServer } from './server.js'

const LOOK_EVERY_MS = 1_000

/** The longest that a job of GitHub's own runners takes. */
const MAX_LIFE_MS = 6 * 3_600_000

/**
 * Ends the server when the job's process is gone, as where a runner was stopped and ran no post
 * step, when it is told to, and after 6 hours whatever happens. The process that stands for the
 * job is the one that started the action: the runner's worker. In a job's container it cannot be
 * seen, and its id is 0: signal 0 to that always reaches us, and the container's end is ours.
 */
export function endWithJob(
  server: SandboxServer,
  { watchedPid, clock }: { watchedPid: number; clock: Clock },
): void {
  const close = (): void => {
    look.stop()
    life.stop()
    void server.close()
  }
  const look = clock.countdown(LOOK_EVERY_MS, () =>
    isAlive(watchedPid) ? look.restart() : close(),
  )
  const life = clock.countdown(MAX_LIFE_MS, close)
  void server.closed.then(close)
  process.once('SIGINT', close)
  process.once('SIGTERM', close)
}

/** Signal 0 reaches nobody and asks whether it could; another user's process is alive, too. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}
