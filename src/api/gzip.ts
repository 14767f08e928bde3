import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'
import { Fault } from './connection-fault.js'

/**
 * The bytes of a body that was packed with gzip, in one part or several. node:zlib ends where a
 * part is followed by something else, and drops the rest, a damaged part among it: here that is a
 * fault, as no byte is to get lost.
 */
export async function* unpackGzip(message: IncomingMessage): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  let received = 0
  message.on('data', (chunk: Buffer) => {
    received += chunk.length
  })
  message.once('error', (error) => gunzip.destroy(error))
  message.once('aborted', () => gunzip.destroy(new Fault('has cut the file short.')))
  // An error after the end has no one else to hear it, and would end the process.
  gunzip.on('error', () => undefined)
  yield* message.pipe(gunzip) as AsyncIterable<Buffer>
  if (gunzip.bytesWritten !== received || message.readableLength > 0) {
    throw new Fault('has sent something after the end of the packed file.')
  }
}
