// Reads a file with one reader, as the report's thread does, and tells what came out and how long
// it took, without the start of the process.
import { openSync, readSync } from 'node:fs'
import type { ReaderName } from './reader-names.ts'
import { READERS } from './readers.ts'

const BUFFER_BYTES = 262_144

const [name = '', file = ''] = process.argv.slice(2)
const reader = READERS[name as ReaderName]()
const descriptor = openSync(file, 'r')
const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
const begunAt = performance.now()
for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) {
  // csv-parse keeps what it is given.
  reader.push(
    name === 'csv-parse' ? Buffer.from(buffer.subarray(0, read)) : buffer.subarray(0, read),
  )
}
const figures = await reader.end()
const told = { ms: performance.now() - begunAt, figures }
process.send?.(told)
