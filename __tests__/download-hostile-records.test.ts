import { describe, expect, test } from 'vitest'
import { startExportServer, succeededWith } from './helpers/export-server.js'
import { MESSAGE_BODY, runDownload } from './helpers/run-download.js'
import { commandsOf, PHONE_NUMBER } from './helpers/run-start.js'
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
  test('shows no number, no body, no markup and no link of theirs, and starts no command', async () => {
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
    expect(new Set(commandsOf(run))).toEqual(new Set(['add-mask', 'debug']))
  })
})
