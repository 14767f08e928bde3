import { systemCodeOf } from '../errors.js'

interface FaultTraits {
  /** Trying again would fail in the same way. */
  readonly permanent?: boolean
  /** The server has read nothing of what was sent. */
  readonly unread?: boolean
  /** How long a proxy asks to wait. */
  readonly retryAfterMs?: number | undefined
}

/** What went wrong on the wire; the message follows the server's name: "has cut its answer short". */
export class Fault extends Error {
  override name = 'Fault'

  constructor(
    message: string,
    readonly traits: FaultTraits = {},
  ) {
    super(message)
  }
}

/** Whose host it is: 8x8's, another, or the runner's proxy. The advice depends on it. */
export type Peer = '8x8' | 'other' | 'proxy'

const AGAIN = 'If that happens again, check the firewall and the proxies in between.'

const ADVICE = {
  reach: {
    '8x8': 'Allow this host in the firewall, or set https_proxy on the runner.',
    other: 'Check the address and port of api-url, or allow this host in the firewall.',
    proxy: 'Check the address and port in https_proxy.',
  },
  name: {
    '8x8': 'Check the DNS of the runner.',
    other: 'Check api-url, and the DNS of the runner.',
    proxy: 'Check the address in https_proxy, and the DNS of the runner.',
  },
  cut: { '8x8': AGAIN, other: AGAIN, proxy: AGAIN },
} as const satisfies Record<string, Record<Peer, string>>

const BY_CODE: Readonly<Record<string, readonly [what: string, kind: keyof typeof ADVICE]>> = {
  ECONNREFUSED: ['refused the connection', 'reach'],
  ETIMEDOUT: ['could not be reached in time', 'reach'],
  EHOSTUNREACH: ['could not be reached from this runner', 'reach'],
  ENETUNREACH: ['could not be reached from this runner', 'reach'],
  ENOTFOUND: ['has no address: its name could not be resolved', 'name'],
  EAI_AGAIN: ['has no address now: its name could not be resolved', 'name'],
  ECONNRESET: ['closed the connection before its answer was whole', 'cut'],
  EPIPE: ['closed the connection before its answer was whole', 'cut'],
}

/** A connection that was not made in time. */
export function notConnectedWithin(seconds: number, peer: Peer): Fault {
  const advice = ADVICE.reach[peer]
  return new Fault(`took no connection within ${seconds} s (request-timeout). ${advice}`)
}

/**
 * Faults of a certificate, with what to do. They are permanent, even if the host was reached before.
 * The server has read no request then, although with TLS 1.3 a refusal of the client's certificate
 * arrives only after the request was sent (RFC 8446, 4.4.2.4).
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
 * An error of Node.js or OpenSSL as a fault, by its code: its own words name paths and addresses.
 * Undefined for what is not a fault of the connection but a bug. A host that was reached before is
 * known to speak TLS, so a broken TLS connection to it may work the next time.
 */
export function describeFault(
  error: unknown,
  { wasReached, peer }: { wasReached: boolean; peer: Peer },
): Fault | undefined {
  if (error instanceof Fault) return error
  const code = systemCodeOf(error)
  // Node.js gives mistakes in a program a code as well, like ERR_INVALID_ARG_TYPE.
  const isBug = error instanceof TypeError || error instanceof RangeError
  if (isBug || !/^[A-Z][A-Z0-9_]{0,60}$/.test(code)) return undefined
  const [what, kind] = BY_CODE[code] ?? []
  if (kind) return new Fault(`${what} (${code}). ${ADVICE[kind][peer]}`)
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
  return new Fault(`gave a network error (${code}).`)
}
