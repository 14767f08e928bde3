import { createFiles, type ExportFile } from '../src/sandbox/export.ts'

const MAX_BLOCK_BYTES = 4_194_304
const ROW_BYTES = 310
const FIRST_INSTANT = Date.parse('2026-10-01T00:00:00Z')
const DAY_MS = 86_400_000
const MONTH_DAYS = 31

/** A CSV file as one block of rows that is repeated: it costs no time to make. */
export interface RepeatedCsv {
  readonly header: Buffer
  readonly block: Buffer
  readonly times: number
  readonly bytes: number
  readonly records: number
}

/** Rows of the sandbox over a month, about so many bytes of them. */
export function repeatedCsv(bytes: number, subaccountId: string): RepeatedCsv {
  const { header, block, rows } = createBlock(Math.min(bytes, MAX_BLOCK_BYTES), subaccountId)
  const times = Math.max(1, Math.round(bytes / block.length))
  return {
    header,
    block,
    times,
    bytes: header.length + times * block.length,
    records: times * rows,
  }
}

function createBlock(bytes: number, subaccountId: string) {
  const [file] = createExport(bytes, subaccountId, 1)
  if (file === undefined) throw new Error('the sandbox has no file')
  const text = Buffer.concat([...file.read(0, file.bytes)])
  const end = text.indexOf('\n') + 1
  return { header: text.subarray(0, end), block: text.subarray(end), rows: file.rows }
}

/** The files of an export of the sandbox over a month, about so many bytes together. */
export function createExport(bytes: number, subaccountId: string, files: number): ExportFile[] {
  const to = FIRST_INSTANT + MONTH_DAYS * DAY_MS
  const records = Math.max(1, bytes / ROW_BYTES / MONTH_DAYS)
  const filters = { phoneNumber: undefined, countries: [], limit: 0 }
  const source = { ...filters, seed: 1, records, subaccountId, from: FIRST_INSTANT, to }
  return createFiles({ ...source, asOf: to + MONTH_DAYS * DAY_MS }, files)
}
