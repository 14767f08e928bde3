import { systemCodeOf } from '../errors.js'

/** What went wrong on the wire, said of the server: "has cut its answer short". */
export class Fault extends Error {
  override name = 'Fault'
  /** Trying again would meet the same. */
  readonly permanent: boolean

  constructor(message: string, { permanent = false } = {}) {
    super(message)
    this.permanent = permanent
  }
}

const UNTRUSTED_CERTIFICATE =
  /CERT|SELF_SIGNED|UNABLE_TO_|ISSUER|ERR_TLS_|DEPTH_ZERO|HOSTNAME_MISMATCH/

const BY_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ENOTFOUND: 'has no address: its name could not be resolved',
  EAI_AGAIN: 'has no address now: its name could not be resolved',
  ECONNRESET: 'closed the connection before its answer was whole',
  EPIPE: 'closed the connection before its answer was whole',
  ETIMEDOUT: 'could not be reached in time',
  EHOSTUNREACH: 'could not be reached from this runner',
  ENETUNREACH: 'could not be reached from this runner',
}

/** How the library's agent for proxies says that it has no tunnel: it has a code of its own for all. */
const NO_TUNNEL =
  /^(?:tunneling socket could not be established, (?:statusCode=(\d{3})$|cause=)|got illegal response body from proxy)/

/**
 * What an error of Node.js says about a server, without its own words: those name paths and
 * addresses. Codes are those of Node.js and of OpenSSL.
 */
export function describeFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  const noTunnel = NO_TUNNEL.exec(error instanceof Error ? error.message : '')
  if (noTunnel) return describeProxyFault(error as Error, noTunnel[1])
  const code = codeOf(error)
  const known = BY_CODE[code]
  if (known) return new Fault(`${known} (${code}).`)
  if (UNTRUSTED_CERTIFICATE.test(code)) {
    return new Fault(
      `has a TLS certificate that is not trusted here (${code}). Behind a proxy with its own certificate authority, set NODE_EXTRA_CA_CERTS on the runner.`,
      { permanent: true },
    )
  }
  if (/^EPROTO$|^ERR_SSL_/.test(code)) {
    return new Fault(`could not agree on TLS (${code}). Check the address and its port.`, {
      permanent: true,
    })
  }
  if (/^Z_/.test(code))
    return new Fault(`has packed its answer in a way that cannot be unpacked (${code}).`)
  if (/^HPE_/.test(code)) return new Fault(`answered with something other than HTTP (${code}).`)
  return new Fault(`could not be spoken to${code && ` (${code})`}.`)
}

/** The server itself has not been reached then. */
function describeProxyFault({ message }: Error, status: string | undefined): Fault {
  const proxy = "could not be reached: this runner's proxy (https_proxy)"
  if (status === '407') {
    return new Fault(
      `${proxy} wants a user and a password (407). Write it like http://user:password@proxy.example.com:3128.`,
      { permanent: true },
    )
  }
  if (status !== undefined) return new Fault(`${proxy} answered ${status}.`)
  const code = /\b(?:E|HPE_)[A-Z_]{4,}\b/.exec(message)?.[0] ?? ''
  const known = BY_CODE[code]
  return new Fault(
    known ? `${proxy} ${known} (${code}).` : `${proxy} did not answer as a proxy does.`,
  )
}

/** A code is a word in capitals; anything else in its place is not shown. */
function codeOf(error: unknown): string {
  const code = systemCodeOf(error)
  return /^[A-Z][A-Z0-9_]{0,60}$/.test(code) ? code : ''
}
