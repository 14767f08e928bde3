import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApiError, hintFor, ResponseError } from '../../src/api/errors.js'
import type { HttpAnswer } from '../../src/api/http.js'
import { isJobId } from '../../src/api/job.js'
import { checkStatus, readJob, readJobId } from '../../src/api/response.js'

import { StepError } from '../../src/errors.js'

const answerOf = (httpStatus: number, body: unknown = '', headers = {}): HttpAnswer => ({
  httpStatus,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

function failureOf(answer: HttpAnswer, secrets: string[] = []): unknown {
  try {
    checkStatus(answer, secrets)
  } catch (error) {
    return error
  }
  return undefined
}

describe('a status', () => {
  test.each([200, 201, 202, 204, 299])('%i passes', (status) => {
    expect(failureOf(answerOf(status))).toBeUndefined()
  })

  test.each([300, 301, 302, 303, 304, 307, 308, 399])('%i is a redirect, and refused', (status) => {
    const failure = failureOf(answerOf(status))

    expect(failure).toBeInstanceOf(ResponseError)
    expect(failure).toMatchObject({
      httpStatus: status,
      message: expect.stringMatching(`${status}, a redirect.* api-url `),
    })
  })

  test.each([0, 100, 199])('%i is no end', (status) => {
    expect(failureOf(answerOf(status))).toMatchObject({
      httpStatus: status,
      message: expect.stringContaining(` ${status},`),
    })
  })

  test('of an error carries all that the API says', () => {
    const body = {
      code: 1200,
      message: 'No such key',
      errorId: '91b106f0-c0da-4aba-a43a-7af9c5893a80',
    }

    const failure = failureOf({ ...answerOf(401, body), retryAfterMs: 7_000 })

    expect(failure).toBeInstanceOf(ApiError)
    expect(failure).toMatchObject({
      message: expect.stringMatching(
        /401, code 1200, "No such key", errorId 91b106f0-c0da-4aba-a43a-7af9c5893a80\..* api-key/,
      ),
      httpStatus: 401,
      code: 1200,
      errorId: '91b106f0-c0da-4aba-a43a-7af9c5893a80',
      retryAfterMs: 7_000,
    })
  })

  test.each([
    ['a list', '[1]'],
    ['a number', '7'],
    ['null', 'null'],
    ['HTML', '<html>'],
    ['nothing', ''],
    ['wrong types', '{"code":"1200","message":{},"errorId":5}'],
    ['blanks', '{"message":"  ","errorId":""}'],
    ['fractions', '{"code":1.5}'],
    ['a hostile errorId', '{"errorId":"a b"}'],
    ['a long errorId', `{"errorId":"${'a'.repeat(65)}"}`],
  ])('of an error with %s is said alone', (_, body) => {
    expect(failureOf(answerOf(418, body))).toMatchObject({
      message: expect.stringMatching(/^[\w ]+ 418\.$/),
    })
  })

  test('of an error shows no secret', () => {
    const body = { message: 'key abc-def for 6598765432', errorId: 'abc-def' }

    expect(failureOf(answerOf(400, body), ['abc-def'])).toMatchObject({
      message: expect.stringContaining(' 400, "key *** for (number)", errorId ***. '),
    })
  })
})

describe('advice', () => {
  test.each([
    [400, 1000, /parameter/],
    [400, 1001, /subaccount-id/],
    [400, 1002, /phone-number/],
    [400, 1009, /country/],
    [400, 3018, /country/],
    [400, 1010, /range/],
    [401, 1200, /secret.*api-key.*region/],
    [403, 1012, /IP Whitelisting.*self-hosted.*static/],
    [403, 1201, /access to this subaccount/],
    [404, 1300, /api-url, region.*subaccount-id/],
    [404, 4018, /job-id.*subaccount-id.*region/],
    [426, 1014, /TLS 1\.3/],
    [500, 2000, /API/],
    [400, undefined, /inputs/],
    [401, 7, /secret.*api-key.*region/],
    [403, undefined, /access.*api-key/],
    [404, undefined, /api-url/],
    [407, undefined, /proxy/],
    [408, undefined, /too long/],
    [410, undefined, /gone/],
    [422, undefined, /well-formed/],
    [426, undefined, /TLS 1\.3/],
    [429, undefined, /[Tt]oo many requests/],
    [502, undefined, /server/],
    [500, 99, /server/],
    [418, undefined, /^$/],
  ])('on %i with code %s is at hand', (status, code, advice) => {
    expect(hintFor(status, { code })).toMatch(advice)
  })
})

describe('what an answer says of a job', () => {
  const read = (body: unknown) => readJob(answerOf(200, body), [])

  test('is its status, its links and their end', () => {
    const body = { status: 'succeeded', data: ['a', 'b'], expires: '2020-10-25T06:58:41.74Z' }

    expect(read(body)).toEqual({
      jobStatus: 'succeeded',
      links: ['a', 'b'],
      expires: '2020-10-25T06:58:41.74Z',
    })
  })

  test.each([
    ['is left out', { status: 'running' }],
    ['is null', { status: 'running', data: null, expires: null }],
  ])('has no link and no expiry where that %s', (_, body) => {
    expect(read(body)).toEqual({
      jobStatus: 'running',
      links: [],
      expires: undefined,
    })
  })

  test.each(['queued', 'in progress', 'on_hold', 'x'])('may be %s alone', (status) => {
    expect(read({ status })).toEqual({ jobStatus: status, links: [], expires: undefined })
  })

  test.each([
    ['', 'body .*JSON object'],
    [[], 'body .*JSON object'],
    ['null', 'body .*JSON object'],
    [{}, 'status .*missing'],
    [{ status: 7 }, 'status .*a number'],
    [{ status: '' }, 'status .*empty'],
    [{ status: 'a\nb' }, 'status .*characters'],
    [{ status: '::error::' }, 'status .*characters'],
    [{ status: 'succeeded', data: 'a' }, 'data .*links'],
    [{ status: 'succeeded', data: {} }, 'data .*links'],
    [{ status: 'succeeded', data: ['a', 1] }, 'data .*links'],
    [{ status: 'succeeded', data: [null] }, 'data .*links'],
  ])('is not in %j', (body, facts) => {
    let failure: unknown
    try {
      read(body)
    } catch (error) {
      failure = error
    }

    expect(failure).toBeInstanceOf(ResponseError)
    expect(failure).toMatchObject({
      httpStatus: 200,
      message: expect.stringMatching(` 200, .*${facts}`),
    })
  })

  test.each([
    7,
    null,
    '',
    'soon',
    '2020-10-25',
    'x2020-10-25T06:58:41Z',
    '2020-10-25T06:58:41Z::x',
  ])('has no end of its links in %j', (expires) => {
    expect(read({ status: 'succeeded', data: ['a'], expires }).expires).toBeUndefined()
  })
})

describe('the body of an answer', () => {
  test('is an id or a StepError, whatever it is', () => {
    const jsons = fc.json().chain((text) => fc.constantFrom(text, `{"jobId":${text}}`))
    const bodies = fc.oneof(fc.string({ unit: 'binary' }), jsons)
    fc.assert(
      fc.property(bodies, (body) => {
        try {
          expect(isJobId(readJobId(answerOf(202, body), []))).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(StepError)
          expect((error as Error).message).toMatch(/^The API answered 202/)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('gives no id that repeats a secret, which would become an output', () => {
    const answer = answerOf(202, { jobId: 'job-6598765432' })

    expect(() => readJobId(answer, ['k', '8765432'])).toThrow(/202.*jobId.*secret/)
    expect(readJobId(answer, ['job-65', 'job'])).toBe('job-6598765432')
  })

  test('gives no status that repeats a secret, which would become an output', () => {
    const answer = answerOf(200, { status: 'kEy-0123456789'.replaceAll('-', '_') })

    expect(() => readJob(answer, ['kEy_0123456789'])).toThrow(/200.*status.*secret/)
    expect(readJob(answer, ['kEy_01']).jobStatus).toBe('kEy_0123456789')
  })

  test('gives the id as it stands there', () => {
    expect(readJobId(answerOf(200, { jobId: 'a:b', other: 1 }), [])).toBe('a:b')
  })

  test.each([
    [undefined, 'missing'],
    [null, 'null'],
    [42, 'a number'],
    [true, 'a boolean'],
    [['a'], 'a list'],
    [{}, 'an object'],
    ['', 'empty'],
    ['a/b', 'a text with other characters'],
    ['..', 'a text with other characters'],
    ['a%2Fb', 'a text with other characters'],
  ])('whose jobId is %j says that it is %s', (jobId, what) => {
    expect(() => readJobId(answerOf(202, { jobId }), [])).toThrow(
      new RegExp(`202.* jobId .*${what}`),
    )
  })
})
