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

/** A certificate of its own authority for the names given, good for a day. */
export async function createCertificate(...names: string[]): Promise<Certificate> {
  const [commonName = ''] = names
  const { private: key, cert } = await generate([{ name: 'commonName', value: commonName }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
    ],
    notAfterDate: new Date(Date.now() + 86_400_000),
  })
  const folder = mkdtempSync(path.join(tmpdir(), 'certificate-'))
  const file = path.join(folder, 'ca.pem')
  writeFileSync(file, cert)
  return { key, cert, file, remove: () => rmSync(folder, { recursive: true }) }
}
