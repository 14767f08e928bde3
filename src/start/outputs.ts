import type { Step } from '../step.js'
import type { Window } from '../window/window.js'

type Outputs = Pick<Step, 'setOutput'>

/** A job that has been started, and for which window. */
export interface StartedJob {
  readonly jobId: string
  readonly window: Window
}

/** The window as it is sent to the API, empty where the API's default applies. */
export function setWindowOutputs({ from, to }: Window, step: Outputs): void {
  step.setOutput('from', from?.sent ?? '')
  step.setOutput('to', to?.sent ?? '')
}

/** The id of the one job, as the API gave it. */
export function setJobOutput(jobId: string, step: Outputs): void {
  step.setOutput('job-id', jobId)
}

/** All jobs as JSON: their ids, and with their windows as a matrix includes them. */
export function setJobsOutputs(jobs: readonly StartedJob[], step: Outputs): void {
  step.setOutput('job-ids', JSON.stringify(jobs.map(({ jobId }) => jobId)))
  const included = jobs.map(({ jobId, window: { from, to } }) => ({
    'job-id': jobId,
    from: from?.sent ?? '',
    to: to?.sent ?? '',
  }))
  step.setOutput('jobs', JSON.stringify(included))
}
