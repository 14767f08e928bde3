// Writes about so many bytes of the sandbox's rows over a month: in several files, and all in one.
import { appendFileSync, closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { createFiles } from '../../src/sandbox/export.ts'
import { HEADER_LINE } from '../../src/sandbox/rows.ts'

const ROW_BYTES = 310
const DAY_MS = 86_400_000
const DAYS = 31

const [bytes = '0', whole = '', ...parts] = process.argv.slice(2)
const from = Date.parse('2026-10-01T00:00:00Z')
const to = from + DAYS * DAY_MS
const records = Number(bytes) / ROW_BYTES / DAYS
const filters = { phoneNumber: undefined, countries: [], limit: 0 }
const source = { ...filters, seed: 1, records, subaccountId: 'acme_sg', from, to }
for (const [at, file] of createFiles(
  { ...source, asOf: to + DAYS * DAY_MS },
  parts.length,
).entries()) {
  const part = parts[at] ?? ''
  const descriptor = openSync(part, 'w')
  for (const chunk of file.read(0, file.bytes)) writeSync(descriptor, chunk)
  closeSync(descriptor)
  appendFileSync(whole, readFileSync(part).subarray(at === 0 ? 0 : HEADER_LINE.length))
}
