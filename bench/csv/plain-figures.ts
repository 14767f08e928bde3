/** The columns that figures are made from, by their places in the sandbox's files. */
export const PLACES = {
  direction: 2,
  country: 3,
  operator: 4,
  status: 7,
  errorCode: 9,
  createdAt: 15,
  parts: 16,
  currency: 17,
  price: 19,
} as const

/** Of one day, country or operator; money in units of the last decimal by currency. */
export interface PlainGroup {
  records: number
  parts: number
  delivered: number
  readonly costs: Map<string, number>
}

/** The report's figures with no thought for hostile files: what all contestants have to find. */
export class PlainFigures {
  readonly total = createGroup()
  readonly directions = new Map<string, number>()
  readonly statuses = new Map<string, number>()
  readonly errors = new Map<string, number>()
  readonly days = new Map<string, PlainGroup>()
  readonly countries = new Map<string, PlainGroup>()
  readonly operators = new Map<string, PlainGroup>()

  add(fields: readonly string[]): void {
    const at = (column: keyof typeof PLACES): string => fields[PLACES[column]] ?? ''
    const status = at('status')
    const parts = Number(at('parts'))
    const cost = unitsOf(at('price'))
    const isDelivered = at('direction') === '1' && (status === 'delivered' || status === 'read')
    increment(this.directions, at('direction'))
    increment(this.statuses, status)
    const errorCode = at('errorCode')
    if (errorCode !== '' && errorCode !== '0') increment(this.errors, errorCode)
    for (const group of [
      this.total,
      groupOf(this.days, at('createdAt').slice(0, 10)),
      groupOf(this.countries, at('country')),
      groupOf(this.operators, at('operator')),
    ]) {
      group.records += 1
      group.parts += parts
      if (isDelivered) group.delivered += 1
      const currency = at('currency')
      group.costs.set(currency, (group.costs.get(currency) ?? 0) + cost)
    }
  }
}

/** A line by which two readings of the same file can be told to agree. */
export function fingerprint(figures: PlainFigures): string {
  const { total, directions, statuses, errors, days, countries, operators } = figures
  const groups = [days, countries, operators].map((map) => [...map].map(describeGroup).toSorted())
  // The report says "unknown" where a field is blank, and the API where it knows no status.
  const named = (map: ReadonlyMap<string, number>) =>
    [...map].map(([name, count]) => [name || 'unknown', count]).toSorted()
  const counts = [directions, statuses, errors].map(named)
  return JSON.stringify([describeGroup(['', total]), counts, groups])
}

export function createGroup(): PlainGroup {
  return { records: 0, parts: 0, delivered: 0, costs: new Map() }
}

function describeGroup([name, { records, parts, delivered, costs }]: readonly [
  string,
  PlainGroup,
]) {
  const money = [...costs].filter(([, cost]) => cost > 0).toSorted()
  return `${name}: ${records} ${parts} ${delivered} ${money.join(' ')}`
}

/** The sandbox's prices have seven decimals at most. */
export const DECIMALS = 7

function unitsOf(text: string): number {
  return Math.round(Number(text) * 10 ** DECIMALS)
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function groupOf(groups: Map<string, PlainGroup>, name: string): PlainGroup {
  const known = groups.get(name)
  if (known !== undefined) return known
  const created = createGroup()
  groups.set(name, created)
  return created
}
