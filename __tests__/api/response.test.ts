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
      message: `The API answered ${status}, a redirect, and those are never followed: the key would go along. Check api-url and region.`,
    })
  })

  test.each([0, 100, 199])('%i is no end', (status) => {
    expect(failureOf(answerOf(status))).toMatchObject({
      httpStatus: status,
      message: `The API answered ${status}, which is no end of a request.`,
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
      message:
        'The API answered 401, code 1200, "No such key", errorId 91b106f0-c0da-4aba-a43a-7af9c5893a80. Check the secret behind api-key, and that region is your account\'s.',
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
    expect(failureOf(answerOf(418, body))).toMatchObject({ message: 'The API answered 418.' })
  })

  test('of an error shows no secret', () => {
    const body = { message: 'key abc-def for 6598765432', errorId: 'abc-def' }

    expect(failureOf(answerOf(400, body), ['abc-def'])).toMatchObject({
      message:
        'The API answered 400, "key *** for (number)", errorId ***. Check the inputs of this step.',
    })
  })
})

describe('advice', () => {
  test.each([
    [400, 1000, /^A parameter is not as the API wants it/],
    [400, 1001, /^Check subaccount-id/],
    [400, 1002, /^Check phone-number/],
    [400, 1009, /^Check country/],
    [400, 3018, /^Check country/],
    [400, 1010, /^A value is out of the range/],
    [401, 1200, /^Check the secret behind api-key/],
    [403, 1012, /IP allow-list.*self-hosted.*static/],
    [403, 1201, /^The key has no access to this subaccount/],
    [404, 1300, /^Check api-url, region and subaccount-id/],
    [404, 4018, /^Check job-id/],
    [426, 1014, /^The API wants TLS 1\.3/],
    [500, 2000, /^The fault is on the side of the API/],
    [400, undefined, /^Check the inputs/],
    [401, 7, /^Check the secret behind api-key/],
    [403, undefined, /^The key has no access here/],
    [404, undefined, /^Check api-url/],
    [407, undefined, /^The proxy of this runner/],
    [408, undefined, /^The server waited too long/],
    [410, undefined, /^What was asked for is gone/],
    [422, undefined, /^The request is well-formed/],
    [426, undefined, /^The API wants TLS 1\.3/],
    [429, undefined, /^Too many requests/],
    [502, undefined, /^The fault is on the side of the server/],
    [500, 99, /^The fault is on the side of the server/],
    [418, undefined, /^$/],
  ])('on %i with code %s is at hand', (status, code, advice) => {
    expect(hintFor(status, { code, answerer: 'api' })).toMatch(advice)
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
    ['', 'its body is no JSON object'],
    [[], 'its body is no JSON object'],
    ['null', 'its body is no JSON object'],
    [{}, 'its status is missing'],
    [{ status: 7 }, 'its status is a number'],
    [{ status: '' }, 'its status is empty'],
    [{ status: 'a\nb' }, 'its status is a text with other characters'],
    [{ status: '::error::' }, 'its status is a text with other characters'],
    [{ status: 'succeeded', data: 'a' }, 'its data is no list of links'],
    [{ status: 'succeeded', data: {} }, 'its data is no list of links'],
    [{ status: 'succeeded', data: ['a', 1] }, 'its data is no list of links'],
    [{ status: 'succeeded', data: [null] }, 'its data is no list of links'],
  ])('is not in %j', (body, what) => {
    let failure: unknown
    try {
      read(body)
    } catch (error) {
      failure = error
    }

    expect(failure).toBeInstanceOf(ResponseError)
    expect(failure).toMatchObject({
      httpStatus: 200,
      message: `The API answered 200, and ${what}.`,
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

    expect(() => readJobId(answer, ['k', '8765432'])).toThrow(
      'The API answered 202, and its jobId repeats a secret of this step.',
    )
    expect(readJobId(answer, ['job-65', 'job'])).toBe('job-6598765432')
  })

  test('gives no status that repeats a secret, which would become an output', () => {
    const answer = answerOf(200, { status: 'kEy-0123456789'.replaceAll('-', '_') })

    expect(() => readJob(answer, ['kEy_0123456789'])).toThrow(
      'The API answered 200, and its status repeats a secret of this step.',
    )
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
  ])('whose jobId is %j says that it is %s', (jobId, what) => {
    expect(() => readJobId(answerOf(202, { jobId }), [])).toThrow(
      `The API answered 202, and its jobId is ${what}, not the id of a job.`,
    )
  })
})
