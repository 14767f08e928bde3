import { StepError } from '../errors.js'
import { isCount, isMembers, type Members } from '../report/report-file.js'
import { quote } from '../sanitize.js'
import { type Day, isDay } from './days.js'

/** The manifest's file in the archive's folder. */
export const MANIFEST = 'datapackage.json'

const PROFILE = 'https://datapackage.org/profiles/2.0/datapackage.json'
const FORMAT = '8x8-sms-log-export/archive'
const VERSION = 1

/** The forms that a day's file can have. */
export const COMPRESSIONS = ['gzip', 'none'] as const
export type Compression = (typeof COMPRESSIONS)[number]

/** Whose messages an archive holds. */
export interface Owner {
  readonly subaccountId: string
  readonly region: string
}

/** A day's file on the disk. */
export interface ArchivedFile {
  readonly compression: Compression
  readonly bytes: number
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly sha256: string
  readonly columns: readonly string[]
  readonly delimiter: string
}

/** What the manifest says of a day. */
export interface ArchivedDay {
  readonly day: Day
  readonly records: number
  /** Records without an end. */
  readonly pending: number
  readonly settled: boolean
  /** When its last export was begun, in epoch milliseconds. */
  readonly exportedAt: number
  /** Undefined for a day without records. */
  readonly file: ArchivedFile | undefined
}

export interface Manifest {
  readonly owner: Owner
  readonly days: Map<Day, ArchivedDay>
  /** Members that somebody else has added: a licence, a title. */
  readonly others: Members
}

/** A day's file, relative to the archive's folder: `data` is a table with Hive's partitions. */
export function dataPath(day: Day, compression: Compression): string {
  return `data/date=${day}/sms.csv${compression === 'gzip' ? '.gz' : ''}`
}

/** The manifest of an archive without a day. */
export function newManifest(owner: Owner): Manifest {
  return { owner, days: new Map(), others: { title: `SMS logs of ${owner.subaccountId}` } }
}

/**
 * The text of a manifest's file, a Data Package 2.0. Each day with records is a resource. The
 * others are a list of their own, because a resource must have data. A day is one line, so that two
 * versions can be compared.
 */
export function formatManifest({ owner, days, others }: Manifest): string {
  const inOrder = [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
  const resources = inOrder.flatMap((entry) => (entry.file ? [toResource(entry, entry.file)] : []))
  const empty = inOrder.filter(({ file }) => file === undefined).map(toMembers)
  const members = [
    ['$schema', JSON.stringify(PROFILE)],
    ['name', '"sms-logs"'],
    ...Object.entries(others).map(([name, value]) => [name, JSON.stringify(value)]),
    ['archive', JSON.stringify({ format: FORMAT, version: VERSION, ...owner })],
    ['resources', formatLines(resources)],
    ['daysWithoutRecords', formatLines(empty)],
  ]
  return `{\n${members.map(([name, text]) => `${JSON.stringify(name)}: ${text}`).join(',\n')}\n}\n`
}

function formatLines(items: readonly unknown[]): string {
  return items.length === 0
    ? '[]'
    : `[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]`
}

function toMembers({ day, records, pending, settled, exportedAt }: ArchivedDay): Members {
  const exported = new Date(exportedAt).toISOString()
  return { date: day, records, pending, settled, exported }
}

function toResource(entry: ArchivedDay, file: ArchivedFile): Members {
  return {
    name: entry.day,
    ...toMembers(entry),
    path: dataPath(entry.day, file.compression),
    bytes: file.bytes,
    hash: `sha256:${file.sha256}`,
    type: 'table',
    format: 'csv',
    encoding: 'utf-8',
    dialect: { delimiter: file.delimiter },
    // Without a type, a field is text.
    schema: { fields: file.columns.map((name) => ({ name })) },
  }
}

/**
 * Reads the text of a manifest's file. Throws a StepError if it cannot be read, is of another
 * version, or has another owner: an archive is never begun anew without a word.
 */
export function parseManifest(text: string, owner: Owner): Manifest {
  const { members, schemas } = parseMembers(text)
  const { $schema, name, archive, resources, daysWithoutRecords, ...others } = members
  if (!isMembers(archive) || archive.format !== FORMAT)
    throw unreadable('it is not an archive of sync')
  if (archive.version !== VERSION) {
    throw unreadable(
      `its version is ${quote(JSON.stringify(archive.version) ?? '')}, and this action reads ${VERSION}: use the version of the action that wrote it`,
    )
  }
  for (const key of ['subaccountId', 'region'] as const) {
    if (archive[key] === owner[key]) continue
    throw unreadable(
      `it is of the ${key === 'region' ? 'region' : 'subaccount'} ${quote(String(archive[key]))}, and this step's is ${quote(owner[key])}: give each its own path`,
    )
  }
  const days = new Map<Day, ArchivedDay>()
  for (const [list, schemasOfFiles] of [
    [resources, schemas],
    [daysWithoutRecords, undefined],
  ] as const) {
    if (!Array.isArray(list)) throw unreadable('a list of days is missing in it')
    for (const item of list) {
      const day = readDay(item, schemasOfFiles)
      if (day === undefined || days.has(day.day)) {
        throw unreadable(`${describeItem(item)} is damaged, or there twice`)
      }
      days.set(day.day, day)
    }
  }
  return { owner, days, others }
}

/** `schemas` is there for a day with a file. */
function readDay(item: unknown, schemas: Schemas | undefined): ArchivedDay | undefined {
  if (!isMembers(item)) return undefined
  const { date, records, pending, settled, exported } = item
  const exportedAt = typeof exported === 'string' ? Date.parse(exported) : Number.NaN
  if (!isDay(date) || !isCount(records) || !isCount(pending)) return undefined
  if (typeof settled !== 'boolean' || Number.isNaN(exportedAt)) return undefined
  const file = schemas && readFile(item, date, schemas)
  if (schemas && file === undefined) return undefined
  return { day: date, records, pending, settled, exportedAt, file }
}

/** Takes only the day's own path, so that nothing outside the archive is read. */
function readFile(item: Members, day: Day, schemas: Schemas): ArchivedFile | undefined {
  const { path, bytes, hash, schema, dialect } = item
  const compression = COMPRESSIONS.find((form) => dataPath(day, form) === path)
  const [, sha256] = /^sha256:([0-9a-f]{64})$/.exec(String(hash)) ?? []
  const columns = typeof schema === 'number' ? schemas[schema] : columnsOf(schema)
  const delimiter = isMembers(dialect) ? dialect.delimiter : ','
  if (compression === undefined || sha256 === undefined || !isCount(bytes)) return undefined
  if (columns === undefined || typeof delimiter !== 'string') return undefined
  return { compression, bytes, sha256, columns, delimiter }
}

function columnsOf(schema: unknown): string[] | undefined {
  const fields = isMembers(schema) && Array.isArray(schema.fields) ? schema.fields : []
  const names = fields.map((field: unknown) => (isMembers(field) ? field.name : undefined))
  return names.every((name) => typeof name === 'string') ? names : undefined
}

/** A schema as `formatManifest` writes it, if JSON escapes none of its names. */
const SCHEMA = /"schema":(\{"fields":\[(?:\{"name":"[^"\\]*"\},?)*\]\})/y

/** How many schemas are parsed only once. Columns rarely change from one day to the next. */
const MAX_SCHEMAS = 8

/** The columns of schemas that many days have. */
type Schemas = readonly (readonly string[] | undefined)[]

/** Most of a long manifest is the same schema, so a number takes its place before it is parsed. */
function parseMembers(text: string): { members: Members; schemas: Schemas } {
  const schemas: (readonly string[] | undefined)[] = []
  let short = text
  try {
    while (schemas.length < MAX_SCHEMAS) {
      SCHEMA.lastIndex = Math.max(0, short.indexOf('"schema":{'))
      const [member, schema] = SCHEMA.exec(short) ?? []
      if (member === undefined || schema === undefined) break
      short = short.replaceAll(member, `"schema":${schemas.length}`)
      schemas.push(columnsOf(JSON.parse(schema)))
    }
    const members: unknown = JSON.parse(short)
    if (!isMembers(members)) return { members: {}, schemas: [] }
    const { resources, daysWithoutRecords, ...others } = members
    // A schema elsewhere belongs to somebody else, and must stay.
    const isElsewhere = JSON.stringify(others).includes('"schema"')
    return isElsewhere ? { members: JSON.parse(text), schemas: [] } : { members, schemas }
  } catch {
    throw unreadable('it is not JSON, as if it had been cut short')
  }
}

function unreadable(reason: string): StepError {
  return new StepError(
    `The archive's manifest, ${MANIFEST}, cannot be used: ${reason}. Nothing was changed. docs/archive.md says how to restore it.`,
  )
}

function describeItem(item: unknown): string {
  return isMembers(item) && isDay(item.date) ? `the day ${item.date}` : 'an entry'
}
