import type { Archive } from '../archive/archive.js'
import { type Day, formatDays } from '../archive/days.js'
import type { Plan } from '../archive/plan.js'
import type { Unusual } from '../archive/unusual.js'
import { type Figures, type ShownFigures, shownOf } from '../report/figures.js'
import { formatCount } from '../summary/format.js'
import {
  escapeName,
  formatCode,
  formatTable,
  joinBlocks,
  left,
  right,
} from '../summary/markdown.js'
import { formatFigures } from '../summary/page.js'
import type { SyncRequest } from './inputs.js'

/** Signs that the page lists. */
const MAX_ROWS = 50

/** What a run has done. */
export interface Outcome {
  readonly plan: Plan
  /** Data files that were written, absolute. */
  readonly written: readonly string[]
  /** Days that were not there before, and days that were not settled before. */
  readonly added: readonly Day[]
  readonly settled: readonly Day[]
  /** Whether there was anything to export. */
  readonly hasWorked: boolean
  /** Epoch ms by the API's clock. */
  readonly now: number
}

/** Days of the archive, and the figures of those that have a report. */
export interface Period {
  readonly days: readonly Day[]
  readonly count: number
  /** Days that are there, and whose report is not. */
  readonly lacking: readonly Day[]
  readonly figures: Figures
}

interface SyncPage {
  readonly outcome: Outcome
  readonly request: SyncRequest
  readonly archive: Archive
  readonly shown: Period
  readonly before: Period
  readonly unusual: readonly Unusual[]
}

const WORDS: Readonly<Record<Unusual['sign'], (sign: Unusual) => string>> = {
  'volume-spike': ({ value, usual }) =>
    `${formatCount(value)} outbound records, where such a weekday has ${formatCount(usual)}`,
  'country-share': ({ value, usual }) => `${value} % of all outbound records, usually ${usual} %`,
  'operator-share': ({ value, usual }) => `${value} % of its country's, usually ${usual} %`,
  'new-country': ({ value }) =>
    `${formatCount(value)} outbound records, and none in the 28 days before`,
  'delivery-rate': ({ value, usual }) => `${value} % delivered, usually ${usual} %`,
}

/** A line on what stands out, as plain text. */
export function describeUnusual(sign: Unusual): string {
  const { day, country, operator } = sign
  const where = operator === null ? country : `${country}, ${operator}`
  return `Unusual on ${day} (${sign.sign}): ${where}: ${WORDS[sign.sign](sign)}.`
}

/** The archive's state and the figures of its last days, as Markdown for the job's summary. */
export function formatSyncSummary(page: SyncPage): string {
  const { request, shown } = page
  const [first, last] = [shown.days[0] ?? '', shown.days.at(-1) ?? '']
  return joinBlocks([
    `### Archive of the SMS logs of ${formatCode(request.owner.subaccountId)}`,
    formatState(page),
    ...formatUnusual(page.unusual),
    `#### ${first} to ${last}`,
    ...(shown.lacking.length > 0
      ? [`The reports of ${formatDays(shown.lacking)} are not here, and with them their figures.`]
      : []),
    ...formatShown(page),
  ])
}

/** An export with no records has figures; a day that was never exported has none. */
export function hasNoDays({ count, lacking }: Period): boolean {
  return count + lacking.length === 0
}

function formatShown(page: SyncPage): string[] {
  const { shown } = page
  if (hasNoDays(shown)) {
    return ['None of these days is in the archive yet, so there are no figures.']
  }
  return shown.figures.records + shown.figures.unreadable > 0
    ? formatFigures(shownOf(shown.figures), beforeOf(page))
    : ['No records.']
}

function formatState({ outcome, archive, request }: SyncPage): string {
  const { plan, written } = outcome
  const days = [...archive.days.values()].filter(({ day }) => day >= request.from)
  const pending = days.reduce((sum, entry) => sum + entry.pending, 0)
  return formatTable(
    [
      ...right('Days', 'Written now'),
      ...left('Missing'),
      ...right('Records pending'),
      ...left('Settled through'),
    ],
    [
      [
        formatCount(days.length),
        formatCount(written.length),
        plan.missing.length === 0 ? 'none' : `**${formatDays(plan.missing)}**`,
        formatCount(pending),
        plan.settledThrough ?? 'none',
      ],
    ],
  )
}

function formatUnusual(unusual: readonly Unusual[]): string[] {
  if (unusual.length === 0) return []
  const rows = unusual
    .slice(0, MAX_ROWS)
    .map((sign) => [
      sign.day,
      sign.sign,
      escapeName(sign.country),
      sign.operator === null ? '' : escapeName(sign.operator),
      WORDS[sign.sign](sign),
    ])
  const headings = left('Day', 'Sign', 'Country', 'Operator', 'What is unusual')
  return ['#### Unusual traffic', formatTable(headings, rows)]
}

/** The days before, if as many are there: fewer would make anything look like a rise. */
function beforeOf({ shown, before }: SyncPage): ShownFigures | undefined {
  const isWhole = before.count > 0 && before.count >= shown.days.length
  return isWhole ? shownOf(before.figures) : undefined
}
