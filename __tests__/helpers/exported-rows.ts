import fc from 'fast-check'
import { COLUMNS, type Column } from '../../src/report/figures.js'
import type { Findings } from '../../src/report/reader.js'
import { findingsOf as findingsOfText } from './read-export.js'

/** A file of an export: which of the columns it has, and what stands in them. */
export interface ExportedFile {
  readonly columns: readonly Column[]
  readonly rows: readonly Readonly<Record<Column, string>>[]
}

/** What is found in the files of an export when they are read. */
export function findingsOf(files: readonly ExportedFile[]): Findings {
  return findingsOfText(files.map(csvOf))
}

function csvOf({ columns, rows }: ExportedFile): string {
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`
  return line(columns) + rows.map((row) => line(columns.map((name) => row[name]))).join('')
}

/** Names that a prototype has, that stand for others, and that are hard to show. */
const NAMES = ['SG', 'MY', '__proto__', 'constructor', 'toString', 'other', 'unknown', '', '|`<b>']

const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'grapheme', maxLength: 8 }))

const row: fc.Arbitrary<Record<Column, string>> = fc.record({
  direction: fc.constantFrom('1', '0', 'outbound', 'INBOUND', ''),
  country: name,
  operator: fc.oneof(name, fc.constant('+6598765432')),
  source: fc.oneof(name, fc.constantFrom('ACME', '77007', '+63922110xxxx')),
  status_value: fc.oneof(fc.constantFrom('delivered', 'READ', 'undelivered', ' Failed '), name),
  status_details: fc.constantFrom('delivered_to_recipient', 'DELIVERED_TO_OPERATOR', ''),
  status_timestamp: fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom('2026-11-02T00:30:00.1234567Z', '2026-11-02T00:30:17', ''),
  ),
  status_errorcode: fc.constantFrom('', '0', '4', '12'),
  createdat: fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom('2026-11-01T23:30:00-01:00', '9999-12-31T23:30:00-01:00', 'yesterday', ''),
  ),
  smscount: fc.constantFrom('1', '2', '3.0', '', 'many'),
  price_currency: fc.constantFrom('EUR', 'USD', '__proto__', ''),
  price_total: fc.oneof(
    fc.constantFrom('', '-0.5', '1e-7', '1e99', '123456789012345678901234.5'),
    fc.integer({ min: 0, max: 99_999 }).map((units) => `0.${String(units).padStart(5, '0')}`),
  ),
})

const columns = fc.oneof(
  { weight: 4, arbitrary: fc.constant([...COLUMNS]) },
  fc.subarray([...COLUMNS], { minLength: 1 }),
)

/** The files of one export, with all that a report may have to say of them. */
export const exportedFiles: fc.Arbitrary<ExportedFile[]> = fc.array(
  fc.record({ columns, rows: fc.array(row, { maxLength: 12 }) }),
  { maxLength: 3 },
)
