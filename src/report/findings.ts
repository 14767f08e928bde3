import { mayHoldPhoneNumber } from '../sanitize.js'
import type { FileFigures } from './file-reading.js'
import { COLUMNS, type Column, UNKNOWN } from './record.js'
import { type Figures, toFigures } from './report.js'
import { Tally } from './tally.js'

/** What one file is, beside its figures. */
export interface FileFacts {
  readonly name: string
  readonly bytes: number
  /** In hexadecimal. */
  readonly sha256: string
  readonly records: number
  readonly unreadable: number
  /** The line, from 1, of the first record that makes no sense. */
  readonly firstUnreadableLine: number | undefined
}

/** All that the files of an export have told, as plain data. */
export interface Findings {
  readonly figures: Figures
  readonly files: readonly FileFacts[]
  /** Columns that at least one of the files lacks. */
  readonly missing: readonly Column[]
  /** Maps in which some names count together, there are so many. */
  readonly crowded: readonly string[]
  /** Delivered records without a price. */
  readonly unpriced: number
}

/** What the files of one export come to together, in their order. */
export function toFindings(files: readonly (readonly [name: string, FileFigures])[]): Findings {
  const tally = new Tally()
  for (const [, file] of files) tally.addAll(file.tally, nameToPutOut)
  const missing = COLUMNS.filter((column) =>
    files.some(([, file]) => file.missing.includes(column)),
  )
  const unreadable = files.reduce((sum, [, file]) => sum + file.unreadable, 0)
  return {
    figures: toFigures({ tally, unreadable, missing }),
    files: files.map(([name, file]) => factsOf(name, file)),
    missing,
    crowded: crowdedMaps([tally, ...files.map(([, file]) => file.tally)]),
    unpriced: tally.unpriced,
  }
}

export function factsOf(name: string, file: FileFigures): FileFacts {
  const { bytes, sha256, tally, unreadable, firstUnreadableLine } = file
  return { name, bytes, sha256, records: tally.total.records, unreadable, firstUnreadableLine }
}

/** Maps in which some names count together, in one of the tallies at least. */
export function crowdedMaps(tallies: readonly Tally[]): string[] {
  const maps = ['statuses', 'errors', 'days', 'countries', 'operators'] as const
  const crowded: string[] = maps.filter((map) => tallies.some((tally) => tally[map].hasMore))
  const costs = tallies.flatMap(({ total, days, countries, operators }) => [
    total.costs,
    ...[days, countries, operators].flatMap((groups) =>
      groups.entries().map(([, { costs }]) => costs),
    ),
  ])
  return costs.some(({ hasMore }) => hasMore) ? [...crowded, 'cost'] : crowded
}

/**
 * A name in UTF-8, as the file has it: files are read in latin1, a character for each byte. One with
 * a person's number in it, as where columns were mixed up, is none.
 */
function nameToPutOut(text: string): string {
  const name = Buffer.from(text, 'latin1').toString('utf8')
  return mayHoldPhoneNumber(name) ? UNKNOWN : name
}
