import { describe, expect, test } from 'vitest'
import { describeFault, Fault } from '../../src/api/connection-fault.js'

const systemError = (code: string): Error =>
  Object.assign(new Error(`connect ${code} 10.1.2.3 /secret`), { code })

describe('what went wrong on the wire', () => {
  test.each([
    ['ECONNREFUSED', 'refused the connection (ECONNREFUSED).'],
    ['ENOTFOUND', 'has no address: its name could not be resolved (ENOTFOUND).'],
    ['EAI_AGAIN', 'has no address now: its name could not be resolved (EAI_AGAIN).'],
    ['ECONNRESET', 'closed the connection before its answer was whole (ECONNRESET).'],
    ['EPIPE', 'closed the connection before its answer was whole (EPIPE).'],
    ['ETIMEDOUT', 'could not be reached in time (ETIMEDOUT).'],
    ['EHOSTUNREACH', 'could not be reached from this runner (EHOSTUNREACH).'],
    ['ENETUNREACH', 'could not be reached from this runner (ENETUNREACH).'],
    ['HPE_INVALID_CONSTANT', 'answered with something other than HTTP (HPE_INVALID_CONSTANT).'],
    ['EMFILE', 'could not be spoken to (EMFILE).'],
  ])('%s may pass: %s', (code, message) => {
    const fault = describeFault(systemError(code))

    expect(fault.message).toBe(message)
    expect(fault.permanent).toBe(false)
  })

  test.each([
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('%s stays: the certificate is not trusted', (code) => {
    const fault = describeFault(systemError(code))

    expect(fault.message).toBe(
      `has a TLS certificate that is not trusted here (${code}). Behind a proxy with its own certificate authority, set NODE_EXTRA_CA_CERTS on the runner.`,
    )
    expect(fault.permanent).toBe(true)
  })

  test.each(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER'])(
    '%s stays: there is no common TLS',
    (code) => {
      const fault = describeFault(systemError(code))

      expect(fault.message).toBe(
        `could not agree on TLS (${code}). Check the address and its port.`,
      )
      expect(fault.permanent).toBe(true)
    },
  )

  test.each([
    new Error('https://secret.example/path'),
    Object.assign(new Error('x'), { code: 'https://secret.example' }),
    Object.assign(new Error('x'), { code: 42 }),
    'a text',
    undefined,
  ])('that says nothing of use is not shown', (error) => {
    expect(describeFault(error).message).toBe('could not be spoken to.')
  })

  const PROXY = "could not be reached: this runner's proxy (https_proxy)"
  const tunnel = 'tunneling socket could not be established, '

  test.each([
    [`${tunnel}statusCode=403`, `${PROXY} answered 403.`, false],
    [`${tunnel}statusCode=502`, `${PROXY} answered 502.`, false],
    [
      `${tunnel}statusCode=407`,
      `${PROXY} wants a user and a password (407). Write it like http://user:password@proxy.example.com:3128.`,
      true,
    ],
    [
      `${tunnel}cause=connect ECONNREFUSED 10.1.2.3:3128`,
      `${PROXY} refused the connection (ECONNREFUSED).`,
      false,
    ],
    [
      `${tunnel}cause=getaddrinfo ENOTFOUND proxy.example`,
      `${PROXY} has no address: its name could not be resolved (ENOTFOUND).`,
      false,
    ],
    [`${tunnel}cause=socket hang up`, `${PROXY} did not answer as a proxy does.`, false],
    ['got illegal response body from proxy', `${PROXY} did not answer as a proxy does.`, false],
  ])('on the way to a proxy (%s) is said of the proxy', (message, words, permanent) => {
    const fault = describeFault(Object.assign(new Error(message), { code: 'ECONNRESET' }))

    expect(fault.message).toBe(words)
    expect(fault.permanent).toBe(permanent)
  })

  test('that we have found ourselves is said in our words', () => {
    const fault = new Fault('has cut its answer short.')

    expect(describeFault(fault)).toBe(fault)
  })
})
