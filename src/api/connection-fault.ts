import { systemCodeOf } from '../errors.js'

/** What went wrong on the wire, said of the server: "has cut its answer short". */
export class Fault extends Error {
  override name = 'Fault'
  /** Trying again would meet the same. */
  readonly permanent: boolean
  /** The server took no connection, and has read nothing of what was sent. */
  readonly unread: boolean
  /** What a proxy asks for. */
  readonly retryAfterMs: number | undefined

  constructor(
    message: string,
    {
      permanent = false,
      unread = false,
      retryAfterMs,
    }: { permanent?: boolean; unread?: boolean; retryAfterMs?: number | undefined } = {},
  ) {
    super(message)
    this.permanent = permanent
    this.unread = unread
    this.retryAfterMs = retryAfterMs
  }
}

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

/**
 * Faults of a certificate, which stay, whatever was reached before; with what to do. All are of the
 * handshake. With TLS 1.3 a client takes that for ended before the server has looked at the client's
 * certificate, and hears of its refusal when it has sent its request (RFC 8446, 4.4.2.4).
 */
const BY_CERTIFICATE: readonly (readonly [RegExp, string, string])[] = [
  [
    /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE)|alert number (42|116)\b/i,
    'wants a certificate of its client, and these actions have none',
    'Check the address: the API itself asks for a key alone.',
  ],
  [
    /CERT_HAS_EXPIRED/,
    'has a TLS certificate that has expired',
    "Tell whoever runs it, and check this runner's clock.",
  ],
  [
    /CERT_NOT_YET_VALID/,
    'has a TLS certificate that is not valid yet',
    "Check this runner's clock, and tell whoever runs the server.",
  ],
  [
    /ALTNAME_INVALID|HOSTNAME_MISMATCH/,
    'has a TLS certificate for another name',
    'Check the address, and what stands between it and this runner.',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|ISSUER|ERR_TLS_|DEPTH_ZERO/,
    'has a TLS certificate that is not trusted here',
    'Behind a proxy with its own certificate authority, set NODE_EXTRA_CA_CERTS on the runner.',
  ],
]

/**
 * What an error of Node.js says about a server, without its own words: those name paths and
 * addresses. Codes are those of Node.js and of OpenSSL. A host that was reached before speaks TLS:
 * what breaks that then is the wire.
 */
export function describeFault(error: unknown, { wasReached }: { wasReached: boolean }): Fault {
  if (error instanceof Fault) return error
  const code = codeOf(error)
  const known = BY_CODE[code]
  if (known) return new Fault(`${known} (${code}).`)
  if (/^Z_/.test(code)) {
    return new Fault(`has packed its answer in a way that cannot be unpacked (${code}).`)
  }
  if (/^HPE_/.test(code)) return new Fault(`answered with something other than HTTP (${code}).`)
  const alert = code === 'EPROTO' && error instanceof Error ? error.message : ''
  for (const [pattern, what, advice] of BY_CERTIFICATE) {
    if (pattern.test(code) || pattern.test(alert.slice(0, 1_000))) {
      return new Fault(`${what} (${code}). ${advice}`, { permanent: true, unread: true })
    }
  }
  if (/^EPROTO$|^ERR_SSL_/.test(code)) {
    return wasReached
      ? new Fault(`broke the TLS connection (${code}).`)
      : new Fault(`could not agree on TLS (${code}). Check the address and its port.`, {
          permanent: true,
        })
  }
  return new Fault(`gave a network error${code && ` (${code})`}.`)
}

/** A code is a word in capitals; anything else in its place is not shown. */
function codeOf(error: unknown): string {
  const code = systemCodeOf(error)
  return /^[A-Z][A-Z0-9_]{0,60}$/.test(code) ? code : ''
}
