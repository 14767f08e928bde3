// Writes a whole archive of days with the same 5,000 records: FOLDER DAYS.
import { createHash } from 'node:crypto'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { figuresOfDay } from '../src/archive/day-reports.ts'
import { dayOf, daysFrom, endOf, shiftDay, startOf } from '../src/archive/days.ts'
import { dataPath, formatManifest, newManifest } from '../src/archive/manifest.ts'
import { FileReading } from '../src/report/file-reading.ts'
import { formatReportFile } from '../src/report/report-file.ts'
import { createFiles } from '../src/sandbox/export.ts'
import { SUBACCOUNT_ID } from './account.ts'

const RECORDS = 5_000

const [folder = '', days = ''] = process.argv.slice(2)
const today = dayOf(Date.now())
const model = shiftDay(today, -30)
const window = { from: startOf(model), to: endOf(model), phoneNumber: undefined, countries: [] }
const source = { ...window, limit: 0, seed: 1, records: RECORDS, subaccountId: SUBACCOUNT_ID }
const [made] = createFiles({ ...source, asOf: Date.now() }, 1)
if (made === undefined) throw new Error('the sandbox has no file')
const csv = Buffer.concat([...made.read(0, made.bytes)])
const reading = new FileReading()
reading.push(csv)
const figures = figuresOfDay(reading)

const data = gzipSync(csv)
const file = {
  compression: 'gzip' as const,
  bytes: data.length,
  sha256: createHash('sha256').update(data).digest('hex'),
  columns: csv.toString().split('\r\n', 1)[0]?.split(',') ?? [],
  delimiter: ',',
}
const manifest = newManifest({ subaccountId: SUBACCOUNT_ID, region: 'asia-pacific' })
mkdirSync(path.join(folder, 'reports'), { recursive: true })
for (const day of daysFrom(shiftDay(today, -Number(days)), shiftDay(today, -1))) {
  const dataFile = path.join(folder, dataPath(day, 'gzip'))
  mkdirSync(path.dirname(dataFile), { recursive: true })
  // Only its size is looked at.
  writeFileSync(dataFile, '')
  truncateSync(dataFile, data.length)
  const ofDay = { ...figures, span: [startOf(day), endOf(day) - 1] as const }
  const report = formatReportFile({ subaccountId: SUBACCOUNT_ID, jobId: day, figures: ofDay })
  writeFileSync(path.join(folder, 'reports', `${day}.json`), report.replaceAll(model, day))
  const { records, pending } = figures
  manifest.days.set(day, { day, records, pending, settled: true, exportedAt: Date.now(), file })
}
writeFileSync(path.join(folder, 'datapackage.json'), formatManifest(manifest))
process.disconnect?.()
