// Writes a file of about so many bytes of the sandbox's rows.
import { openSync, writeSync } from 'node:fs'
import { repeatedCsv } from '../csv-block.ts'

const [file = '', bytes = '0'] = process.argv.slice(2)
const { header, block, times } = repeatedCsv(Number(bytes), 'acme_sg')
const descriptor = openSync(file, 'w')
writeSync(descriptor, header)
for (let time = 0; time < times; time++) writeSync(descriptor, block)
