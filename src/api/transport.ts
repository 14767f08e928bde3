import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Fault } from './connection-fault.js'
import { Exchange, type ExchangeOptions, type HttpRequest } from './exchange.js'

/** An answer of the API is at most this long; a file is not read here. */
const MAX_ANSWER_BYTES = 1_048_576

/** Even an answer that never falls silent has an end. */
const MAX_ANSWER_MS = 600_000

/** A whole answer, not yet looked at; an error's body may be missing, its status is enough. */
export interface ApiAnswer {
  readonly httpStatus: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type TransportOptions = Omit<ExchangeOptions, 'signal'>

/** Sends one request once. Rejects with a ConnectionError where no whole answer came. */
export type Transport = (request: HttpRequest, signal: AbortSignal) => Promise<ApiAnswer>

/** The API's answers, whole and of bounded length, or a rejection: never a part, never nothing. */
export function createTransport(options: TransportOptions): Transport {
  return async (request, signal) => {
    const exchange = new Exchange(request, { ...options, signal })
    const totalMs = Math.max(MAX_ANSWER_MS, 2 * options.requestTimeoutMs)
    const total = options.clock.countdown(totalMs, () => {
      exchange.giveUp(new Fault(`has not ended its answer after ${totalMs / 1_000} s.`))
    })
    try {
      const message = await exchange.open()
      return await readAnswer(message, exchange, signal)
    } finally {
      total.stop()
      exchange.end()
    }
  }
}

/** The answer whose head has come, with its body; of an error the head is enough. */
export async function readAnswer(
  message: IncomingMessage,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const httpStatus = message.statusCode ?? 0
  const { headers } = message
  try {
    return { httpStatus, headers, body: await readBody(message, exchange) }
  } catch (error) {
    // What an error says is good to have; that it is one, its status has already said.
    if (httpStatus >= 400 && !signal.aborted) return { httpStatus, headers, body: '' }
    throw exchange.toConnectionError(error)
  }
}

async function readBody(message: IncomingMessage, exchange: Exchange): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    exchange.heard()
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) {
      throw new Fault(`has sent more than ${MAX_ANSWER_BYTES} bytes, which no answer is long.`, {
        permanent: true,
      })
    }
    chunks.push(chunk)
  }
  if (!message.complete) throw new Fault('has cut its answer short.')
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
}
