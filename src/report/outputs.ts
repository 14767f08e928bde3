import type { Step } from '../step.js'
import type { Report } from './report.js'

/** An environment variable holds 128 KiB, its name and its end included. */
const MAX_VARIABLE_BYTES = 131_072 - Buffer.byteLength('REPORT=\0')

/** All outputs of a job together, in UTF-16. */
const MAX_OUTPUTS_BYTES = 1_048_576

/** What the step's other outputs may come to, beside those that it names. */
const RESERVED_BYTES = 16_384

/**
 * How many records were read, and the figures of them as one JSON object; nothing where GitHub would
 * refuse it, and the job's other outputs with it. `others` are the step's other long outputs.
 */
export function setReportOutputs(
  report: Report,
  step: Pick<Step, 'setOutput' | 'notice' | 'warning'>,
  others: readonly string[] = [],
): void {
  const text = JSON.stringify(report)
  const bytes = [text, ...others].reduce((sum, { length }) => sum + 2 * length, RESERVED_BYTES)
  const isTooLong = bytes > MAX_OUTPUTS_BYTES
  step.setOutput('records', String(report.records))
  step.setOutput('report', isTooLong ? '' : text)
  if (isTooLong) {
    step.warning(
      `The output report is empty: with ${Math.ceil(bytes / 1_024)} KiB it would be more than the 1 MiB that GitHub takes from a job. The input report-file writes all figures to a file.`,
    )
  } else if (Buffer.byteLength(text) > MAX_VARIABLE_BYTES) {
    step.notice(
      'The output report is longer than 128 KiB, and fits no environment variable. Read it with fromJSON in an expression, or let report-file write the figures to a file.',
    )
  }
}

/** What the output does not have: nobody asks why. */
const IN_FILE_ALONE = ['outboundStatuses', 'confirmations', 'routes']

/** Tells of maps (`operators`, `cost` …) in which some names count together. */
export function noteCrowdedMaps(crowded: readonly string[], step: Pick<Step, 'notice'>): void {
  const maps = crowded.filter((map) => map !== 'timeToDeliver' && !IN_FILE_ALONE.includes(map))
  if (maps.length > 0) {
    step.notice(
      `There are too many names, more than 10,000 or very long ones, among ${maps.join(', ')}: further ones count together as "other".`,
    )
  }
  if (crowded.includes('timeToDeliver')) {
    step.notice(
      'timeToDeliver leaves out some records: there are too many groups to count them in.',
    )
  }
}
