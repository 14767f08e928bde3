// The thread that reads files while they are written, so that the download waits for neither the
// figures nor the hash.
import { parentPort } from 'node:worker_threads'
import { FileFollower } from './file-reading.js'
import type { Message } from './reader.js'

/** For small files, which are read without a thread. */
export { FileFollower }

const follower = new FileFollower()

parentPort?.on('message', (message: Message) => {
  if (message.kind === 'end') parentPort?.postMessage(follower.end(message.file))
  else if (message.kind === 'handOver') parentPort?.postMessage(follower.handOver())
  else follower.take(message)
})
