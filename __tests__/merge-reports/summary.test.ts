import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatMergedSummary,
  type MergedReports,
  toExport,
} from '../../src/merge-reports/summary.js'
import type { Figures } from '../../src/report/figures.js'
import { parseReportFile, type ReportFile } from '../../src/report/report-file.js'
import { Tally } from '../../src/report/tally.js'
import { tableOf } from '../helpers/markdown-table.js'
import { noFigures, reportOn, someFigures, someGroup } from '../helpers/report-folder.js'

/** What a summary may have on GitHub, in bytes. */
const MAX_SUMMARY_BYTES = 1_048_576

function reportsOf(files: readonly ReportFile[], missing: readonly string[] = []): MergedReports {
  const merged = new Tally()
  for (const { figures } of files) merged.add(figures)
  return { exports: files.map(toExport), missing, figures: merged.plain() }
}

const report = (jobId: string, differing: Partial<ReportFile> = {}): ReportFile => ({
  subaccountId: 'acme_sg',
  jobId,
  figures: someFigures,
  ...differing,
})

const reports = (count: number, differing: Partial<ReportFile> = {}): ReportFile[] =>
  Array.from({ length: count }, (_, index) => report(`job-${index + 1}`, differing))

const summaryOf = (...input: Parameters<typeof reportsOf>): string =>
  formatMergedSummary(reportsOf(...input))

describe('the page of merged reports', () => {
  test('says which jobs it holds, with the days and figures of each', () => {
    const empty = report('job-2', { subaccountId: 'acme_us', figures: noFigures })
    const files = [report('job-1'), empty]

    expect(tableOf(summaryOf(files), 'Subaccount')).toEqual([
      [
        '`acme_sg`',
        '2026-11-02',
        '2',
        '50.0%<br>1\u00a0pending',
        '3\u00a0s',
        'EUR\u00a00.1',
        '`job-1`',
      ],
      ['`acme_us`', '–', '0', '–', '–', '–', '`job-2`'],
    ])
  })

  test('begins with the figures of all together', () => {
    const summary = summaryOf(reports(3))

    expect(summary).toMatch(/^### .*`acme_sg`\n\n\| 2026-11-02 \|/)
    expect(summary).toMatch(/\| \*\*6\*\* \|/)
    expect(summary).toMatch(/50\.0%.*3 of 6/)
    expect(tableOf(summary, 'Countries')).toEqual([
      ['Singapore (SG)', '6', '50.0%<br>3\u00a0pending', '3\u00a0s', 'EUR\u00a00.3'],
    ])
  })

  test('names up to five subaccounts in its heading, and counts more', () => {
    const of = (count: number): string =>
      summaryOf(
        Array.from({ length: count }, (_, index) =>
          report('job-1', { subaccountId: `acme_${index}` }),
        ),
      )

    expect(of(2)).toMatch(/^### .*`acme_0`, `acme_1`\n/)
    expect(of(5)).toMatch(/^### .*(`acme_\d`, ){4}`acme_4`\n/)
    expect(of(6)).toMatch(/^### .*\b6 subaccounts\n/)
  })

  test('shows many exports only when they are asked for', () => {
    const foldedIn = (summary: string) => summary.match(/<summary>[^<]*exports<\/summary>/g) ?? []

    expect(foldedIn(summaryOf(reports(15)))).toEqual([])
    expect(foldedIn(summaryOf(reports(16)))).toEqual([expect.stringContaining('16')])
  })

  test('has room for a whole matrix', () => {
    const jobs = reports(256).map(({ jobId }) => report(jobId.padEnd(64, 'x')))

    expect(tableOf(summaryOf(jobs), 'Subaccount')).toHaveLength(256)
  })

  test('says in a line that there are no records', () => {
    const summary = summaryOf([report('job-1', { figures: noFigures })])

    expect(summary).toMatch(/^### .*`acme_sg`\n\nNo records[^\n]*\n\n\| Subaccount \|/)
    expect(summary).not.toContain('Countries')
  })

  test('says what is missing above all figures, and names the jobs', () => {
    const summary = summaryOf(reports(2), ['job-8', 'job-9'])

    expect(summary).toMatch(
      /^### .*\n\n\*\*[^\n]*\b2 of 4 jobs\b[^\n]*missing[^\n]*\*\*\n\n<details>/,
    )
    expect(summary).toContain('`job-8`, `job-9`')
  })

  test('names as many missing jobs as have room, and counts the others', () => {
    const missing = Array.from({ length: 2_000 }, (_, index) => `${index}`.padEnd(256, 'x'))

    const summary = summaryOf(reports(1), missing)

    expect(summary).toMatch(/`, `\d+x+` and 1,\d\d\d more\n/)
    expect(Buffer.byteLength(summary)).toBeLessThan(MAX_SUMMARY_BYTES / 4)
  })
})

describe('hostile reports', () => {
  const hostile =
    '</table><script>alert(1)</script> `|`\n\n# x [a](https://evil.example) ![](x) @octocat ::error::x'

  test('put no markup, no link and no mention on the page', () => {
    const group = { ...someGroup, cost: { [hostile]: '1' } }
    const figures: Figures = {
      ...{ ...someFigures, ...group, statuses: { [hostile]: 2 } },
      ...{ errors: { [hostile]: 1 }, countries: { [hostile]: group } },
      ...{ operators: { [hostile]: group }, days: { unknown: group } },
      ...{ senders: { [hostile]: group }, outboundStatuses: { [hostile]: 2 } },
      failures: [{ country: hostile, operator: hostile, error: hostile, records: 1, delivered: 0 }],
    }
    const parsed = parseReportFile(reportOn('job-1', { figures }))

    const summary = parsed ? summaryOf([parsed]) : ''

    expect(summary).toMatch(/^### /)
    expect(summary.replaceAll(/<\/?(details|summary|br)>/g, '')).not.toMatch(
      /<|https?:|@octocat|\]\(|^# |^::/m,
    )
    expect(new Set(tableOf(summary, 'Subaccount').map((cells) => cells.length))).toEqual(
      new Set([7]),
    )
  })

  test('stay below what a summary may have, whatever their names', () => {
    const amount = '9'.repeat(400)
    const longest = <T>(prefix: string, count: number, value: T): Record<string, T> =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`${prefix}${index}`.padEnd(200, '<'), value]),
      )
    const cost = longest('currency ', 4, amount)
    const group = { ...someGroup, cost }
    const days = Object.fromEntries(
      Array.from({ length: 250 }, (_, index) => [
        new Date(Date.UTC(2026, 0, index + 1)).toJSON().slice(0, 10),
        group,
      ]),
    )
    const figures: Figures = {
      ...{ ...someFigures, ...group, statuses: longest('s', 20, 2), days },
      ...{ errors: longest('e', 20, 2), countries: longest('c', 20, group) },
      ...{ operators: longest('o', 20, group), senders: longest('s', 20, group) },
    }
    const files = reports(256, { figures }).map((file) => ({
      ...file,
      jobId: file.jobId.padEnd(256, 'x'),
      subaccountId: file.jobId.padEnd(256, 'y'),
    }))
    const missing = files.map(({ jobId }) => jobId.toUpperCase())

    const summary = summaryOf(files, missing)

    expect(parseReportFile(reportOn('job-1', { figures }))).toBeDefined()
    expect(Buffer.byteLength(summary)).toBeLessThan(MAX_SUMMARY_BYTES)
    expect(summary).toMatch(/\| \d+ others \|/)
  })

  test('keep every row of the table of exports on one line', () => {
    const id = fc.stringMatching(/^[\w\-.~!$&'()*+,;=:@]{1,80}$/)

    fc.assert(
      fc.property(id, id, (jobId, subaccountId) => {
        const parsed = parseReportFile(reportOn(jobId, { subaccountId }))
        const rows = parsed ? tableOf(summaryOf([parsed]), 'Subaccount') : []

        expect(rows.map((cells) => [cells.length, cells[0], cells[6]])).toEqual([
          [7, `\`${subaccountId}\``, `\`${jobId}\``],
        ])
      }),
    )
  })
})
