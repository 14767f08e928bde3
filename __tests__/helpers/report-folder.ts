import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Figures } from '../../src/report/report.js'
import { formatReportFile, type ReportFile } from '../../src/report/report-file.js'
import { createTemporaryFolder } from './temporary-folder.js'

/** Two messages, one of which has arrived. */
export const someGroup = { records: 2, outbound: 2, parts: 3, delivered: 1, cost: { EUR: '0.1' } }

/** The figures of an export that has these alone. */
export const someFigures: Figures = {
  ...someGroup,
  unreadable: 0,
  directions: { outbound: 2, inbound: 0 },
  statuses: { delivered: 1, sent: 1 },
  errors: { '4': 1 },
  days: { '2026-11-02': someGroup },
  countries: { SG: someGroup },
  operators: { Singtel: someGroup },
}

/** The report on a job, as a download writes it; what differs is named. */
export function reportOn(jobId: string, differing: Partial<ReportFile> = {}): string {
  return formatReportFile({ subaccountId: 'acme_sg', jobId, figures: someFigures, ...differing })
}

/** A folder of a test's own with these files in it, and in folders below it. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = createTemporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return folder
}
