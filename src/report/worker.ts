import { parentPort } from 'node:worker_threads'
import { type ReadingPort, readInThread } from './reading-thread.js'

readInThread(parentPort as ReadingPort)
