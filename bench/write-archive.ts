// Writes a whole archive, whose days are all alike: FOLDER DAYS.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { DayReader } from '../src/archive/day-reports.ts'
import { dayOf, daysFrom, shiftDay } from '../src/archive/days.ts'
import { dataPath, formatManifest, newManifest } from '../src/archive/manifest.ts'
import { formatReportFile } from '../src/report/report-file.ts'
import { SUBACCOUNT_ID } from './account.ts'
import { repeatedCsv } from './csv-block.ts'

const [folder = '', days = ''] = process.argv.slice(2)
const { header, block } = repeatedCsv(60_000, SUBACCOUNT_ID)
const text = Buffer.concat([header, block])
const reader = new DayReader()
reader.push(text)
const figures = reader.end()
const bytes = gzipSync(text)
const file = {
  compression: 'gzip' as const,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  columns: header.toString().trim().split(','),
  delimiter: ',',
}
const manifest = newManifest({ subaccountId: SUBACCOUNT_ID, region: 'asia-pacific' })
const today = dayOf(Date.now())
mkdirSync(path.join(folder, 'reports'), { recursive: true })
for (const day of daysFrom(shiftDay(today, -Number(days)), shiftDay(today, -1))) {
  const data = path.join(folder, dataPath(day, 'gzip'))
  mkdirSync(path.dirname(data), { recursive: true })
  writeFileSync(data, bytes)
  const report = formatReportFile({ subaccountId: SUBACCOUNT_ID, jobId: day, figures })
  writeFileSync(path.join(folder, 'reports', `${day}.json`), report)
  const { records } = figures
  manifest.days.set(day, { day, records, pending: 0, settled: true, exportedAt: Date.now(), file })
}
writeFileSync(path.join(folder, 'datapackage.json'), formatManifest(manifest))
process.disconnect?.()
