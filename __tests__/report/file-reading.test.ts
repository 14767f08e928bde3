import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { COLUMNS } from '../../src/report/figures.js'
import { ODD_EXPORT, ODD_LINE, ODD_REPORT } from '../helpers/odd-export.js'
import { canonical } from '../helpers/plain-report.js'
import { findingsOf, reportOf } from '../helpers/read-export.js'

describe('a file with every oddity', () => {
  test('breaks nothing', () => {
    expect(canonical(reportOf([ODD_EXPORT]))).toBe(canonical(ODD_REPORT))
  })

  test('is the same in pieces of any size', () => {
    for (let bytes = 1; bytes <= ODD_EXPORT.length; bytes++) {
      expect(canonical(reportOf([ODD_EXPORT], bytes))).toBe(canonical(ODD_REPORT))
    }
  })

  test('is told with its size, its hash, and the line that cannot be read', () => {
    expect(findingsOf([ODD_EXPORT], 7).files).toEqual([
      {
        name: 'job-1.csv',
        bytes: ODD_EXPORT.length,
        sha256: createHash('sha256').update(ODD_EXPORT).digest('hex'),
        records: 8,
        unreadable: 5,
        firstUnreadable: { line: ODD_LINE, reason: expect.stringMatching(/fields/) },
        missing: ['source', 'status_details', 'status_timestamp'],
      },
    ])
  })
})

test('a file of nothing has no column, no record, and no line that cannot be read', () => {
  const { files, figures } = findingsOf([''])

  expect(figures.records).toBe(0)
  expect(files[0]).toMatchObject({
    bytes: 0,
    unreadable: 0,
    firstUnreadable: undefined,
    missing: COLUMNS,
  })
})
