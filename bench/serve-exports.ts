// The cheapest server of exports: one block of real rows, sent again and again.
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type RepeatedCsv, repeatedCsv } from './csv-block.ts'
import { EMPTY_JOB, type ExportOrder, type ExportReady } from './export-order.ts'

const JOB_ID = 'F1T6z9C5tW2QV1pdMzO9xpMXrYEmfnvqORGqpePJGpgzjTJ80TSaZEE7aX2wrgix'
const MESSAGES = '/api/v1/subaccounts/acme_sg/messages'

// No server is left behind where the benchmark is broken off.
process.once('disconnect', () => process.exit())
process.once('message', (order: ExportOrder) => {
  const csv = repeatedCsv(order.bytesPerFile, 'acme_sg')
  let links: string[] = []
  const listener: http.RequestListener = (request, response) => {
    request.resume()
    answer(request, response, { csv, links })
  }
  const server = order.certificate
    ? https.createServer(order.certificate, listener)
    : http.createServer(listener)
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    // A certificate is for a name.
    const url = order.certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`
    links = Array.from({ length: order.files }, (_, at) => `${url}${MESSAGES}/download/${at}`)
    process.send?.({
      url,
      links,
      bytesPerFile: csv.bytes,
      recordsPerFile: csv.records,
    } satisfies ExportReady)
  })
})

interface Served {
  readonly csv: RepeatedCsv
  readonly links: readonly string[]
}

function answer(
  { method, url = '' }: http.IncomingMessage,
  response: http.ServerResponse,
  { csv, links }: Served,
): void {
  if (method === 'POST') sendJson(response, 202, { jobId: JOB_ID })
  else if (method === 'DELETE') response.writeHead(204).end()
  else if (url.endsWith(`/exports/${EMPTY_JOB}`)) sendJson(response, 200, { status: 'empty' })
  else if (url.startsWith(`${MESSAGES}/exports/`)) {
    sendJson(response, 200, {
      status: 'succeeded',
      data: links,
      expires: '2099-01-01T00:00:00.00Z',
    })
  } else sendCsv(response, csv)
}

function sendJson(response: http.ServerResponse, httpStatus: number, body: object): void {
  response.writeHead(httpStatus, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function sendCsv(response: http.ServerResponse, csv: RepeatedCsv): void {
  response.writeHead(200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-length': csv.bytes,
    etag: '"bench"',
  })
  pipeline(Readable.from(chunksOf(csv), { objectMode: false }), response).catch(() => {
    response.destroy()
  })
}

function* chunksOf({ header, block, times }: RepeatedCsv): Generator<Buffer> {
  yield header
  for (let time = 0; time < times; time++) yield block
}
