import { FileReading } from '../../src/report/file-reading.js'
import { decodeName } from '../../src/report/names.js'
import type { Findings } from '../../src/report/reader.js'
import { type Report, toReport } from '../../src/report/report.js'
import { Tally } from '../../src/report/tally.js'

/** What the files of an export tell, read in pieces of so many bytes. */
export function findingsOf(files: readonly (string | Buffer)[], bytesAtATime = 65_536): Findings {
  const tally = new Tally()
  const facts = files.map((file, index) => {
    const bytes = Buffer.from(file)
    const reading = new FileReading()
    for (let at = 0; at < bytes.length; at += bytesAtATime) {
      reading.push(bytes.subarray(at, at + bytesAtATime))
    }
    const facts = reading.end()
    tally.add(reading.figures(), decodeName)
    return { name: `job-${index + 1}.csv`, ...facts }
  })
  return { figures: tally.plain(), files: facts }
}

/** The same as the output `report` gives it. */
export function reportOf(files: readonly (string | Buffer)[], bytesAtATime?: number): Report {
  const report = toReport(findingsOf(files, bytesAtATime).figures)
  return JSON.parse(JSON.stringify(report)) as Report
}

const HEADER =
  'direction,country,operator,source,status_value,status_details,status_errorcode,status_timestamp,createdat,smscount,price_currency,price_total'

/** One record, whole and ordinary. */
export const ORDINARY = {
  direction: '1',
  country: 'SG',
  operator: 'Singtel',
  source: 'ACME',
  status_value: 'delivered',
  status_details: 'delivered_to_recipient',
  status_errorcode: '0',
  status_timestamp: '2026-11-01T10:20:33Z',
  createdat: '2026-11-01T10:20:30Z',
  smscount: '1',
  price_currency: 'EUR',
  price_total: '0.05',
}

export type Cells = Partial<typeof ORDINARY>

/** A file of records of which each names what differs from an ordinary one. */
export function csvOfRecords(records: readonly Cells[]): string {
  const lines = records.map((cells) => Object.values({ ...ORDINARY, ...cells }).join(','))
  return [HEADER, ...lines, ''].join('\r\n')
}
