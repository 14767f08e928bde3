import { type Places, resolveFolder } from '../files/folder.js'
import { parseJobIds } from '../inputs/connection.js'
import { fields, optional, type RawInputs, required } from '../inputs/fields.js'

/** The merge-reports action's inputs by their names in action.yml. */
export const MERGE_INPUTS = ['path', 'job-ids', 'compare-with'] as const

export interface MergeRequest {
  /** The folder with the reports' files, absolute. */
  readonly folder: string
  /** The jobs whose reports are joined, each of which must be there; all that are there if undefined. */
  readonly jobIds?: readonly string[] | undefined
  /** A report-file of the period before, or a folder of several, absolute. */
  readonly compareWith?: string | undefined
}

/** The inputs to what is asked for; throws an InputError with all mistakes. */
export function readMergeRequest(raw: RawInputs, places: Places): MergeRequest {
  return fields({
    folder: required(
      'path',
      (text) => resolveFolder(text, places),
      'Give the folder with the files that report-file of the download action has written.',
    ),
    jobIds: optional('job-ids', parseJobIds),
    compareWith: optional('compare-with', (text) => resolveFolder(text, places)),
  })(raw)
}
