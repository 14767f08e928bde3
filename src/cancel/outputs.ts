import type { Step } from '../step.js'

/** Whether this step has cancelled the job. */
export function setCancelledOutput(cancelled: boolean, step: Pick<Step, 'setOutput'>): void {
  step.setOutput('cancelled', String(cancelled))
}
