import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { startExportServer, succeededWith } from './helpers/export-server.js'
import { type ActionRun, runAction } from './helpers/run-action.js'
import { MESSAGE_BODY, runDownload } from './helpers/run-download.js'
import { commandsOf, PHONE_NUMBER } from './helpers/run-start.js'
import { createTemporaryFolder } from './helpers/temporary-folder.js'
import { answer } from './helpers/wire-server.js'

/** Control characters but the line feed, and marks of direction. */
const NOT_FOR_A_LOG = /(?!\n)[\p{Cc}\p{Cf}]/u

const HEADER =
  'msisdn,body,direction,country,operator,status_value,status_errorcode,createdat,smscount,price_currency,price_total'

/** A record with a number and a body in it, and with the name given wherever a name can stand. */
function recordNamed(name: string): string {
  const quoted = `"${name.replaceAll('"', '""')}"`
  return `${PHONE_NUMBER},${MESSAGE_BODY},1,${quoted},${quoted},${quoted},${quoted},2026-11-01T10:20:30Z,1,${quoted},0.0315`
}

const NAMES = [
  PHONE_NUMBER,
  PHONE_NUMBER.slice(1),
  '<img src=x onerror=alert(1)>',
  '</details><script>alert(1)</script>',
  '[text](javascript:alert(1))',
  'https://evil.example/page',
  'www.evil.example',
  '@someone',
  '::error::evil',
  '##[error]evil',
  'a | b\n\n# evil heading',
  '```mermaid\nevil\n```',
  '\u202eevil\u001b[31m',
  'x'.repeat(10_000),
]

describe('records with names that nobody would give an operator', () => {
  test('show no number, body, markup or link on the page, and start no command', async () => {
    const csv = `${[HEADER, ...NAMES.map(recordNamed)].join('\r\n')}\r\n`
    const server = await startExportServer(
      succeededWith(1),
      answer(200, csv, { 'content-type': 'text/csv' }),
    )

    // Every run is looked through for the number, the body and the link.
    const run = await runDownload(server.url)
    await server.close()

    expect(run.exitCode).toBe(0)
    expect(run.outputs.records).toBe(String(NAMES.length))
    expect(run.summary).not.toMatch(/<img|<script|<\/details><|\]\(|https?:|www\.|@someone|##\[/)
    expect(run.summary).not.toMatch(/^(::|# evil|evil|```mermaid\nevil)/m)
    expect(run.summary).not.toMatch(NOT_FOR_A_LOG)
    expect(run.summary).not.toContain('x'.repeat(61))
    expect(run.stdout).not.toMatch(/https:\/\/evil|x{401}/)
    expect(run.stdout).not.toMatch(NOT_FOR_A_LOG)
    expect(new Set(commandsOf(run))).toEqual(new Set(['add-mask', 'debug', 'notice']))
  })
})

/** A person's number as people, exports and phones write it. */
const NUMBERS = [
  ...['6591234567', '+65 9123 4567', '(65) 9123-4567', '65.9123.4567', '+65/9123/4567'],
  ...[
    '65\u00a09123\u00a04567',
    "'+6591234567",
    'tel:+6591234567',
    'id6591234567',
    '６５９１２３４５６７',
  ],
  ...['Call +65 9123 4567 now', '+6591234567 '.repeat(800)],
]

/** Names that are kept to the last byte, whatever they would be elsewhere. */
const ODD_NAMES = [
  ...['__proto__', 'constructor', 'toString', '::error::evil', '##[error]evil', 'x'.repeat(200)],
  ...['\n::set-output name=status::evil', '\r::error::evil', '\u001b[31mevil', '%0A::error::evil'],
]

/** Every column of a name, each by itself and all together, with the name in it. */
function recordsNamed(name: string): string[] {
  const columns = HEADER.split(',').slice(2)
  const record = (mixedUp: readonly string[]): string => {
    const cells: Record<string, string> = { direction: '1', status_errorcode: '0', smscount: '1' }
    const quoted = `"${name.replaceAll('"', '""')}"`
    const all = columns.map((column) => (mixedUp.includes(column) ? quoted : (cells[column] ?? '')))
    return ['', '', ...all].join(',')
  }
  const named = columns.filter((column) => !['smscount', 'price_total'].includes(column))
  return [...named.map((column) => record([column])), record(named)]
}

describe('an export whose columns are mixed up', () => {
  const downloadAndMerge = async (names: readonly string[]) => {
    const csv = [HEADER, ...names.flatMap(recordsNamed)].join('\r\n')
    const server = await startExportServer(
      succeededWith(1),
      answer(200, csv, { 'content-type': 'text/csv' }),
    )
    const reports = createTemporaryFolder()
    const file = path.join(reports, 'report.json')
    const run = await runDownload(server.url, { inputs: { 'report-file': file } })
    await server.close()
    const merged = await runAction('merge-reports', { inputs: { path: reports } })
    return { run, merged, file: readFileSync(file, 'utf8') }
  }

  const commandLines = ({ stdout }: ActionRun): string[] =>
    stdout.split(/[\r\n]/).filter((line) => /^::(?!add-mask::|debug::)|##\[/.test(line))

  test('outputs no phone number, even when merged', async () => {
    const { run, merged, file } = await downloadAndMerge(NUMBERS)

    expect([run.exitCode, merged.exitCode]).toEqual([0, 0])
    expect(Object.keys(JSON.parse(run.outputs.report ?? '').operators)).toEqual(['unknown'])
    for (const text of [run, merged, file].map((all) => JSON.stringify(all))) {
      for (const number of NUMBERS) {
        expect(text).not.toContain(JSON.stringify(number).slice(1, -1))
      }
      expect(text).not.toMatch(/9123\W?4567|６５９１/)
    }
  })

  test('cuts a name at 200 characters, whatever its bytes', async () => {
    const { run } = await downloadAndMerge(['é🎉'.repeat(5_000)])

    const report = JSON.parse(run.outputs.report ?? '')
    expect(Object.keys(report.operators)).toEqual(['unknown', 'é🎉'.repeat(100)])
    expect(Object.keys(report.errors)).toEqual(['é🎉'.repeat(100)])
  })

  test('keeps all other names as the file has them, in both reports', async () => {
    const { run, merged } = await downloadAndMerge(ODD_NAMES)

    const report = JSON.parse(run.outputs.report ?? '')
    for (const map of ['countries', 'operators', 'statuses', 'errors']) {
      expect(Object.keys(report[map])).toEqual(expect.arrayContaining(ODD_NAMES))
    }
    expect(Object.getOwnPropertyNames(report.operators)).toContain('__proto__')
    expect(merged.outputs.report).toBe(run.outputs.report)
    for (const each of [run, merged]) {
      expect(each.exitCode).toBe(0)
      // Ours are of columns and times alone.
      const others = commandLines(each).filter(
        (line) =>
          !/^::notice::(Columns that are missing in |Records without a readable time )/.test(line),
      )
      expect(others).toEqual([])
      expect(each.stdout + each.summary).not.toMatch(NOT_FOR_A_LOG)
      expect(each.summary).not.toMatch(/^::|##\[|x{61}/m)
      expect(Object.keys(each.outputs)).not.toContain('evil')
    }
    expect(run.outputs.status).toBe('succeeded')
  })
})
