import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { MERGE_INPUTS, readMergeRequest } from '../../src/merge-reports/merge.js'
import { mistakesIn } from '../helpers/mistakes.js'

const places = { cwd: path.resolve('/srv/repo'), home: path.resolve('/home/me') }

const mistakesOf = (raw: Record<string, string | undefined>): string[] =>
  mistakesIn(() => readMergeRequest(raw, places))

describe('the inputs of a merge', () => {
  test('are a folder, and the jobs where they are known', () => {
    expect(readMergeRequest({ path: 'reports' }, places)).toEqual({
      folder: path.resolve('/srv/repo/reports'),
      jobIds: undefined,
    })
    expect(readMergeRequest({ path: '~/r', 'job-ids': '["a", "b"]' }, places)).toEqual({
      folder: path.resolve('/home/me/r'),
      jobIds: ['a', 'b'],
    })
  })

  test('are those of the README, and no more: it needs no key', () => {
    expect(MERGE_INPUTS).toEqual(['path', 'job-ids', 'compare-with'])
  })

  test('have all their mistakes in one go', () => {
    expect(mistakesOf({ 'job-ids': 'F1T6' })).toEqual([
      expect.stringMatching(/^path: .*report-file/),
      expect.stringMatching(/^job-ids: .*JSON.* job-ids of the start step/),
    ])
  })
})
