import type { ExportFilter } from './filter.js'
import type { Job } from './job.js'

/** What the actions ask of the log export API, whoever answers. All of it rejects with StepErrors. */
export interface ExportApi {
  /**
   * Starts a job and resolves to its id, which is checked by `isJobId`. Rejects with a
   * StartLostError where a job may have been started all the same.
   */
  start(filter: ExportFilter): Promise<string>
  /** Reads what has become of a job; the signal ends that early. */
  read(jobId: string, signal: AbortSignal): Promise<Job>
  /** Cancels a job; resolves to false where the API does not know it, or it is over already. */
  cancel(jobId: string, signal: AbortSignal): Promise<boolean>
  /** Whether a failure of the above may be gone the next time: the network's, or a busy server's. */
  mayPass(error: unknown): boolean
}
