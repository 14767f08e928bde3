import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Figures, Measures } from '../../src/report/figures.js'
import { formatReportFile, type ReportFile } from '../../src/report/report-file.js'
import { Tally } from '../../src/report/tally.js'
import { createTemporaryFolder } from './temporary-folder.js'

/** Two messages, one of which has arrived. */
export const someGroup: Measures = {
  records: 2,
  outbound: 2,
  parts: 3,
  delivered: 1,
  pending: 1,
  cost: { EUR: '0.1' },
  timeToDeliver: [805, 1],
}

/** The figures of no record. */
export const noFigures: Figures = new Tally().plain()

/** The figures of an export that has these alone; what the list of figures has besides is empty. */
export const someFigures: Figures = {
  ...noFigures,
  ...someGroup,
  unreadable: 0,
  unpriced: 0,
  undated: 0,
  directions: { outbound: 2, inbound: 0 },
  statuses: { delivered: 1, sent: 1 },
  outboundStatuses: { delivered: 1, sent: 1 },
  errors: { '4': 1 },
  confirmations: { recipient: 1 },
  failures: [],
  routes: [{ country: 'SG', operator: 'Singtel', records: 2, delivered: 1 }],
  days: { '2026-11-02': someGroup },
  countries: { SG: someGroup },
  operators: { Singtel: someGroup },
  hours: { '2026-11-02T08': someGroup },
  senders: { ACME: someGroup },
  span: [Date.parse('2026-11-02T08:00:00Z'), Date.parse('2026-11-02T08:30:00Z')],
  missing: [],
  crowded: [],
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
