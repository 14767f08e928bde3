import type { Report } from '../report/report.js'
import type { Step } from '../step.js'

/** How many records all files hold, and the figures of them as one JSON object. */
export function setReportOutputs(report: Report, step: Pick<Step, 'setOutput'>): void {
  step.setOutput('records', String(report.records))
  step.setOutput('report', JSON.stringify(report))
}
