import type { Decimal } from './decimal.js'

/**
 * Of what is in report-file. Raise it when a list below changes: a file of another version is
 * refused, as nobody can add up what it does not have.
 */
export const REPORT_VERSION = 2

/** The columns that figures are made from (docs/api.md#csv-columns). */
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

/** For what a record does not say. */
export const UNKNOWN = 'unknown'

/** The name under which the names that have no room count together. */
export const OTHER = 'other'

/**
 * What records are grouped by. This list is all that a group is: records are read, counted, added
 * up, written to report-file, checked when that is read, and put out, by going over it.
 */
export const GROUPS = {
  days: { column: 'createdat', names: 'day' },
  hours: { column: 'createdat', names: 'hour' },
  countries: { column: 'country', names: 'text' },
  operators: { column: 'operator', names: 'text' },
  senders: { column: 'source', names: 'text', of: 'outbound' },
} as const satisfies Record<string, GroupRule>

interface GroupRule {
  readonly column: Column
  /** What its names are: the column's text as it is, or the UTC day or hour of its time. */
  readonly names: 'text' | 'day' | 'hour'
  /** Counts outbound records alone. */
  readonly of?: 'outbound'
}

export type GroupName = keyof typeof GROUPS
export const GROUP_NAMES = Object.keys(GROUPS) as GroupName[]
export const GROUP_RULES: Readonly<Record<GroupName, GroupRule>> = GROUPS

/** What is counted of each group, and of all records, in the report's order. */
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

/** How many records have each name. */
export const COUNTS = {
  directions: { columns: [], nameOf: ({ direction }) => direction },
  statuses: { columns: ['status_value'], nameOf: ({ status }) => status },
  /** Of outbound records alone. */
  outboundStatuses: {
    columns: ['status_value'],
    nameOf: ({ status, isOutbound }) => (isOutbound ? status : undefined),
  },
  errors: { columns: ['status_errorcode'], nameOf: ({ errorCode }) => errorCode },
  /** Who has confirmed delivered records: `recipient` (the handset), or `operator` alone. */
  confirmations: {
    columns: ['status_value', 'status_details'],
    nameOf: ({ confirmedBy }) => confirmedBy,
  },
} as const satisfies Record<string, CountRule>

interface CountRule {
  readonly columns: readonly Column[]
  readonly nameOf: (record: SmsRecord) => string | undefined
}

export type CountName = keyof typeof COUNTS
export const COUNT_NAMES = Object.keys(COUNTS) as CountName[]
export const COUNT_RULES: Readonly<Record<CountName, CountRule>> = COUNTS

/** Records counted by several names together. */
export const TABLES = {
  /** Outbound records with an end other than delivered. */
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
  readonly by: readonly TableKey[]
  readonly columns: readonly Column[]
  readonly takes: (record: SmsRecord) => boolean
}

const [COUNTRY, OPERATOR] = [GROUP_NAMES.indexOf('countries'), GROUP_NAMES.indexOf('operators')]

/** How a record is named in a table. */
export const TABLE_KEYS = {
  country: ({ names }: SmsRecord) => names[COUNTRY] as string,
  operator: ({ names }: SmsRecord) => names[OPERATOR] as string,
  error: ({ errorCode }: SmsRecord) => errorCode ?? UNKNOWN,
} as const

type TableKey = keyof typeof TABLE_KEYS
export type TableName = keyof typeof TABLES
export const TABLE_NAMES = Object.keys(TABLES) as TableName[]
export const TABLE_RULES: Readonly<Record<TableName, TableRule>> = TABLES

/** A row of a table; `error` is there only in one that counts by it. */
export type Row<T extends TableName = TableName> = Readonly<
  Record<(typeof TABLES)[T]['by'][number], string>
> & { readonly records: number; readonly delivered: number }

/**
 * How many records there are that a notice tells of: those that make no sense, delivered ones
 * without a price, and those without a time, where their file has the column.
 */
export const NOTED = ['unreadable', 'unpriced', 'undated'] as const

/**
 * What is counted of one record, but for its times. Names are in latin1, as the file's bytes are.
 */
export interface SmsRecord {
  /** Its name in each of the groups, in the order of `GROUPS`; not in days and hours. */
  readonly names: readonly (string | undefined)[]
  readonly isOutbound: boolean
  readonly direction: string
  readonly status: string
  /** Only outbound records are delivered, pending or failed. */
  readonly isDelivered: boolean
  readonly isPending: boolean
  readonly isFailed: boolean
  readonly confirmedBy: 'recipient' | 'operator' | undefined
  /** Undefined where there was no error. */
  readonly errorCode: string | undefined
  /** Its `status_timestamp` is that of the delivery. */
  readonly isTimed: boolean
  readonly parts: number
  readonly currency: string
  /** Undefined where the file gives none. */
  readonly price: Decimal | undefined
}

export type Named<T> = Readonly<Record<string, T>>

/** All that is counted of one group, or of all records. */
export type Measures = {
  readonly [M in MeasureName]: Kinds[(typeof MEASURES)[M]['kind']]
}

/**
 * The figures of one file, of an export, or of several, as plain data that adds up: what crosses
 * from thread to thread, and what a report-file holds. A record counts as blank in a column that
 * its file lacks.
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
  /** The first and the last `createdat`, epoch ms; null where there is none. */
  readonly span: readonly [firstMs: number, lastMs: number] | null
  /** Columns that none of the files has: what needs them is not to be shown. */
  readonly missing: readonly Column[]
  /** Of those, maps in which some names count together as `other`, there are so many. */
  readonly crowded: readonly string[]
}

/** A group without the measures that need a column that is missing. */
export type ShownMeasures = Pick<Measures, 'records' | 'outbound'> & Partial<Measures>

/** Figures without those that need a column that is missing, for a page or an output. */
export type ShownFigures = ShownMeasures &
  Pick<Figures, 'unreadable' | 'directions' | 'missing'> &
  Partial<Omit<Figures, MeasureName | GroupName>> & {
    readonly [G in GroupName]?: Named<ShownMeasures>
  }

/** Records that span no more are counted by hour as well. */
export const MAX_HOURS_SPAN_MS = 48 * 3_600_000

/** What may be shown: half a figure would look like a whole one. */
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

/** The measures of all records alone. */
export function measuresOf(shown: ShownFigures): ShownMeasures {
  return pick(
    shown,
    MEASURE_NAMES.filter((name) => shown[name] !== undefined),
  )
}

/** Whether records are few hours apart. */
export function hasHours(span: Figures['span']): boolean {
  return span === null || span[1] - span[0] <= MAX_HOURS_SPAN_MS
}

/**
 * Delivered of outbound records as it is, for a page that rounds it in its own way: what is rounded
 * twice is wrong. Null where none is outbound, undefined where no status is known.
 */
export function exactRateOf({ delivered, outbound }: ShownMeasures): number | null | undefined {
  if (delivered === undefined) return undefined
  return outbound === 0 ? null : delivered / outbound
}

export function pick<T extends object, K extends keyof T>(
  from: T,
  names: readonly K[],
): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>
}

/** The same members, each changed. */
export function mapMembers<T, U>(members: Named<T>, change: (member: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, change(member)]))
}
