import { describe, expect, test } from 'vitest'
import { Mistake } from '../../src/errors.js'
import { parseJobIds } from '../../src/inputs/job-ids.js'

describe('job-ids', () => {
  test('are the output of the start action', () => {
    expect(parseJobIds('["F1T6z9C5", "job-2"]')).toEqual(['F1T6z9C5', 'job-2'])
  })

  test.each([
    'F1T6z9C5',
    '"F1T6z9C5"',
    '["F1T6z9C5"',
    '{"0": "F1T6z9C5"}',
    'null',
    '[1]',
    '[""]',
    '["../admin"]',
    '["a b"]',
    '[{"job-id": "F1T6z9C5"}]',
  ])('are not %s', (text) => {
    expect(() => parseJobIds(text)).toThrow(
      new Mistake('is not a JSON array of job ids. Give the output job-ids of the start step.'),
    )
  })

  test('are at least one: a start that has started none has nothing to join', () => {
    expect(() => parseJobIds('[]')).toThrow(
      new Mistake('is empty: the start step has started no job.'),
    )
  })
})
