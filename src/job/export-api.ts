import type { ExportFilter } from './filter.js'

/** What the actions ask of the log export API, whoever answers. */
export interface ExportApi {
  /**
   * Starts a job and resolves to its id, which is checked by `isJobId`. Rejects with a StepError;
   * with a StartLostError where a job may have been started all the same.
   */
  start(filter: ExportFilter): Promise<string>
}
