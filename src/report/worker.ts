// The thread that reads a file while it is written, so that the download waits for neither the
// figures nor the hash.
import { parentPort } from 'node:worker_threads'
import { FileFollower, type Order } from './file-reading.js'

/** For small files, which are read without a thread. */
export { FileFollower }

const follower = new FileFollower()

parentPort?.on('message', (order: Order) => {
  if (order.kind === 'ended') parentPort?.postMessage(follower.end(order))
  else follower.take(order)
})
