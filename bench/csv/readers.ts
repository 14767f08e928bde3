import { createHash } from 'node:crypto'
import { parse } from 'csv-parse'
import { csvParseRows } from 'd3-dsv'
import Papa from 'papaparse'
import { inferSchema, initParser, type Parser } from 'udsv'
import { CsvReader } from '../../src/report/csv.ts'
import type { Figures, Measures } from '../../src/report/figures.ts'
import { FileReading } from '../../src/report/file-reading.ts'
import { readHeader } from '../../src/report/record.ts'
import { RecordCounter } from '../../src/report/record-counter.ts'
import { ByteMachine } from './byte-machine.ts'
import { DECIMALS, fingerprint, PlainFigures, type PlainGroup } from './plain-figures.ts'
import type { ReaderName } from './reader-names.ts'

/** Of the header, which is no record. */
const FIRST_COLUMN = 'umid'

/** Takes a file's bytes, and tells of its figures in a line. */
export interface Reader {
  push(bytes: Buffer): void
  end(): string | Promise<string>
}

export const READERS = {
  'hand-written byte machine': byteMachine,
  'the report, without SHA-256': reportWithoutHash,
  'the report, with SHA-256': report,
  'SHA-256 alone': hashAlone,
  udsv: withUdsv,
  'd3-dsv': withD3,
  papaparse: withPapa,
  'csv-parse': withCsvParse,
} as const satisfies Record<ReaderName, () => Reader>

function byteMachine(): Reader {
  const machine = new ByteMachine()
  return { push: (bytes) => machine.push(bytes), end: () => fingerprint(machine.end()) }
}

function report(): Reader {
  const reading = new FileReading()
  return {
    push: (bytes) => reading.push(bytes),
    end() {
      reading.end()
      return describeFigures(reading.figures())
    },
  }
}

function reportWithoutHash(): Reader {
  const counter = new RecordCounter()
  const reader = new CsvReader({
    header: (names) => counter.begin(readHeader(names)),
    record: (record) => counter.count(record),
    unreadable: () => undefined,
  })
  return {
    push: (bytes) => reader.push(bytes),
    end() {
      reader.end()
      counter.settle()
      return describeFigures(counter.tally.plain())
    },
  }
}

function hashAlone(): Reader {
  const hash = createHash('sha256')
  return { push: (bytes) => hash.update(bytes), end: () => hash.digest('hex') }
}

/** udsv's own reading by chunks damages rows where one ends between CR and LF, so not that. */
function withUdsv(): Reader {
  let parser: Parser | undefined
  return inWholeRecords((text, add) => {
    // Its default skips the first record of each text.
    parser ??= initParser(Object.assign(inferSchema(text), { skip: 0 }))
    parser.stringArrs(text).forEach(add)
  })
}

function withD3(): Reader {
  return inWholeRecords((text, add) => {
    csvParseRows(text).forEach(add)
  })
}

function withPapa(): Reader {
  return inWholeRecords((text, add) => {
    const { data } = Papa.parse<string[]>(text, { delimiter: ',', newline: '\r\n' })
    // What is after the last line's end is a record to it.
    data.slice(0, -1).forEach(add)
  })
}

function withCsvParse(): Reader {
  const figures = new PlainFigures()
  const parser = parse({ encoding: 'latin1', from_line: 2 })
  parser.on('data', (fields: string[]) => figures.add(fields))
  return {
    push: (bytes) => parser.write(bytes),
    end: () =>
      new Promise((resolve, reject) => {
        parser.once('error', reject)
        parser.end(() => undefined)
        parser.once('end', () => resolve(fingerprint(figures)))
      }),
  }
}

/** Hands on text that ends with a line's end outside of quotes; the first record is the header. */
function inWholeRecords(read: (text: string, add: (fields: string[]) => void) => void): Reader {
  const figures = new PlainFigures()
  let rest = ''
  return {
    push(bytes) {
      const text = rest + bytes.toString('latin1')
      const end = lastRecordEnd(text)
      rest = text.slice(end)
      if (end === 0) return
      read(text.slice(0, end), (fields) => {
        if (fields[0] !== FIRST_COLUMN) figures.add(fields)
      })
    },
    end: () => fingerprint(figures),
  }
}

/** Where the last whole record ends: a line's end is none while a quotation mark is open. */
function lastRecordEnd(text: string): number {
  let quotes = 0
  let end = 0
  let line = text.indexOf('\n')
  let quote = text.indexOf('"')
  while (line >= 0) {
    while (quote >= 0 && quote < line) {
      quotes += 1
      quote = text.indexOf('"', quote + 1)
    }
    if (quotes % 2 === 0) end = line + 1
    line = text.indexOf('\n', line + 1)
  }
  return end
}

/** The report's figures in the words of the plain ones. */
function describeFigures(report: Figures): string {
  const figures = new PlainFigures()
  copyGroup(report, figures.total)
  for (const name of ['days', 'countries', 'operators'] as const) {
    for (const [key, group] of Object.entries(report[name])) {
      const copy = { records: 0, parts: 0, delivered: 0, costs: new Map() }
      copyGroup(group, copy)
      figures[name].set(plainName(key), copy)
    }
  }
  for (const name of ['directions', 'statuses', 'errors'] as const) {
    for (const [key, count] of Object.entries(report[name]))
      figures[name].set(plainName(key), count)
  }
  return fingerprint(figures)
}

function copyGroup({ records, parts, delivered, cost }: Measures, to: PlainGroup): void {
  Object.assign(to, { records, parts, delivered })
  for (const [currency, amount] of Object.entries(cost)) {
    to.costs.set(plainName(currency), Math.round(Number(amount) * 10 ** DECIMALS))
  }
}

/** The report's words for what the file has as nothing, or as a number. */
function plainName(name: string): string {
  const words: Record<string, string> = { unknown: '', outbound: '1', inbound: '0' }
  return words[name] ?? name
}
