import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Reaction } from './wire-server.js'

/** One version of a file as a server has it. */
export interface FileVersion {
  readonly bytes: Buffer
  /** As it stands in the header, undefined for none. */
  readonly etag?: string | undefined
}

/** How a server keeps to Range and If-Range (RFC 9110, 13 and 14), or breaks them. */
export const RANGE_MANNERS = [
  'kept',
  'ignored',
  'kept without If-Range',
  'kept without If-Range and ETag',
  'shifted',
  'from the start',
  'without Content-Range',
  'with another length',
  'in halves',
  'refused with 416',
] as const

export type RangeManner = (typeof RANGE_MANNERS)[number]

export interface AnswerManner {
  readonly ranges?: RangeManner
  readonly framing?: 'length' | 'chunked'
  readonly isPacked?: boolean
}

const longest = new Map<string, Buffer>()

/** A CSV of so many bytes, with its own text in every place. Nobody may write into it. */
export function csvOf(bytes: number, seed = 'a'): Buffer {
  const made = longest.get(seed)
  if (made !== undefined && made.length >= bytes) return made.subarray(0, bytes)
  const lines: string[] = ['umid,body\r\n']
  let length = 11
  for (let index = 0; length < bytes; index++) {
    const line = `${createHash('sha1').update(`${seed}${index}`).digest('hex')},"${seed} ${index}"\r\n`
    lines.push(line)
    length += line.length
  }
  const csv = Buffer.from(lines.join(''))
  longest.set(seed, csv)
  return csv.subarray(0, bytes)
}

/** Head and body of the answer to a request for a file. */
export function fileAnswer(
  request: string,
  { bytes, etag }: FileVersion,
  { ranges = 'kept', framing = 'length', isPacked = false }: AnswerManner = {},
): Buffer {
  const [, from] = /^range: *bytes=(\d+)-\r$/im.exec(request) ?? []
  const [, condition] = /^if-range: *(.*)\r$/im.exec(request) ?? []
  const start = Number(from)
  const isSame = condition === undefined || condition === etag
  const total = bytes.length
  if (from === undefined || ranges === 'ignored') return whole()
  if (ranges === 'refused with 416' || (start >= total && isSame)) {
    return message(416, { 'content-range': `bytes */${total}` }, Buffer.alloc(0), 'length')
  }
  switch (ranges) {
    case 'kept':
      return isSame ? part(start, total) : whole()
    case 'kept without If-Range':
      return start < total ? part(start, total) : whole()
    case 'kept without If-Range and ETag':
      return start < total ? part(start, total, { etag: undefined }) : whole()
    case 'shifted':
      return part(Math.max(0, start - 1), total)
    case 'from the start':
      return part(0, total)
    case 'without Content-Range':
      return part(start, total, { range: undefined })
    case 'with another length':
      return part(start, total, { range: `bytes ${start}-${total - 1}/${total + 1}` })
    case 'in halves':
      return isSame ? part(start, Math.ceil((start + total + 1) / 2)) : whole()
  }

  function whole(): Buffer {
    const body = isPacked ? gzipSync(bytes) : bytes
    return message(200, { etag, 'content-encoding': isPacked ? 'gzip' : undefined }, body, framing)
  }

  function part(
    first: number,
    end: number,
    differing: { etag?: undefined; range?: string | undefined } = {},
  ): Buffer {
    const headers = { etag, 'content-range': `bytes ${first}-${end - 1}/${total}` }
    if ('etag' in differing) headers.etag = undefined
    const { range = headers['content-range'] } = differing
    const given = {
      etag: headers.etag,
      'content-range': 'range' in differing ? differing.range : range,
    }
    return message(206, given, bytes.subarray(first, end), framing)
  }
}

/** The bytes of an answer with a body of any bytes. */
export function message(
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  body: Buffer,
  framing: 'length' | 'chunked' | 'none' = 'length',
): Buffer {
  const framed = {
    'content-type': 'text/csv',
    ...headers,
    ...(framing === 'length' && { 'content-length': String(body.length) }),
    ...(framing === 'chunked' && { 'transfer-encoding': 'chunked' }),
  }
  const lines = Object.entries(framed).flatMap(([name, text]) =>
    text === undefined ? [] : [`${name}: ${text}`],
  )
  const head = Buffer.from([`HTTP/1.1 ${status} Status`, ...lines, '', ''].join('\r\n'))
  return Buffer.concat([head, framing === 'chunked' ? inChunks(body) : body])
}

function inChunks(body: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < body.length; at += 5_000) {
    const piece = body.subarray(at, at + 5_000)
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')])
}

/** What happens to an answer on its way. */
export interface WireFault {
  /** After this share of its bytes, from 0 to 1. */
  readonly at: number
  readonly how: 'cut' | 'reset' | 'stall'
}

/** Sends an answer, up to its fault. */
export function sendBytes(socket: Socket, bytes: Buffer, fault?: WireFault): void {
  if (fault === undefined) {
    socket.end(bytes)
    return
  }
  const begin = bytes.subarray(0, Math.floor(fault.at * bytes.length))
  if (fault.how === 'cut') socket.end(begin)
  else if (fault.how === 'stall') socket.write(begin)
  else if (begin.length === 0) socket.resetAndDestroy()
  else socket.write(begin, () => socket.resetAndDestroy())
}

/** Answers with a file. */
export function sendFile(
  version: FileVersion,
  manner: AnswerManner = {},
  fault?: WireFault,
): Reaction {
  return (socket, request) => sendBytes(socket, fileAnswer(request, version, manner), fault)
}
