// Writes about so many bytes of the sandbox's rows over a month: in several files, and all in one.
import { appendFileSync, closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { HEADER_LINE } from '../../src/sandbox/rows.ts'
import { createExport } from '../csv-block.ts'

const [bytes = '0', whole = '', ...parts] = process.argv.slice(2)
for (const [at, file] of createExport(Number(bytes), 'acme_sg', parts.length).entries()) {
  const part = parts[at] ?? ''
  const descriptor = openSync(part, 'w')
  for (const chunk of file.read(0, file.bytes)) writeSync(descriptor, chunk)
  closeSync(descriptor)
  appendFileSync(whole, readFileSync(part).subarray(at === 0 ? 0 : HEADER_LINE.length))
}
