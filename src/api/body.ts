import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import { Fault } from './connection-fault.js'
import { codingsOf } from './headers.js'

/** The bytes of a body as they were before it was packed. */
export function bodyOf(message: IncomingMessage): AsyncIterable<Buffer> {
  return codingsOf(message.headers).length === 0 ? message : unpack(message)
}

/**
 * After a packed part, node:zlib ignores what it cannot read, even a damaged second part. Here that is
 * a fault, because no byte may be lost.
 */
async function* unpack(message: IncomingMessage): AsyncGenerator<Buffer> {
  // Loaded here because few bodies are packed: it takes as long as loading node:http.
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib')
  if (message.destroyed) throw new Fault('has cut its answer short.')
  const makers: Record<string, () => ReturnType<typeof createGunzip>> = {
    gzip: createGunzip,
    'x-gzip': createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  }
  const unpackers = codingsOf(message.headers).map((coding) => {
    const unpacker = makers[coding]?.()
    if (unpacker) return unpacker
    throw new Fault(`has packed its answer in a way that cannot be unpacked (${coding}).`)
  })
  let received = 0
  message.on('data', (chunk: Buffer) => {
    received += chunk.length
  })
  let bytes: Readable = message
  // An error of any of these streams reaches the reader of the last one.
  for (const unpacker of unpackers.toReversed()) bytes = pipeline(bytes, unpacker, () => undefined)
  try {
    yield* bytes
  } catch (error) {
    // A body of no bytes is empty, not broken.
    if (received > 0) throw error
  }
  if (unpackers.at(-1)?.bytesWritten !== received || message.readableLength > 0) {
    throw new Fault('has sent something after the end of the packed bytes.')
  }
}

/** A page may begin with blank lines, so this many bytes are searched for what follows them. */
const MAX_BLANK_BYTES = 65_536

const BYTE_ORDER_MARK = '\xef\xbb\xbf'

/** What was sent instead of a CSV file, in words for a message. */
export type Impostor = 'a page' | 'JSON' | 'an archive' | 'packed bytes' | 'a PDF document'

/** The first bytes of files that are not text. Packed ones are those without a content-encoding. */
const SIGNATURES: readonly (readonly [bytes: string, Impostor])[] = [
  ['PK\x03\x04', 'an archive'],
  ['7z\xbc\xaf\x27\x1c', 'an archive'],
  ['Rar!', 'an archive'],
  ['\x1f\x8b', 'packed bytes'],
  ['BZh', 'packed bytes'],
  ['\xfd7zX', 'packed bytes'],
  ['\x28\xb5\x2f\xfd', 'packed bytes'],
  ['%PDF', 'a PDF document'],
]

/** What a body is by its content-type; undefined where it may be a CSV file. */
export function impostorByType(contentType = ''): Impostor | undefined {
  if (/^application\/(.+\+)?json/i.test(contentType)) return 'JSON'
  return /^(text\/html|application\/xhtml)/i.test(contentType) ? 'a page' : undefined
}

/**
 * A function that takes a file chunk by chunk, and returns what its first bytes show if it is no CSV
 * file. It looks on while they are blank, because a page may arrive byte by byte.
 */
export function createSniffer(): (chunk: Buffer) => Impostor | undefined {
  let seen: string | undefined = ''
  return (chunk) => {
    if (seen === undefined) return undefined
    const beginning = seen + chunk.subarray(0, MAX_BLANK_BYTES).toString('latin1')
    const text = beginning.startsWith(BYTE_ORDER_MARK) ? beginning.slice(3) : beginning
    const [first] = text.trimStart()
    const isBlank = first === undefined && beginning.length < MAX_BLANK_BYTES
    seen = isBlank || beginning.length <= BYTE_ORDER_MARK.length ? beginning : undefined
    const signature = SIGNATURES.find(([bytes]) => beginning.startsWith(bytes))
    if (signature) return signature[1]
    if (first === '<') return 'a page'
    return first === '{' || first === '[' ? 'JSON' : undefined
  }
}
