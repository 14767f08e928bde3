import { describe, expect, test } from 'vitest'
import { describeFault as describeIn, Fault, type Peer } from '../../src/api/connection-fault.js'

function describeFault(error: unknown, wasReached = false, peer: Peer = '8x8') {
  const fault = describeIn(error, { wasReached, peer })
  return { message: fault?.message ?? '', permanent: fault?.traits.permanent ?? false }
}

const systemError = (code: string): Error =>
  Object.assign(new Error(`connect ${code} 10.1.2.3 /secret`), { code })

describe('what went wrong on the wire', () => {
  test.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'address'],
    ['EAI_AGAIN', 'address'],
    ['ECONNRESET', 'closed'],
    ['EPIPE', 'closed'],
    ['ETIMEDOUT', 'in time'],
    ['EHOSTUNREACH', 'runner'],
    ['ENETUNREACH', 'runner'],
    ['HPE_INVALID_CONSTANT', 'HTTP'],
    ['EMFILE', ''],
  ])('%s may pass, and has its code and nothing of its text in the message', (code, fact) => {
    const fault = describeFault(systemError(code))

    expect(fault.message).toContain(fact)
    expect(fault.message).toContain(`(${code})`)
    expect(fault.message).not.toMatch(/10\.1\.2\.3|secret/)
    expect(fault.permanent).toBe(false)
  })

  test.each<[string, Peer, RegExp]>([
    ['ECONNREFUSED', '8x8', /firewall.*https_proxy/],
    ['ETIMEDOUT', '8x8', /firewall.*https_proxy/],
    ['EHOSTUNREACH', 'other', /api-url.*firewall/],
    ['ENETUNREACH', 'proxy', /https_proxy/],
    ['ENOTFOUND', '8x8', /DNS/],
    ['ENOTFOUND', 'other', /api-url.*DNS/],
    ['EAI_AGAIN', 'proxy', /https_proxy.*DNS/],
    ['ECONNRESET', '8x8', /firewall/],
  ])('%s of %s comes with what to do', (code, peer, advice) => {
    const { message } = describeFault(systemError(code), false, peer)

    expect(message.split(`(${code}).`)[1]).toMatch(advice)
  })

  test.each([
    ['CERT_HAS_EXPIRED', /has expired.*clock/],
    ['CERT_NOT_YET_VALID', /not valid yet.*clock/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /another name.*address/],
    ['HOSTNAME_MISMATCH', /another name/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /certificate of its client/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted.*NODE_EXTRA_CA_CERTS/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /not trusted/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /not trusted/],
    ['CERT_REVOKED', /not trusted/],
  ])('%s stays, whatever was reached before, and is said', (code, facts) => {
    for (const wasReached of [false, true]) {
      const fault = describeFault(systemError(code), wasReached)

      expect(fault.message).toMatch(facts)
      expect(fault.message).toContain(`(${code})`)
      expect(fault.permanent).toBe(true)
    }
  })

  test.each([
    'EPROTO',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
    'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
  ])('%s stays where the host was never reached, and may pass where it was', (code) => {
    const first = describeFault(systemError(code))
    const later = describeFault(systemError(code), true)

    expect([first.permanent, later.permanent]).toEqual([true, false])
    for (const { message } of [first, later]) expect(message).toContain(`TLS`)
    for (const { message } of [first, later]) expect(message).toContain(`(${code})`)
  })

  test.each([
    new Error('no code'),
    Object.assign(new Error('x'), { code: 'https://secret.example' }),
    Object.assign(new Error('x'), { code: 42 }),
    new TypeError('x is not a function'),
    Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' }),
    Object.assign(new RangeError('x'), { code: 'ERR_OUT_OF_RANGE' }),
    'a text',
    undefined,
  ])('is nothing where a bug was thrown: %s', (error) => {
    expect(describeIn(error, { wasReached: true, peer: '8x8' })).toBeUndefined()
  })

  test('that we have found ourselves is said in our words', () => {
    const fault = new Fault('has cut its answer short.')

    expect(describeIn(fault, { wasReached: false, peer: '8x8' })).toBe(fault)
  })
})
