import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

const DAY_MS = 86_400_000

export const LOG_HEADER =
  'umid,direction,country,operator,status_value,status_timestamp,source,createdat,smscount,price_currency,price_total,body\r\n'

/** A message as the server knows it. */
export interface Message {
  /** As the file has it, in UTC. */
  readonly createdat: string
  readonly country?: string
  readonly operator?: string
  readonly status?: string
  readonly body?: string
}

/** What the server is asked: `day` is that of the job, or of the file's. */
export interface HistoryRequest {
  readonly kind: 'start' | 'read' | 'cancel' | 'file'
  readonly day: string
  /** From 1, of this kind and day. */
  readonly count: number
}

/** An answer in place of the usual one: an HTTP status and a body, or a connection that is cut. */
export type Odd = { readonly status: number; readonly body: string } | 'cut' | undefined

export interface HistoryOptions {
  /** The messages of a day, in any order. */
  readonly messagesOf: (day: string) => readonly Message[]
  /** What the header Date says, in epoch ms; the real time if not given. */
  readonly now?: () => number
  /** How many times a job is read before it is over. */
  readonly polls?: number
  /** The files of each export. */
  readonly parts?: number
  /** Whether a message at `to` itself is of the export. */
  readonly isToTakenIn?: boolean
  readonly react?: (request: HistoryRequest) => Odd
  /** Holds an answer back: that to a start when the job is there, a file after its first half. */
  readonly hold?: (request: HistoryRequest) => Promise<unknown> | undefined
  /** Ms that a file's bytes take, in a few pieces. */
  readonly fileMs?: number
}

export interface HistoryApi {
  readonly url: string
  readonly requests: readonly HistoryRequest[]
  /** When each request came, in epoch ms. */
  readonly times: readonly number[]
  /** Jobs that are neither over nor cancelled. */
  readonly running: () => number
  close(): Promise<void>
}

interface Job {
  readonly from: number
  readonly to: number
  readonly day: string
  reads: number
  isOver: boolean
}

/** So many messages of a day, at fixed times, some of them at its very ends. */
export function messagesOfDay(day: string, count: number, more: Partial<Message> = {}): Message[] {
  return Array.from({ length: count }, (_, index) => {
    const isLast = index === count - 1 && count > 1
    const ms = isLast ? DAY_MS - 1 : Math.floor((index * DAY_MS) / count)
    const createdat = new Date(Date.parse(`${day}T00:00:00Z`) + ms).toISOString()
    return { createdat, ...more }
  })
}

/** An API with a history: an export has the messages of its window, whatever that is. */
export async function startHistoryApi(options: HistoryOptions): Promise<HistoryApi> {
  const jobs = new Map<string, Job>()
  const requests: HistoryRequest[] = []
  const times: number[] = []
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = ''
    for await (const chunk of request) body += chunk
    const [, kindText, id = ''] =
      /messages\/(exports|download)\/?(.*)$/.exec(request.url ?? '') ?? []
    const window = request.method === 'POST' ? JSON.parse(body) : undefined
    const jobId = id.split('~')[0] ?? ''
    const day = window ? dayOfWindow(window) : (jobs.get(jobId)?.day ?? '')
    const kind =
      kindText === 'download'
        ? 'file'
        : request.method === 'POST'
          ? 'start'
          : request.method === 'DELETE'
            ? 'cancel'
            : 'read'
    const count = requests.filter((one) => one.kind === kind && one.day === day).length + 1
    requests.push({ kind, day, count })
    times.push(Date.now())
    const job = jobs.get(jobId)
    const odd = options.react?.({ kind, day, count })
    if (odd === 'cut') {
      response.destroy()
      return
    }
    response.setHeader('date', new Date(options.now?.() ?? Date.now()).toUTCString())
    if (odd) {
      if (job && kind === 'read' && odd.status === 200) job.isOver = !/running/.test(odd.body)
      const type = kind === 'file' && odd.status === 200 ? 'text/csv' : undefined
      send(response, odd.status, odd.body, type)
    } else if (kind === 'start') {
      const name = `job-${jobs.size + 1}-${day}`
      jobs.set(name, {
        from: Date.parse(window.from),
        to: Date.parse(window.to),
        day,
        reads: 0,
        isOver: false,
      })
      await options.hold?.({ kind, day, count })
      send(response, 202, JSON.stringify({ jobId: name }))
    } else if (!job) {
      send(response, 404, JSON.stringify({ code: 4018, message: 'Invalid jobId' }))
    } else if (kind === 'cancel') {
      job.isOver = true
      response.writeHead(204).end()
    } else if (kind === 'read') {
      send(response, 200, JSON.stringify(read(job, jobId)))
    } else {
      await sendFile(response, fileOf(job, Number(id.split('~')[1])), { kind, day, count })
    }
  }

  const read = (job: Job, jobId: string): object => {
    job.reads += 1
    if (job.reads <= (options.polls ?? 0)) return { status: 'running' }
    job.isOver = true
    if (rowsOf(job).length === 0) return { status: 'empty' }
    const data = Array.from(
      { length: options.parts ?? 1 },
      (_, part) =>
        `${url}/api/v1/subaccounts/acme_sg/messages/download/${jobId}~${part}~t0ken-0123456789`,
    )
    return { status: 'succeeded', data, expires: '2027-01-01T00:00:00Z' }
  }

  const rowsOf = ({ from, to }: Job): string[] => {
    const rows: string[] = []
    for (let at = Math.floor(from / DAY_MS) * DAY_MS; at <= to; at += DAY_MS) {
      for (const message of options.messagesOf(new Date(at).toISOString().slice(0, 10))) {
        const sent = Date.parse(message.createdat)
        if (sent < from || sent > to || (sent === to && !options.isToTakenIn)) continue
        rows.push(rowOf(message))
      }
    }
    return rows
  }

  const fileOf = (job: Job, part: number): Buffer => {
    const rows = rowsOf(job)
    const perPart = Math.ceil(rows.length / (options.parts ?? 1))
    return Buffer.from(LOG_HEADER + rows.slice(part * perPart, (part + 1) * perPart).join(''))
  }

  const sendFile = async (
    response: ServerResponse,
    file: Buffer,
    request: HistoryRequest,
  ): Promise<void> => {
    response.writeHead(200, { 'content-type': 'text/csv', 'content-length': file.length })
    const pieces = options.fileMs ? 4 : options.hold ? 2 : 1
    const length = Math.ceil(file.length / pieces)
    for (let piece = 0; piece < pieces; piece++) {
      if (options.fileMs)
        await new Promise((resolve) => setTimeout(resolve, (options.fileMs ?? 0) / 4))
      response.write(file.subarray(piece * length, (piece + 1) * length))
      if (piece === 0) await options.hold?.(request)
    }
    response.end()
  }

  return {
    url,
    requests,
    times,
    running: () => [...jobs.values()].filter(({ isOver }) => !isOver).length,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** The day in the middle of what is asked for. */
function dayOfWindow({ from, to }: { from: string; to: string }): string {
  return new Date((Date.parse(from) + Date.parse(to)) / 2).toISOString().slice(0, 10)
}

/** The same message is the same row, whichever export it is in. */
function rowOf(message: Message): string {
  const {
    createdat,
    country = 'SG',
    operator = 'Singtel',
    status = 'delivered',
    body = 'hi',
  } = message
  const done = status === 'delivered' ? new Date(Date.parse(createdat) + 3_000).toISOString() : ''
  return `${createdat}-${country},1,${country},${operator},${status},${done},ACME,${createdat},1,EUR,0.0446592,${body}\r\n`
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'application/json',
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
