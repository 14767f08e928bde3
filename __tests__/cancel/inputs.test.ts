import { describe, expect, test } from 'vitest'
import { CANCEL_INPUTS, readCancelRequest } from '../../src/cancel/cancel.js'
import { mistakesIn } from '../helpers/mistakes.js'
import { validInputs } from '../helpers/valid-inputs.js'

const read = (differing: Record<string, string | undefined> = {}) =>
  readCancelRequest({ ...validInputs, ...differing })

const mistakesOf = (differing: Record<string, string | undefined>): string[] =>
  mistakesIn(() => read(differing))

describe('the inputs of a cancel', () => {
  test('are a request with the defaults of the README', () => {
    expect(read({ 'job-id': 'job-1' })).toEqual({
      connection: {
        apiKey: 'kEy-0123456789',
        subaccountId: 'acme_sg',
        baseUrl: 'https://sms.8x8.com',
        requestTimeoutMs: 30_000,
        retries: 5,
      },
      jobId: 'job-1',
    })
  })

  test('may lack the job: the start step may never have run', () => {
    expect(read().jobId).toBeUndefined()
  })

  test('are those of the README, and no more', () => {
    expect(CANCEL_INPUTS).toEqual([
      'api-key',
      'subaccount-id',
      'region',
      'api-url',
      'request-timeout',
      'retries',
      'job-id',
    ])
  })

  test('have all their mistakes in one go', () => {
    const mistakes = mistakesOf({ 'subaccount-id': 'ab', retries: 'x', 'job-id': '../admin' })

    expect(mistakes.map((text) => text.split(':')[0])).toEqual([
      'subaccount-id',
      'retries',
      'job-id',
    ])
    expect(mistakes[2]).toMatch(/^job-id: "\.\.\/admin".* job-id of the start step/)
  })
})
