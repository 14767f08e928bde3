import { isJobId } from '../api/job.js'
import { Mistake } from '../errors.js'
import { quote } from '../sanitize.js'

/** A job's id, as the start action hands it on. */
export function parseJobId(text: string): string {
  if (!isJobId(text)) {
    throw new Mistake(
      `${quote(text)} is not the id of a job. Give the output job-id of the start step as it is.`,
    )
  }
  return text
}
