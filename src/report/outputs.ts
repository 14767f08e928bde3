import type { Step } from '../step.js'
import type { Report } from './report.js'

/** Longer outputs cannot be handed from one job to another, in characters. */
const MAX_OUTPUT_LENGTH = 1_048_576

/** How many records were read, and the figures of them as one JSON object. */
export function setReportOutputs(report: Report, step: Pick<Step, 'setOutput'>): void {
  step.setOutput('records', String(report.records))
  step.setOutput('report', JSON.stringify(report))
}

/** Tells of an output that is too long to be handed on. */
export function noteLongReport(report: Report, step: Pick<Step, 'notice'>): void {
  if (JSON.stringify(report).length <= MAX_OUTPUT_LENGTH) return
  step.notice('The output report is longer than 1 MiB, the most that a job can hand to another.')
}

/** Tells of maps (`operators`, `cost` …) in which some names count together. */
export function noteCrowdedMaps(crowded: readonly string[], step: Pick<Step, 'notice'>): void {
  if (crowded.length === 0) return
  step.notice(
    `There are more than 10,000 names among ${crowded.join(', ')}: further ones count together as "other".`,
  )
}
