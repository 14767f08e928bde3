import Big from 'big.js'

/**
 * The report of an export as plainly as can be, from download/README.md#the-report and not from src: all text in
 * memory, one object for each row, decimals by big.js.
 */
export function plainReport(files: readonly string[]): unknown {
  const tables = files.map(readTable)
  const rows = tables.flatMap((table) => table.rows)
  const filled = tables.filter((table) => table.rows.length > 0)
  const has = (...columns: string[]): boolean =>
    columns.every(
      (column) => filled.length === 0 || filled.some(({ names }) => names.includes(column)),
    )
  const good = rows.filter((row): row is Row => row !== undefined)
  const outbound = good.filter(({ direction }) => direction === 'outbound')
  const delivered = outbound.filter(isDelivered)
  const groups = (read: (row: Row) => string, members = good): Record<string, unknown> =>
    Object.fromEntries(
      [...groupBy(members, read)].map(([name, group]) => [name, groupOf(group, has)]),
    )
  const counts = (read: (row: Row) => string, members = good): Record<string, number> =>
    Object.fromEntries([...groupBy(members, read)].map(([name, { length }]) => [name, length]))
  const rate =
    outbound.length === 0
      ? null
      : Number(new Big(delivered.length).div(outbound.length).round(4, Big.roundHalfUp))
  const times = good.map(({ created }) => created).filter((time) => time !== undefined)
  const spanMs = Math.max(...times) - Math.min(...times)
  return {
    ...groupOf(good, has),
    unreadable: rows.length - good.length,
    ...(has('status_value') && { deliveryRate: rate }),
    directions: { outbound: 0, inbound: 0, ...counts(({ direction }) => direction) },
    ...(has('status_value') && { statuses: counts(({ status }) => status) }),
    ...(has('status_errorcode') && {
      errors: counts(
        ({ error }) => error,
        good.filter(({ error }) => error !== ''),
      ),
    }),
    ...(has('status_value', 'status_errorcode', 'country', 'operator') && {
      failures: failuresOf(outbound),
    }),
    ...(has('createdat') && { days: groups(({ created }) => nameOfTime(created, 10)) }),
    ...(has('createdat') &&
      !(spanMs > 48 * 3_600_000) && { hours: groups(({ created }) => nameOfTime(created, 13)) }),
    ...(has('country') && { countries: groups(({ country }) => country) }),
    ...(has('operator') && { operators: groups(({ operator }) => operator) }),
    ...(has('source') && { senders: groups(({ sender }) => sender, outbound) }),
  }
}

/** The 20 largest, those of one size by their names. */
function failuresOf(outbound: readonly Row[]): unknown[] {
  const failed = outbound.filter((row) => !isDelivered(row) && !isPending(row))
  const keyOf = ({ country, operator, error }: Row): string =>
    JSON.stringify([country, operator, error || 'unknown'])
  return [...groupBy(failed, keyOf)]
    .map(([key, { length }]) => {
      const [country, operator, error] = JSON.parse(key) as [string, string, string]
      return { country, operator, error, records: length }
    })
    .sort((a, b) => {
      const names = (row: typeof a): string => [row.country, row.operator, row.error].join('\0')
      return b.records - a.records || (names(a) < names(b) ? -1 : 1)
    })
    .slice(0, 20)
}

/**
 * The same with each percentile in place of its true value, for a comparison: a percentile may be
 * 1 % off, so one that is near enough is taken for the true one.
 */
export function withTruePercentiles(report: unknown, truth: unknown): unknown {
  if (typeof report !== 'object' || report === null || Array.isArray(report)) return report
  return Object.fromEntries(
    Object.entries(report).map(([name, member]) => {
      const own = (truth as Record<string, unknown> | null | undefined)?.[name]
      const isNear =
        /^p\d\d$/.test(name) && Math.abs(Number(member) - Number(own)) <= 0.01 * Number(own) + 1e-3
      return [name, isNear ? own : withTruePercentiles(member, own)]
    }),
  )
}

/** A value as one text, whatever the order of its members. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))
      : member,
  )
}

interface Row {
  direction: string
  country: string
  operator: string
  status: string
  sender: string
  /** Empty where there is none. */
  error: string
  /** Epoch ms. */
  created: number | undefined
  /** Seconds that it took to be delivered. */
  took: number | undefined
  parts: number
  currency: string
  price: Big | undefined
}

function groupOf(rows: readonly Row[], has: (...columns: string[]) => boolean): object {
  const priced = rows.filter(({ price }) => price !== undefined)
  const cost = Object.fromEntries(
    [...groupBy(priced, ({ currency }) => currency)].map(([currency, members]) => [
      currency,
      members.reduce((sum, { price }) => sum.plus(price ?? 0), new Big(0)).toFixed(),
    ]),
  )
  return {
    records: rows.length,
    ...(has('smscount') && { parts: rows.reduce((sum, { parts }) => sum + parts, 0) }),
    ...(has('status_value') && {
      delivered: rows.filter(isDelivered).length,
      pending: rows.filter(isPending).length,
    }),
    ...(has('price_total') && { cost }),
    ...(has('status_value', 'status_timestamp', 'createdat') && {
      timeToDeliver: percentilesOf(rows),
    }),
  }
}

function percentilesOf(rows: readonly Row[]): object | null {
  const times = rows.flatMap(({ took }) => took ?? []).sort((a, b) => a - b)
  const at = (percent: number) => times[Math.ceil((times.length * percent) / 100) - 1]
  return times.length === 0 ? null : { p50: at(50), p95: at(95), p99: at(99) }
}

function isPending({ direction, status }: Row): boolean {
  const ends = ['delivered', 'read', 'undelivered', 'rejected', 'failed']
  return direction === 'outbound' && !ends.includes(status.trim().toLowerCase())
}

function isDelivered({ direction, status }: Row): boolean {
  return direction === 'outbound' && ['delivered', 'read'].includes(status.trim().toLowerCase())
}

function groupBy(rows: readonly Row[], read: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(read(row), [...(groups.get(read(row)) ?? []), row])
  return groups
}

/** A file's columns, and its records; those that cannot be read are undefined. */
function readTable(text: string): { names: string[]; rows: (Row | undefined)[] } {
  const [header = [], ...records] = readCells(text.replace(/^\uFEFF/, '')).filter(
    (cells) => cells.length > 1 || cells[0] !== '',
  )
  const names = header.map((name) => name.trim().toLowerCase())
  return { names, rows: records.map((cells) => readRow(names, cells)) }
}

function readRow(names: readonly string[], cells: readonly string[]): Row | undefined {
  if (cells.length !== names.length) return undefined
  const cell = (name: string): string => cells[names.indexOf(name)] ?? ''
  const named = (name: string): string =>
    isBlank(cell(name)) || isNumberOfPerson(cell(name)) ? 'unknown' : cell(name)
  const [parts, price] = ['smscount', 'price_total']
    .map((name) => cell(name).trim())
    .map((text) => (isBlank(text) ? '' : text)) as [string, string]
  if (!/^(\d{1,9}(\.0*)?)?$/.test(parts) || (price !== '' && !isNumber(price))) return undefined
  const direction = names.includes('direction') ? directionOf(cell('direction').trim()) : 'outbound'
  const created = timeOf(cell('createdat').trim())
  const ended = timeOf(cell('status_timestamp').trim())
  const took = (ended ?? Number.NaN) - (created ?? Number.NaN)
  const isTimed =
    direction === 'outbound' && cell('status_value').trim().toLowerCase() === 'delivered'
  return {
    direction,
    country: named('country'),
    operator: named('operator'),
    sender: named('source'),
    status: named('status_value'),
    error:
      isBlank(cell('status_errorcode')) || /^\s*0+\s*$/.test(cell('status_errorcode'))
        ? ''
        : named('status_errorcode'),
    created,
    took: isTimed && took >= 0 && took <= 864_000_000 ? took / 1_000 : undefined,
    parts: Number(parts),
    currency: named('price_currency'),
    price: price === '' ? undefined : new Big(price.replace('+', '')),
  }
}

function isNumberOfPerson(text: string): boolean {
  return /^\s*\+?\d{7,15}x*\s*$/.test(text)
}

function isBlank(text: string): boolean {
  const words = ['', '-', '--', 'null', '(null)', 'n/a', '#n/a', '\\n', 'nil', 'none']
  return words.includes(text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, '').toLowerCase())
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?$/i.test(text)
}

function directionOf(text: string): string {
  const words: Record<string, string> = { 1: 'outbound', 0: 'inbound' }
  const word = words[text] ?? text.toLowerCase()
  return ['outbound', 'inbound'].includes(word) ? word : 'unknown'
}

function nameOfTime(time: number | undefined, length: number): string {
  return time === undefined ? 'unknown' : new Date(time).toISOString().slice(0, length)
}

/** By arithmetic on the clock, and the calendar of Date.UTC. */
function timeOf(text: string): number | undefined {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?(?:Z|([+-])(\d\d):?(\d\d)?)?)?$/.exec(
      text,
    )
  if (!match) return undefined
  const [year, month, date, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  if (hour > 23 || minute > 59 || second >= 60) return undefined
  const midnight = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, date))
  if (midnight.getUTCMonth() + 1 !== month || midnight.getUTCDate() !== date) return undefined
  const [, , , , , , , sign, hours = 0, minutes = 0] = match
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  return midnight.getTime() + (hour * 60 + minute - offset) * 60_000 + second * 1_000
}

/** RFC 4180 character by character, with LF or CRLF at a line's end. */
function readCells(text: string): string[][] {
  const rows: string[][] = [['']]
  let isQuoted = false
  const append = (character: string): void => {
    const row = rows.at(-1) as string[]
    row.push((row.pop() ?? '') + character)
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string
    if (isQuoted && character === '"' && text[at + 1] === '"') append(text[at++] as string)
    else if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) append(character)
    else if (character === ',') rows.at(-1)?.push('')
    else if (character === '\n') rows.push([''])
    else if (character !== '\r') append(character)
  }
  return rows
}
