// Writes report-files of a small day each, as many jobs' downloads would: FOLDER COUNT.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { figuresOfDay } from '../src/archive/day-reports.ts'
import { dayOf, daysFrom, endOf, shiftDay, startOf } from '../src/archive/days.ts'
import { FileReading } from '../src/report/file-reading.ts'
import { formatReportFile } from '../src/report/report-file.ts'
import { createFiles } from '../src/sandbox/export.ts'
import { SUBACCOUNT_ID } from './account.ts'

const RECORDS = 200

const [folder = '', count = ''] = process.argv.slice(2)
const today = dayOf(Date.now())
mkdirSync(folder, { recursive: true })
for (const day of daysFrom(shiftDay(today, -Number(count)), shiftDay(today, -1))) {
  const window = { from: startOf(day), to: endOf(day), phoneNumber: undefined, countries: [] }
  const source = { ...window, limit: 0, seed: 1, records: RECORDS, subaccountId: SUBACCOUNT_ID }
  const [made] = createFiles({ ...source, asOf: Date.now() }, 1)
  if (made === undefined) throw new Error('the sandbox has no file')
  const reading = new FileReading()
  for (const piece of made.read(0, made.bytes)) reading.push(piece)
  const report = {
    subaccountId: SUBACCOUNT_ID,
    jobId: `job-${day}`,
    figures: figuresOfDay(reading),
  }
  writeFileSync(path.join(folder, `${day}.json`), formatReportFile(report))
}
process.disconnect?.()
