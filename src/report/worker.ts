// The thread that reads files while they are written, so that the download waits for neither the
// figures nor the hash.
import { type MessagePort, parentPort } from 'node:worker_threads'
import { FileFollower } from './file-reading.js'
import type { Message } from './reader.js'

/** For small files, which are read without a thread. */
export { FileFollower }

if (parentPort) follow(parentPort)

function follow(port: MessagePort): void {
  const follower = new FileFollower()
  port.on('message', (message: Message) => {
    if (message.kind === 'end') port.postMessage(follower.end(message.file))
    else if (message.kind === 'handOver') port.postMessage(follower.handOver())
    else follower.take(message)
  })
}
