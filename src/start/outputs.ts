import type { Step } from '../step.js'
import type { Window } from '../window/window.js'

/** The window as it is sent to the API, empty where the API's default applies. */
export function setWindowOutputs({ from, to }: Window, step: Pick<Step, 'setOutput'>): void {
  step.setOutput('from', from?.sent ?? '')
  step.setOutput('to', to?.sent ?? '')
}

/** The id of the job, as the API gave it. */
export function setJobOutput(jobId: string, step: Pick<Step, 'setOutput'>): void {
  step.setOutput('job-id', jobId)
}
