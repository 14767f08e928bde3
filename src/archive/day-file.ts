import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { PassThrough, type Transform } from 'node:stream'
import { StepError } from '../errors.js'
import { detectFormat } from '../report/csv-format.js'
import type { Figures } from '../report/figures.js'
import { FileReading } from '../report/file-reading.js'
import { Times } from '../report/times.js'
import { DayPart } from './day-part.js'
import { figuresOfDay } from './day-reports.js'
import { type Day, endOf, startOf } from './days.js'
import type { ArchivedFile, Compression } from './manifest.js'
import { fieldsOf, RecordCutter, startOfField } from './records.js'

/** Blocks of this size are packed, so that the file does not depend on how the bytes arrive. */
const BLOCK_BYTES = 262_144

/** No header is longer. */
const MAX_HEADER_BYTES = 65_536

/** Records nearer to the day are left out: the export asks for a second more at both ends. */
const LEFT_OUT_WITHIN_MS = 2_000

const LF = 0x0a
const SPACE = 0x20
const QUOTE = 0x22
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30
const COLON = 0x3a
const T = 0x54
const Z = 0x5a
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
  readonly line: Buffer
  readonly columns: readonly string[]
  readonly delimiter: string
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
  readonly #date: Buffer
  readonly #reading = new FileReading()
  readonly #times = new Times()
  #header: Header | undefined
  #block = Buffer.allocUnsafe(BLOCK_BYTES)
  #filled = 0
  #full: Buffer[] = []
  #isLineOpen = false
  #bytes = 0
  #ofOtherDays = 0

  static async create(options: DayFileOptions): Promise<DayFile> {
    return new DayFile(options, await createPacker(options.compression))
  }

  private constructor(options: DayFileOptions, packer: Transform) {
    this.#options = options
    this.#date = Buffer.from(options.day)
    this.#packer = packer
    this.#packed = this.#save()
    // `end` and `#pack` report its failure.
    this.#packed.catch(() => undefined)
  }

  /** Takes the next file of the export; the one before has to have ended. */
  nextPart(name: string): DayPart {
    let head = Buffer.alloc(0)
    let cutter: RecordCutter | undefined
    return new DayPart(name, {
      push: (bytes) => {
        if (cutter) {
          cutter.push(bytes)
          return this.#handOn()
        }
        head = Buffer.concat([head, bytes])
        const end = head.indexOf(LF) + 1
        if (end === 0 && head.length <= MAX_HEADER_BYTES) return undefined
        cutter = this.#begin(name, head.subarray(0, end || head.length))
        cutter.push(Buffer.from(head.subarray(end || head.length)))
        return this.#handOn()
      },
      end: () => {
        cutter ??= this.#begin(name, head)
        cutter.end()
        return this.#handOn()
      },
    })
  }

  /** To be called after the last part; resolves when the output has all bytes. */
  async end(): Promise<DayContent> {
    this.#full.push(this.#block.subarray(0, this.#filled))
    await this.#handOn()
    this.#packer.end()
    await this.#packed
    const { compression } = this.#options
    const { columns = [], delimiter = ',' } = this.#header ?? {}
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
  #begin(name: string, line: Buffer): RecordCutter {
    const header = readHeader(name, line)
    if (this.#header === undefined) {
      this.#header = header
      this.#append(header.line)
    } else if (!withoutLineEnd(header.line).equals(withoutLineEnd(this.#header.line))) {
      throw new StepError(
        `The file ${name} has a different header row from the first file of its export, so the two cannot become one file. Export the day again with refresh; if that changes nothing, ask 8x8 support.`,
      )
    }
    const { delimiter, columns, timePlace } = header
    const code = delimiter.charCodeAt(0)
    return new RecordCutter(code, (record) => {
      if (this.#isOfDay(record, timePlace, code) || this.#stays(record, columns, timePlace, code)) {
        this.#append(record)
      }
    })
  }

  /** Whether a record lies in the day, by a look at its first bytes; all but a few do. */
  #isOfDay(record: Buffer, timePlace: number, delimiter: number): boolean {
    const start = startOfField(record, timePlace, delimiter)
    if (start < 0) return true
    const date = this.#date
    const at = record[start] === QUOTE ? start + 1 : start
    for (let digit = 0; digit < date.length; digit++) {
      if (record[at + digit] !== date[digit]) return false
    }
    // An offset may make it another day in UTC, but not that of +00:00.
    let end = at + date.length
    while (isPartOfTime(record[end])) end += 1
    if (record[end] === PLUS) {
      end += 1
      while (record[end] === ZERO || record[end] === COLON) end += 1
    }
    return record[end] === Z || record[end] === QUOTE || record[end] === delimiter
  }

  /** The slow look: what is not a whole record, or has no time, stays. */
  #stays(
    record: Buffer,
    columns: readonly string[],
    timePlace: number,
    delimiter: number,
  ): boolean {
    const fields = fieldsOf(record, delimiter)
    // Cut to milliseconds: more digits would round a day's last moment up to the next day.
    const time = fields[timePlace]?.replace(/(:\d\d[.,]\d{3})\d+/, '$1') ?? ''
    const instant = this.#times.parse(time)
    if (fields.length !== columns.length || Number.isNaN(instant)) return true
    const { day } = this.#options
    const isInside = instant >= startOf(day) && instant < endOf(day)
    if (isInside) return true
    const outsideMs = instant < startOf(day) ? startOf(day) - instant : instant - endOf(day)
    if (outsideMs < LEFT_OUT_WITHIN_MS) return false
    this.#ofOtherDays += 1
    return true
  }

  /** A last line without an end gets one where another follows. */
  #append(bytes: Buffer): void {
    if (this.#isLineOpen) this.#copy(lineEndOf(this.#header?.line))
    this.#copy(bytes)
    this.#isLineOpen = bytes[bytes.length - 1] !== LF
  }

  #copy(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) {
      const copied = bytes.copy(this.#block, this.#filled, at)
      at += copied
      this.#filled += copied
      if (this.#filled < BLOCK_BYTES) continue
      this.#full.push(this.#block)
      this.#block = Buffer.allocUnsafe(BLOCK_BYTES)
      this.#filled = 0
    }
  }

  /** Full blocks to the reader and to the packer; undefined where there is none. */
  #handOn(): Promise<void> | undefined {
    const blocks = this.#full
    if (blocks.length === 0) return undefined
    this.#full = []
    return this.#pack(blocks)
  }

  async #pack(blocks: readonly Buffer[]): Promise<void> {
    for (const block of blocks) {
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
  const hasMark = bytes.subarray(0, 3).equals(Buffer.from('\uFEFF'))
  const line = Buffer.from(hasMark ? bytes.subarray(3) : bytes)
  const format = detectFormat(bytes, true)
  const oddness = oddnessOf(format)
  if (format === undefined || 'looksLike' in format || oddness !== undefined) {
    throw new StepError(
      `The file ${name} ${oddness}. An archive takes SMS logs with a column ${TIME_COLUMN}, in UTF-8, a record to a line: ask 8x8 support for such exports. The download action takes more forms.`,
    )
  }
  const { delimiter } = format
  const columns = fieldsOf(line, delimiter.charCodeAt(0))
  const timePlace = columns.findIndex((column) => column.toLowerCase() === TIME_COLUMN)
  if (timePlace >= 0) return { line, columns, delimiter, timePlace }
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

function withoutLineEnd(line: Buffer): Buffer {
  return line.subarray(0, line.length - lineEndOf(line).length)
}

function lineEndOf(line: Buffer | undefined): Buffer {
  const text = line?.toString('latin1', line.length - 2) ?? ''
  return Buffer.from(text.endsWith('\r\n') ? '\r\n' : text.endsWith('\n') ? '\n' : '')
}

/** What stands in a time between its date and its zone. */
function isPartOfTime(code = 0): boolean {
  return (code >= ZERO && code <= COLON) || code === POINT || code === T || code === SPACE
}
