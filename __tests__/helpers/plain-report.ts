import Big from 'big.js'

/**
 * The report of an export as plainly as can be, from the contract and not from src: all text in
 * memory, one object for each row, decimals by big.js.
 */
export function plainReport(files: readonly string[]): unknown {
  const tables = files.map(readTable)
  const has = (column: string): boolean => tables.every(({ names }) => names.includes(column))
  const rows = tables.flatMap((table) => table.rows)
  const good = rows.filter((row): row is Row => row !== undefined)
  const outbound = good.filter(({ direction }) => direction === 'outbound')
  const delivered = outbound.filter(isDelivered)
  const groups = (read: (row: Row) => string): Record<string, unknown> =>
    Object.fromEntries(
      [...groupBy(good, read)].map(([name, members]) => [name, groupOf(members, has)]),
    )
  const counts = (read: (row: Row) => string, members = good): Record<string, number> =>
    Object.fromEntries([...groupBy(members, read)].map(([name, { length }]) => [name, length]))
  const rate =
    outbound.length === 0
      ? null
      : Number(new Big(delivered.length).div(outbound.length).round(4, Big.roundHalfUp))
  return {
    ...groupOf(good, has),
    unreadable: rows.length - good.length,
    ...(has('status_value') && { deliveryRate: rate }),
    directions: { outbound: 0, inbound: 0, ...counts(({ direction }) => direction) },
    ...(has('status_value') && { statuses: counts(({ status }) => status) }),
    ...(has('status_errorcode') && {
      errors: counts(
        ({ error }) => error,
        good.filter(({ error }) => !['', '0'].includes(error.trim())),
      ),
    }),
    ...(has('createdat') && { days: groups(({ day }) => day) }),
    ...(has('country') && { countries: groups(({ country }) => country) }),
    ...(has('operator') && { operators: groups(({ operator }) => operator) }),
  }
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
  error: string
  day: string
  parts: number
  currency: string
  price: Big | undefined
}

function groupOf(rows: readonly Row[], has: (column: string) => boolean): object {
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
    ...(has('status_value') && { delivered: rows.filter(isDelivered).length }),
    ...(has('price_total') && { cost }),
  }
}

function isDelivered({ direction, status }: Row): boolean {
  return direction === 'outbound' && ['delivered', 'read'].includes(status.toLowerCase())
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
  const named = (name: string): string => (isBlank(cell(name)) ? 'unknown' : cell(name))
  const parts = cell('smscount').trim()
  const price = cell('price_total').trim()
  if (!/^(\d{1,9}(\.0*)?)?$/.test(parts) || (price !== '' && !isNumber(price))) return undefined
  return {
    direction: names.includes('direction') ? directionOf(cell('direction').trim()) : 'outbound',
    country: named('country'),
    operator: named('operator'),
    status: named('status_value'),
    error: cell('status_errorcode'),
    day: dayOf(cell('createdat').trim()),
    parts: Number(parts),
    currency: named('price_currency'),
    price: price === '' ? undefined : new Big(price.replace('+', '')),
  }
}

function isBlank(text: string): boolean {
  return /^[\t-\r ]*$/.test(text)
}

function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?$/i.test(text)
}

function directionOf(text: string): string {
  const words: Record<string, string> = { 1: 'outbound', 0: 'inbound' }
  const word = words[text] ?? text.toLowerCase()
  return ['outbound', 'inbound'].includes(word) ? word : 'unknown'
}

/** By arithmetic on the clock, and the calendar of Date.UTC. */
function dayOf(text: string): string {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|([+-])(\d\d):?(\d\d))?)?$/.exec(
      text,
    )
  if (!match) return 'unknown'
  const [year, month, date, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  if (hour > 23 || minute > 59 || second > 59) return 'unknown'
  const midnight = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, date))
  if (midnight.getUTCMonth() + 1 !== month || midnight.getUTCDate() !== date) return 'unknown'
  const [, , , , , , , sign, hours = 0, minutes = 0] = match
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  const instant = midnight.getTime() + (hour * 60 + minute - offset) * 60_000
  return new Date(instant).toISOString().slice(0, 10)
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
