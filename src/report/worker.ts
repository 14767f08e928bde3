// The thread that reads a file while it is written, so that the download waits for neither the
// figures nor the hash. What it reads has just been written, and comes from memory.
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { systemCodeOf } from '../errors.js'
import { FileReading } from './file-reading.js'
import type { Answer, Order } from './reader.js'

const BUFFER_BYTES = 262_144

const buffer = Buffer.allocUnsafe(BUFFER_BYTES)
let descriptor: number | undefined
let reading = new FileReading()

parentPort?.on('message', (order: Order) => {
  switch (order.kind) {
    case 'grew':
      // By now it may have its final name; `ended` brings that.
      descriptor ??= openIfThere(order.path)
      if (descriptor !== undefined) readTo(order.bytes, descriptor)
      return
    case 'restarted':
      reading = new FileReading()
      return
    case 'ended':
      parentPort?.postMessage(end(order))
      return
    default:
      order satisfies never
  }
})

/** An open file can still be renamed or removed: Node.js opens it so on Windows, too. */
function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Reads on to so many bytes; to fewer if the file has been cut since: the next message says so. */
function readTo(bytes: number, from: number): void {
  while (reading.bytes < bytes) {
    const position = reading.bytes
    const length = Math.min(BUFFER_BYTES, bytes - position)
    const read = readSync(from, buffer, { length, position })
    if (read === 0) return
    reading.push(buffer.subarray(0, read))
  }
}

function end({ path, bytes }: { path: string; bytes: number }): Answer {
  descriptor ??= openSync(path, 'r')
  readTo(bytes, descriptor)
  closeSync(descriptor)
  descriptor = undefined
  const ended = reading
  reading = new FileReading()
  if (ended.bytes !== bytes) throw new Error(`${ended.bytes} of ${bytes} bytes were read`)
  const figures = ended.end()
  return ended.foreign ?? figures
}
