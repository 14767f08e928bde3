import { parseDecimal } from './decimal.js'
import { crowdedMaps } from './findings.js'
import type { Column } from './record.js'
import { type Figures, type GroupFigures, toFigures } from './report.js'
import { type Group, Tally } from './tally.js'

/**
 * The figures of several exports together, added one after another. They come to what one report on
 * all files would say, by the same tally and with the same bounds; its memory follows the distinct
 * names, not the exports.
 */
export class MergedFigures {
  readonly #tally = new Tally()
  readonly #missing = new Set<Column>()
  #unreadable = 0

  add(figures: Figures): void {
    addGroup(this.#tally.total, figures)
    this.#unreadable += figures.unreadable
    for (const name of ['directions', 'statuses', 'errors'] as const) {
      for (const [key, count] of Object.entries(figures[name] ?? {}))
        this.#tally[name].at(key).value += count
    }
    for (const name of ['days', 'countries', 'operators'] as const) {
      for (const [key, group] of Object.entries(figures[name] ?? {}))
        addGroup(this.#tally[name].at(key), group)
    }
    for (const column of missingColumns(figures)) this.#missing.add(column)
  }

  /** What one of the exports does not know is left out: half a sum would look like a whole one. */
  total(): Figures {
    return toFigures({
      tally: this.#tally,
      unreadable: this.#unreadable,
      missing: [...this.#missing],
    })
  }

  /** Maps in which some names count together now. */
  get crowded(): readonly string[] {
    return crowdedMaps([this.#tally])
  }
}

function addGroup(group: Group, figures: GroupFigures): void {
  group.records += figures.records
  group.outbound += figures.outbound
  group.parts += figures.parts ?? 0
  group.delivered += figures.delivered ?? 0
  for (const [currency, text] of Object.entries(figures.cost ?? {})) {
    const amount = parseDecimal(text)
    if (amount) group.costs.at(currency).add(amount)
  }
}

/** The columns without which a report has not all figures. */
function missingColumns(figures: Figures): Column[] {
  const { parts, statuses, errors, days, countries, operators, cost } = figures
  const known: readonly [Column, unknown][] = [
    ['smscount', parts],
    ['status_value', statuses],
    ['status_errorcode', errors],
    ['createdat', days],
    ['country', countries],
    ['operator', operators],
    ['price_total', cost],
  ]
  return known.filter(([, figure]) => figure === undefined).map(([column]) => column)
}
