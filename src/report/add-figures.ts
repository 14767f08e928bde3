import { DecimalSum, formatDecimal, parseDecimal } from './decimal.js'
import type { Cost, GroupFigures } from './report.js'

/** The figures of no record at all. */
export const NO_FIGURES: GroupFigures = { records: 0, outbound: 0 }

/** The figures of two groups together; what neither knows is left out. */
export function addFigures(a: GroupFigures, b: GroupFigures): GroupFigures {
  const parts = addKnown(a.parts, b.parts)
  const delivered = addKnown(a.delivered, b.delivered)
  const cost = a.cost && b.cost ? addCosts(a.cost, b.cost) : (a.cost ?? b.cost)
  return {
    records: a.records + b.records,
    outbound: a.outbound + b.outbound,
    ...(parts !== undefined && { parts }),
    ...(delivered !== undefined && { delivered }),
    ...(cost && { cost }),
  }
}

function addKnown(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0)
}

/** Exactly, and never across currencies. */
function addCosts(a: Cost, b: Cost): Cost {
  const sums = new Map<string, DecimalSum>()
  for (const [currency, amount] of [...Object.entries(a), ...Object.entries(b)]) {
    const sum = sums.get(currency) ?? new DecimalSum()
    const parsed = parseDecimal(amount)
    if (parsed) sum.add(parsed)
    sums.set(currency, sum)
  }
  return Object.fromEntries(
    [...sums].map(([currency, sum]) => [currency, formatDecimal(sum.total())]),
  )
}
