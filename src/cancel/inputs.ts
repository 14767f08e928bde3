import type { Connection } from '../api/job.js'
import { CONNECTION_INPUTS, connectionField, parseJobId } from '../inputs/connection.js'
import { fields, optional, type RawInputs } from '../inputs/fields.js'

/** The cancel action's inputs by their names in action.yml. */
export const CANCEL_INPUTS = [...CONNECTION_INPUTS, 'job-id'] as const

export interface CancelRequest {
  readonly connection: Connection
  /** Undefined where the start step has handed none on: it may never have run. */
  readonly jobId?: string | undefined
}

/** The inputs to what is asked for; throws an InputError with all mistakes. */
export function readCancelRequest(raw: RawInputs): CancelRequest {
  return fields({ connection: connectionField, jobId: optional('job-id', parseJobId) })(raw)
}
