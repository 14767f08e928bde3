import { describe, expect, test } from 'vitest'
import { formatDownloadSummary } from '../../src/download/report.js'
import { readPage, tableWith } from '../helpers/markdown-page.js'
import { csvOfRecords, findingsOf } from '../helpers/read-export.js'

const summaryOf = (expires: string | undefined): string =>
  formatDownloadSummary({
    subaccountId: 'a&b_c-d.e',
    jobId: 'job_1',
    findings: findingsOf([csvOfRecords([{}]), csvOfRecords([{}, {}])]),
    expires,
  })

describe('the summary of a download', () => {
  test('begins with the subaccount as it is written', () => {
    expect(readPage(summaryOf(undefined)).text).toMatch(/^SMS logs of a&b_c-d\.e\n/)
  })

  test('has each file with its size and its SHA-256', () => {
    const { rows } = tableWith(readPage(summaryOf(undefined)), 'File, and its SHA-256')

    expect(rows).toEqual([
      [expect.stringMatching(/^job-1\.csv [0-9a-f]{64}$/), '1', '250 B'],
      [expect.stringMatching(/^job-2\.csv [0-9a-f]{64}$/), '2', '357 B'],
    ])
  })

  test.each([
    ['2026-12-24T06:58:41.74Z', '2026-12-24 06:58 UTC'],
    ['2026-12-24T06:58:41+07:00', '2026-12-23 23:58 UTC'],
    ['2026-12-24T06:58:41', '2026-12-24 06:58 UTC'],
    ['<b>soon</b> | [x](y)', '<b>soon</b> | [x](y) UTC'],
  ])('says until when the links work: %s', (expires, moment) => {
    const page = readPage(summaryOf(expires))

    expect(page.text).toMatch(/links/)
    expect(page.text).toContain(moment)
    expect(page.links).toEqual([])
  })

  test('says nothing of links where the API does not', () => {
    expect(summaryOf(undefined)).not.toContain('links')
  })
})
