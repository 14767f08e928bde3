import type { Figures } from '../../src/report/figures.js'
import { FileReading } from '../../src/report/file-reading.js'
import { decodeName } from '../../src/report/names.js'
import type { Findings } from '../../src/report/reader.js'
import { formatReport } from '../../src/report/report.js'
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
    const { figures, ...rest } = reading.end()
    tally.add(figures, decodeName)
    return { name: `job-${index + 1}.csv`, ...rest }
  })
  return { figures: tally.plain(), files: facts }
}

interface GroupReport {
  readonly records: number
  readonly parts?: number
  readonly delivered?: number
  readonly pending?: number
  readonly cost?: Readonly<Record<string, string>>
  readonly timeToDeliver?: {
    readonly p50: number
    readonly p95: number
    readonly p99: number
  } | null
}

type Named<T> = Readonly<Record<string, T>>

/** The output `report`, as a workflow reads it (download/README.md#the-report). */
export interface Report extends GroupReport {
  readonly unreadable: number
  readonly deliveryRate?: number | null
  readonly directions: Named<number>
  readonly statuses?: Named<number>
  readonly errors?: Named<number>
  readonly failures?: readonly {
    readonly country: string
    readonly operator: string
    readonly error: string
    readonly records: number
  }[]
  readonly days?: Named<GroupReport>
  readonly hours?: Named<GroupReport>
  readonly countries?: Named<GroupReport>
  readonly operators?: Named<GroupReport>
  readonly senders?: Named<GroupReport>
}

/** What a workflow reads from the output `report`. */
export function toReport(figures: Figures): Report {
  return JSON.parse(formatReport(figures)) as Report
}

/** The same of these files. */
export function reportOf(files: readonly (string | Buffer)[], bytesAtATime?: number): Report {
  return toReport(findingsOf(files, bytesAtATime).figures)
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
