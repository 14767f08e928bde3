import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generate } from 'selfsigned'

export interface Certificate {
  readonly key: string
  readonly cert: string
  /** The certificate as a file, for NODE_EXTRA_CA_CERTS. */
  readonly file: string
  remove(): void
}

const DAY_MS = 86_400_000

/** A certificate of its own authority for the names given, good for a day. */
export function createCertificate(...names: string[]): Promise<Certificate> {
  return createCertificateFor(names)
}

/** The same, good for so many days from that many days on. */
export async function createCertificateFor(
  names: readonly string[],
  { fromDays = 0, days = 1 } = {},
): Promise<Certificate> {
  const [commonName = ''] = names
  const from = Date.now() + fromDays * DAY_MS
  const { private: key, cert } = await generate([{ name: 'commonName', value: commonName }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
    ],
    notBeforeDate: new Date(from),
    notAfterDate: new Date(from + days * DAY_MS),
  })
  const folder = mkdtempSync(path.join(tmpdir(), 'certificate-'))
  const file = path.join(folder, 'ca.pem')
  writeFileSync(file, cert)
  return { key, cert, file, remove: () => rmSync(folder, { recursive: true }) }
}
