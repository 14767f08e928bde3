import { isJobId } from '../api/job.js'
import { Mistake } from '../errors.js'

/** The ids of jobs as a JSON array, as the output `job-ids` of the start action gives them. */
export function parseJobIds(text: string): readonly string[] {
  const ids = parseJson(text)
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string' && isJobId(id))) {
    throw new Mistake('is not a JSON array of job ids. Give the output job-ids of the start step.')
  }
  if (ids.length === 0) throw new Mistake('is empty: the start step has started no job.')
  return ids
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
