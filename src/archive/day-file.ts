import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough, type Transform } from 'node:stream'
import { StepError } from '../errors.js'
import { CsvReader, type CsvRecord } from '../report/csv.js'
import { detectFormat, type FileFormat } from '../report/csv-format.js'
import type { Figures } from '../report/figures.js'
import { FileReading } from '../report/file-reading.js'
import { Times } from '../report/times.js'
import { DayPart } from './day-part.js'
import { figuresOfDay } from './day-reports.js'
import { type Day, endOf, startOf } from './days.js'
import type { ArchivedFile, Compression } from './manifest.js'
import { RecordCopy } from './records.js'

/** Blocks of this size are packed, so that the file does not depend on how the bytes arrive. */
const BLOCK_BYTES = 262_144

/** No header is longer. */
const MAX_HEADER_BYTES = 65_536

/** Records nearer to the day are left out: the export asks for a second more at both ends. */
const LEFT_OUT_WITHIN_MS = 2_000

const LF = 0x0a
const TIME_COLUMN = 'createdat'

/**
 * gzip's level, and the byte of its header that names the operating system, which is overwritten.
 */
const LEVEL = 6
const SYSTEM_BYTE = 9
const UNKNOWN_SYSTEM = 255

/** Takes a file's bytes; a promise has to be awaited before the next call. */
interface Output {
  write(chunk: Buffer): Promise<void> | undefined
}

/** A day's file that is done. */
export interface DayContent {
  readonly file: ArchivedFile
  readonly figures: Figures
  /** Records of other days that were kept. */
  readonly ofOtherDays: number
}

/** What the header of an export's files says. */
interface Header {
  /** In latin1, without a byte order mark, and without its end. */
  readonly line: string
  readonly lineEnd: string
  readonly columns: readonly string[]
  readonly format: FileFormat
  /** The place of `createdat`, from 0. */
  readonly timePlace: number
}

interface DayFileOptions {
  readonly day: Day
  readonly compression: Compression
  readonly output: Output
}

/**
 * The file of one day, made from the files of its export in one pass. It has their records byte for
 * byte under one header, without those of the seconds around the day. What cannot be read stays.
 * The same input gives the same bytes.
 */
export class DayFile {
  readonly #options: DayFileOptions
  readonly #packer: Transform
  readonly #hash: Hash = createHash('sha256')
  readonly #packed: Promise<void>
  readonly #reading = new FileReading()
  readonly #times = new Times()
  #header: Header | undefined
  /** Bytes of the file that are not packed yet. */
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #isLineOpen = false
  #bytes = 0
  #ofOtherDays = 0

  static async create(options: DayFileOptions): Promise<DayFile> {
    return new DayFile(options, await createPacker(options.compression))
  }

  private constructor(options: DayFileOptions, packer: Transform) {
    this.#options = options
    this.#packer = packer
    this.#packed = this.#save()
    // `end` and `#pack` report its failure.
    this.#packed.catch(() => undefined)
  }

  /** Takes the next file of the export; the one before has to have ended. */
  nextPart(name: string): DayPart {
    let head = Buffer.alloc(0)
    let copy: RecordCopy | undefined
    return new DayPart(name, {
      push: (bytes) => {
        if (copy) {
          copy.push(bytes)
          return this.#handOn()
        }
        head = Buffer.concat([head, bytes])
        const end = head.indexOf(LF) + 1
        if (end === 0 && head.length <= MAX_HEADER_BYTES) return undefined
        copy = this.#begin(name, head.subarray(0, end || head.length))
        copy.push(head.subarray(end || head.length))
        return this.#handOn()
      },
      end: () => {
        copy ??= this.#begin(name, head)
        copy.end()
        return this.#handOn()
      },
    })
  }

  /** To be called after the last part; resolves when the output has all bytes. */
  async end(): Promise<DayContent> {
    await this.#pack(Buffer.concat(this.#waiting))
    this.#packer.end()
    await this.#packed
    const { compression } = this.#options
    const { columns = [], format } = this.#header ?? {}
    const delimiter = format?.delimiter ?? ','
    const sha256 = this.#hash.digest('hex')
    return {
      file: { compression, bytes: this.#bytes, sha256, columns, delimiter },
      figures: figuresOfDay(this.#reading),
      ofOtherDays: this.#ofOtherDays,
    }
  }

  /** Ends early. */
  discard(): void {
    this.#packer.destroy()
  }

  /** The first part's header is the file's. */
  #begin(name: string, bytes: Buffer): RecordCopy {
    const header = readHeader(name, bytes)
    const { line, lineEnd, format, timePlace } = header
    if (this.#header === undefined) {
      this.#header = header
      this.#append(Buffer.from(line + lineEnd, 'latin1'))
    } else if (line !== this.#header.line) {
      throw new StepError(
        `The file ${name} has a different header row from the first file of its export, so the two cannot become one file. Export the day again with refresh; if that changes nothing, ask 8x8 support.`,
      )
    }
    let isOpen = this.#isLineOpen
    return new RecordCopy(bytes, {
      format,
      isLeftOut: (record) => this.#isOfNeighbour(record, timePlace),
      onBytes: (stays) => {
        // The file before has no end of its last line.
        if (isOpen) this.#append(Buffer.from(lineEnd))
        isOpen = false
        this.#append(stays)
      },
    })
  }

  /** Whether a record lies outside the day, and no further than the export asks beyond it. */
  #isOfNeighbour(record: CsvRecord, timePlace: number): boolean {
    const { day } = this.#options
    const text = record.text(timePlace)
    // All but a few records, without a closer look.
    if (text.startsWith(day) && text.endsWith('Z')) return false
    const instant = this.#times.parse(text.trim())
    const outsideMs = Math.max(startOf(day) - instant, instant - endOf(day))
    const isInside = instant >= startOf(day) && instant < endOf(day)
    if (Number.isNaN(instant) || isInside) return false
    if (outsideMs >= LEFT_OUT_WITHIN_MS) this.#ofOtherDays += 1
    return outsideMs < LEFT_OUT_WITHIN_MS
  }

  #append(bytes: Buffer): void {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    this.#isLineOpen = bytes[bytes.length - 1] !== LF
  }

  /** Packs the full blocks; undefined if there is none. */
  #handOn(): Promise<void> | undefined {
    if (this.#waitingBytes < BLOCK_BYTES) return undefined
    const bytes = Buffer.concat(this.#waiting)
    this.#waitingBytes = bytes.length % BLOCK_BYTES
    const end = bytes.length - this.#waitingBytes
    this.#waiting = [bytes.subarray(end)]
    return this.#pack(bytes.subarray(0, end))
  }

  async #pack(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
      const block = bytes.subarray(at, at + BLOCK_BYTES)
      const hasRoom = this.#packer.write(block)
      // While another thread packs.
      this.#reading.push(block)
      if (!hasRoom) await Promise.race([once(this.#packer, 'drain'), this.#packed])
    }
  }

  async #save(): Promise<void> {
    for await (const chunk of this.#packer as AsyncIterable<Buffer>) {
      if (this.#bytes === 0 && this.#options.compression === 'gzip') {
        chunk[SYSTEM_BYTE] = UNKNOWN_SYSTEM
      }
      this.#bytes += chunk.length
      this.#hash.update(chunk)
      await this.#options.output.write(chunk)
    }
  }
}

async function createPacker(compression: Compression): Promise<Transform> {
  // Room for a block while the one before is packed.
  const writableHighWaterMark = 2 * BLOCK_BYTES
  if (compression === 'none') return new PassThrough({ writableHighWaterMark })
  // A run with nothing to export does not load it.
  const { createGzip } = await import('node:zlib')
  return createGzip({ level: LEVEL, chunkSize: 65_536, writableHighWaterMark } as object)
}

function readHeader(name: string, bytes: Buffer): Header {
  const format = detectFormat(bytes, true)
  const oddness = oddnessOf(format)
  if (format === undefined || 'looksLike' in format || oddness !== undefined) {
    throw new StepError(
      `The file ${name} ${oddness}. An archive takes SMS logs with a column ${TIME_COLUMN}, in UTF-8, a record to a line: ask 8x8 support for such exports. The download action takes more forms.`,
    )
  }
  const text = bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '')
  const line = text.replace(/\r?\n$/, '')
  const columns = columnsOf(bytes, format)
  const timePlace = columns.findIndex((column) => column.toLowerCase() === TIME_COLUMN)
  if (timePlace >= 0) return { line, lineEnd: text.slice(line.length), columns, format, timePlace }
  throw new StepError(
    `The file ${name} has no column ${TIME_COLUMN}, so it is not known which of its records are of the day. Ask 8x8 support for exports with that column.`,
  )
}

/** Why records cannot be taken from a file byte for byte, if they cannot. */
function oddnessOf(format: ReturnType<typeof detectFormat>): string | undefined {
  if (format === undefined || 'looksLike' in format) return `is ${format?.looksLike}`
  if (format.encoding !== 'utf-8') return `is in ${format.encoding.toUpperCase()}`
  return format.lineEnd === '\r' ? 'ends its lines with CR alone' : undefined
}

function columnsOf(header: Buffer, format: FileFormat): string[] {
  let columns: string[] = []
  const nothing = () => undefined
  const take = (names: readonly string[]) => {
    columns = names.map((column) => Buffer.from(column, 'latin1').toString().trim())
  }
  const reader = new CsvReader({ header: take, record: nothing, unreadable: nothing }, format)
  reader.push(header)
  reader.end()
  return columns
}
