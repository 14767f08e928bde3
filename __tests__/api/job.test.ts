import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJobId } from '../../src/api/job.js'

describe('the id of a job', () => {
  test.each([
    'F1T6z9C5tW2QV1pdMzO9xpMXrYEmfnvqORGqpePJGpgzjTJ80TSaZEE7aX2wrgix',
    'a',
    '...',
    'a:b::c',
    "-._~!$&'()*+,;=:@",
    'a'.repeat(256),
  ])('is %s', (text) => {
    expect(isJobId(text)).toBe(true)
  })

  test.each([
    '',
    '.',
    '..',
    'a/b',
    'a%2Fb',
    'a b',
    'a?b',
    'a#b',
    'a\nb',
    'a\\b',
    'a"b',
    '[a]',
    'ä',
    'a\u0000',
    'a'.repeat(257),
    '::error::a',
    'a::set-env::b',
  ])('is not %j', (text) => {
    expect(isJobId(text)).toBe(false)
  })

  test('needs no escaping in one segment of a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        if (!isJobId(text)) return
        expect(new URL(`https://a.example/jobs/${text}`).pathname).toBe(`/jobs/${text}`)
      }),
      { numRuns: 2_000 },
    )
  })
})
