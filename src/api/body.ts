import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import { Fault } from './connection-fault.js'
import { codingsOf } from './headers.js'

/** The bytes of a body as they were before it was packed. */
export function bodyOf(message: IncomingMessage): AsyncIterable<Buffer> {
  return codingsOf(message.headers).length === 0 ? message : unpack(message)
}

/**
 * node:zlib ends where a packed part is followed by something else, and drops the rest, even a damaged
 * part. Here that is a fault, as no byte may be lost.
 */
async function* unpack(message: IncomingMessage): AsyncGenerator<Buffer> {
  // Few answers are packed, and loading this takes as long as all of node:http.
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
  // Whoever reads the last stream meets the errors of all.
  for (const unpacker of unpackers.toReversed()) bytes = pipeline(bytes, unpacker, () => undefined)
  try {
    yield* bytes
  } catch (error) {
    // Nothing at all is an empty body, and no broken one.
    if (received > 0) throw error
  }
  if (unpackers.at(-1)?.bytesWritten !== received || message.readableLength > 0) {
    throw new Fault('has sent something after the end of the packed bytes.')
  }
}

/** A page may begin with blank lines: so far is looked for what comes after them. */
const MAX_BLANK_BYTES = 65_536

const BYTE_ORDER_MARK = '\xef\xbb\xbf'

/** What comes in place of a file, in words for a message. */
export type Impostor = 'a page' | 'JSON' | 'an archive' | 'packed bytes' | 'a PDF document'

/** How files begin that are no text; packed ones are those whose packing nobody has announced. */
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

/** What the type of a body says that it is; undefined where it may be a CSV file. */
export function impostorByType(contentType = ''): Impostor | undefined {
  if (/^application\/(.+\+)?json/i.test(contentType)) return 'JSON'
  return /^(text\/html|application\/xhtml)/i.test(contentType) ? 'a page' : undefined
}

/**
 * Looks at the first bytes of a file, chunk by chunk, while they are blank: a page may come byte by
 * byte. Gives what they show to be no CSV file.
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
