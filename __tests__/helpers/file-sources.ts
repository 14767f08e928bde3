import type { ExportClient } from '../../src/api/client.js'
import type { FetchOptions, FileSink } from '../../src/api/transfer.js'

/** What one fetch does. */
export type Delivery = (sink: FileSink, options: FetchOptions) => Promise<void>

export interface RecordedSource extends Pick<ExportClient, 'fetch'> {
  /** The links that were fetched, in their order. */
  readonly fetched: string[]
  /** The most fetches that went on at once. */
  most: number
}

/** Files come as it is said for each link; of others the link itself is the content. */
export function sourceOf(deliveries: Readonly<Record<string, Delivery>> = {}): RecordedSource {
  let running = 0
  const source: RecordedSource = {
    fetched: [],
    most: 0,
    async fetch(link, sink, options) {
      source.fetched.push(link)
      running += 1
      source.most = Math.max(source.most, running)
      try {
        await (deliveries[link] ?? deliver(link))(sink, options)
      } finally {
        running -= 1
      }
    },
  }
  return source
}

/** A delivery of this text, in one piece. */
export function deliver(text: string): Delivery {
  return async (sink, { onProgress }) => {
    // As over a wire, the others get their turn.
    await new Promise((resolve) => setImmediate(resolve))
    await sink.write(Buffer.from(text))
    onProgress(sink.position, text.length)
  }
}

/** A delivery that begins, and then fails or ends with the signal. */
export function failWith(error?: Error): Delivery {
  return async (sink, { signal }) => {
    await sink.write(Buffer.from('half a fi'))
    if (error) throw error
    await new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason)
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  }
}
