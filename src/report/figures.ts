import type { Decimal } from './decimal.js'

/**
 * The version of the figures in report-file. Raise it when a list below changes: a file of another
 * version is refused, because figures that it does not have cannot be added up.
 */
export const REPORT_VERSION = 2

/** The columns that the figures are made from (docs/api.md#csv-columns). */
export const COLUMNS = [
  'direction',
  'country',
  'operator',
  'source',
  'status_value',
  'status_details',
  'status_errorcode',
  'status_timestamp',
  'createdat',
  'smscount',
  'price_currency',
  'price_total',
] as const

export type Column = (typeof COLUMNS)[number]

/** The name for what a record does not say. */
export const UNKNOWN = 'unknown'

/** The name under which all names that have no room are counted together. */
export const OTHER = 'other'

/**
 * What records are grouped by. A group is defined by its entry alone: reading records, counting,
 * adding up, writing report-file, checking it when it is read, and the outputs all go over this list.
 */
export const GROUPS = {
  days: { column: 'createdat', names: 'day', of: 'all' },
  hours: { column: 'createdat', names: 'hour', of: 'all' },
  countries: { column: 'country', names: 'text', of: 'all' },
  operators: { column: 'operator', names: 'text', of: 'all' },
  senders: { column: 'source', names: 'text', of: 'outbound' },
} as const satisfies Record<string, GroupRule>

interface GroupRule {
  readonly column: Column
  /** What its names are: the column's text, or the UTC day or hour of its time. */
  readonly names: 'text' | 'day' | 'hour'
  /** Which records it counts. */
  readonly of: 'all' | 'outbound'
}

export type GroupName = keyof typeof GROUPS
export const GROUP_NAMES = Object.keys(GROUPS) as GroupName[]

/** What is counted in each group and in all records, in the report's order. */
export const MEASURES = {
  records: { kind: 'count', columns: [] },
  outbound: { kind: 'count', columns: [] },
  parts: { kind: 'count', columns: ['smscount'] },
  delivered: { kind: 'count', columns: ['status_value'] },
  pending: { kind: 'count', columns: ['status_value'] },
  cost: { kind: 'money', columns: ['price_total'] },
  timeToDeliver: { kind: 'times', columns: ['status_value', 'status_timestamp', 'createdat'] },
} as const satisfies Record<string, { kind: keyof Kinds; columns: readonly Column[] }>

/** A measure's value as data. */
interface Kinds {
  readonly count: number
  readonly money: Cost
  readonly times: Buckets
}

export type MeasureName = keyof typeof MEASURES
export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[]

/** Amounts by currency, as exact decimals: `{"EUR": "41.2175"}`. */
export type Cost = Readonly<Record<string, string>>

/** How many times lie in each bucket (sketch.ts): `[bucket, count, bucket, count, …]`, ascending. */
export type Buckets = readonly number[]

/** Counts of records by one name. */
export const COUNTS = {
  directions: { columns: [], nameOf: ({ direction }) => direction },
  statuses: { columns: ['status_value'], nameOf: ({ status }) => status },
  /** Of outbound records only. */
  outboundStatuses: {
    columns: ['status_value'],
    nameOf: ({ status, isOutbound }) => (isOutbound ? status : undefined),
  },
  errors: { columns: ['status_errorcode'], nameOf: ({ errorCode }) => errorCode },
  /** Who confirmed delivered records: `recipient` (the handset), or only the `operator`. */
  confirmations: {
    columns: ['status_value', 'status_details'],
    nameOf: ({ confirmedBy }) => confirmedBy,
  },
} as const satisfies Record<string, CountRule>

interface CountRule {
  readonly columns: readonly Column[]
  readonly nameOf: (record: SmsRecord) => string | undefined
}

type CountName = keyof typeof COUNTS
export const COUNT_NAMES = Object.keys(COUNTS) as CountName[]

/** Counts of records by several names together. */
export const TABLES = {
  /** Outbound records that ended, and not as delivered. */
  failures: {
    by: ['country', 'operator', 'error'],
    columns: ['country', 'operator', 'status_value', 'status_errorcode'],
    takes: ({ isFailed }) => isFailed,
  },
  /** Outbound records. */
  routes: {
    by: ['country', 'operator'],
    columns: ['country', 'operator', 'status_value'],
    takes: ({ isOutbound }) => isOutbound,
  },
} as const satisfies Record<string, TableRule>

interface TableRule {
  readonly by: readonly (keyof typeof TABLE_KEYS)[]
  readonly columns: readonly Column[]
  readonly takes: (record: SmsRecord) => boolean
}

/** A record's names in a table. */
export const TABLE_KEYS = {
  country: ({ names }: SmsRecord) => names.countries ?? UNKNOWN,
  operator: ({ names }: SmsRecord) => names.operators ?? UNKNOWN,
  error: ({ errorCode }: SmsRecord) => errorCode ?? UNKNOWN,
} as const

export type TableName = keyof typeof TABLES
export const TABLE_NAMES = Object.keys(TABLES) as TableName[]

/** A row of a table; `error` is there only if the table counts by it. */
export type Row<T extends TableName = TableName> = Readonly<
  Record<(typeof TABLES)[T]['by'][number], string>
> & { readonly records: number; readonly delivered: number }

/**
 * Counts of records that a notice reports: those that cannot be read, delivered ones without a
 * price, and those without a time, if their file has the column.
 */
export const NOTED = ['unreadable', 'unpriced', 'undated'] as const

/**
 * What is counted of one record, except its times. Names are in latin1, one character per byte.
 */
export interface SmsRecord {
  /** Its name in each group; undefined in days and hours, and where it does not count. */
  readonly names: Readonly<Record<GroupName, string | undefined>>
  readonly isOutbound: boolean
  readonly direction: string
  readonly status: string
  /** Only outbound records are delivered, pending or failed. */
  readonly isDelivered: boolean
  readonly isPending: boolean
  readonly isFailed: boolean
  readonly confirmedBy: 'recipient' | 'operator' | undefined
  /** Undefined if there was no error. */
  readonly errorCode: string | undefined
  /** Its `status_timestamp` is the time of delivery. */
  readonly isTimed: boolean
  readonly parts: number
  readonly currency: string
  /** Undefined if the file gives none. */
  readonly price: Decimal | undefined
}

export type Named<T> = Readonly<Record<string, T>>

/** All measures of one group, or of all records. */
export type Measures = {
  readonly [M in MeasureName]: Kinds[(typeof MEASURES)[M]['kind']]
}

/**
 * The figures of one file, one export or several exports, as plain data that can be added up. A
 * thread sends them, and a report-file holds them. In a column that its file lacks, a record counts
 * as blank.
 */
export type Figures = Measures & {
  readonly [N in (typeof NOTED)[number]]: number
} & {
  readonly [C in CountName]: Named<number>
} & {
  readonly [T in TableName]: readonly Row<T>[]
} & {
  readonly [G in GroupName]: Named<Measures>
} & {
  /** The first and the last `createdat`, epoch ms; null if there is none. */
  readonly span: readonly [firstMs: number, lastMs: number] | null
  /** Columns that no file has: figures that need them are not shown. */
  readonly missing: readonly Column[]
  /** The maps with so many names that some are counted together as `other`. */
  readonly crowded: readonly string[]
}

/** A group without the measures that need a missing column. */
export type ShownMeasures = Pick<Measures, 'records' | 'outbound'> & Partial<Measures>

/** Figures for a page or an output, without those that need a missing column. */
export type ShownFigures = ShownMeasures &
  Pick<Figures, 'unreadable' | 'directions' | 'missing'> &
  Partial<Omit<Figures, MeasureName | GroupName>> & {
    readonly [G in GroupName]?: Named<ShownMeasures>
  }

/** If records span no more than this, they are counted by hour as well. */
const MAX_HOURS_SPAN_MS = 48 * 3_600_000

/** The figures that may be shown: half a figure would look like a whole one. */
export function shownOf(figures: Figures): ShownFigures {
  const has = (columns: readonly Column[]): boolean =>
    !columns.some((column) => figures.missing.includes(column))
  const measures = MEASURE_NAMES.filter((name) => has(MEASURES[name].columns))
  const counts = COUNT_NAMES.filter((name) => has(COUNTS[name].columns))
  const tables = TABLE_NAMES.filter((name) => has(TABLES[name].columns))
  const groups = GROUP_NAMES.filter(
    (name) => has([GROUPS[name].column]) && (name !== 'hours' || hasHours(figures.span)),
  )
  const shown = (group: Measures) => pick(group, measures)
  return {
    ...pick(figures, [...measures, ...counts, ...tables, ...NOTED, 'span', 'missing', 'crowded']),
    ...Object.fromEntries(groups.map((name) => [name, mapMembers(figures[name], shown)])),
  } as ShownFigures
}

/** Only the measures of all records. */
export function measuresOf(shown: ShownFigures): ShownMeasures {
  return pick(shown, MEASURE_NAMES)
}

/** Whether the records are close enough together to be counted by hour. */
export function hasHours(span: Figures['span']): boolean {
  return span === null || span[1] - span[0] <= MAX_HOURS_SPAN_MS
}

/**
 * Delivered of outbound records, from 0 to 1, not rounded: what is rounded twice is wrong. Null if
 * no record is outbound, undefined if no status is known.
 */
export function exactRateOf({ delivered, outbound }: ShownMeasures): number | null | undefined {
  if (delivered === undefined) return undefined
  return outbound === 0 ? null : delivered / outbound
}

/** A member for each of these names. */
export function mapNames<N extends string, T>(
  names: readonly N[],
  create: (name: N) => T,
): Record<N, T> {
  return Object.fromEntries(names.map((name) => [name, create(name)])) as Record<N, T>
}

/** The same members, each changed. */
export function mapMembers<T, U>(members: Named<T>, change: (member: T) => U): Record<string, U> {
  return mapNames(Object.keys(members), (name) => change(members[name] as T))
}

export function pick<T extends object, K extends keyof T & string>(
  from: T,
  names: readonly K[],
): Pick<T, K> {
  return mapNames(names, (name) => from[name]) as Pick<T, K>
}
