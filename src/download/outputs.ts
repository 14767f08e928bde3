import type { Step } from '../step.js'

type Outputs = Pick<Step, 'setOutput'>

/** The job's status as the API words it, whenever it is heard. */
export function setStatusOutput(jobStatus: string, step: Outputs): void {
  step.setOutput('status', jobStatus)
}

/** The folder, absolute. */
export function setFolderOutput(folder: string, step: Outputs): void {
  step.setOutput('path', folder)
}

/** When the links stop working; empty where the API does not say. */
export function setExpiresOutput(expires: string | undefined, step: Outputs): void {
  step.setOutput('expires', expires ?? '')
}

/** The files that are whole, absolute, as a JSON array. */
export function setFilesOutput(files: readonly string[], step: Outputs): void {
  step.setOutput('files', JSON.stringify(files))
}
