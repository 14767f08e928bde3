import { addFigures } from './add-figures.js'
import type { Figures, GroupFigures } from './report.js'

type Named<T> = Readonly<Record<string, T>>

/** As in one report: further names count together. */
const MAX_NAMES = 10_000
const OTHER = 'other'

/** Of both, or of nobody: half a sum would look like a whole one. */
const OPTIONAL = ['parts', 'delivered', 'cost'] as const

/** The figures of several exports together. What one of them does not know is left out. */
export function mergeFigures(all: readonly [Figures, ...Figures[]]): Figures {
  const [first, ...others] = all
  return others.reduce(mergeTwo, first)
}

function mergeTwo(a: Figures, b: Figures): Figures {
  const statuses = mergeNamed(a.statuses, b.statuses, add)
  const errors = mergeNamed(a.errors, b.errors, add)
  const days = mergeNamed(a.days, b.days, mergeGroups)
  const countries = mergeNamed(a.countries, b.countries, mergeGroups)
  const operators = mergeNamed(a.operators, b.operators, mergeGroups)
  return {
    ...mergeGroups(a, b),
    unreadable: a.unreadable + b.unreadable,
    directions: mergeNamed(a.directions, b.directions, add) ?? {},
    ...(statuses && { statuses }),
    ...(errors && { errors }),
    ...(days && { days: inOrder(days) }),
    ...(countries && { countries }),
    ...(operators && { operators }),
  }
}

function mergeGroups(a: GroupFigures, b: GroupFigures): GroupFigures {
  const merged = { ...addFigures(a, b) }
  for (const name of OPTIONAL) {
    if (a[name] === undefined || b[name] === undefined) delete merged[name]
  }
  return merged
}

function mergeNamed<T>(
  a: Named<T> | undefined,
  b: Named<T> | undefined,
  merge: (a: T, b: T) => T,
): Named<T> | undefined {
  if (a === undefined || b === undefined) return undefined
  const merged = new Map(Object.entries(a))
  for (const [name, member] of Object.entries(b)) {
    const key = merged.has(name) || merged.size < MAX_NAMES ? name : OTHER
    const known = merged.get(key)
    merged.set(key, known === undefined ? member : merge(known, member))
  }
  return Object.fromEntries(merged)
}

function add(a: number, b: number): number {
  return a + b
}

function inOrder<T>(members: Named<T>): Record<string, T> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)))
}
