// Reads files with the report's own threads, as a download does, and tells what came out and how
// long it took, without the start of the process.
import { statSync } from 'node:fs'
import path from 'node:path'
import { ExportReader } from '../../src/report/reader.ts'
import { formatReport } from '../../src/report/report.ts'
import { root } from '../actions.ts'

const files = process.argv.slice(2)
const begunAt = performance.now()
const reader = new ExportReader(path.join(root, 'dist', 'report-worker', 'index.js'))
await Promise.all(
  files.map((file) => reader.follow(path.basename(file), file).ended(file, statSync(file).size)),
)
const figures = JSON.parse(formatReport(reader.findings().figures))
process.send?.({ ms: performance.now() - begunAt, figures })
await reader.close()
