import type { Comparison } from '../report/comparison.js'
import type { ShownFigures } from '../report/figures.js'
import { formatCharts } from './charts.js'
import { describeCountry, formatHeadlineTable, formatNotes } from './headline.js'
import { escapeName } from './markdown.js'
import { toPeriods } from './periods.js'
import {
  formatCounts,
  formatDayTable,
  formatErrors,
  formatFailures,
  formatGroups,
} from './tables.js'

/** The figures as blocks of Markdown, the most wanted first; with the change against a period before. */
export function formatFigures(figures: ShownFigures, comparison?: Comparison): string[] {
  const { days = {}, countries, operators, senders, outbound } = figures
  const before = comparison?.figures
  return [
    formatHeadlineTable(figures, comparison),
    ...formatNotes(figures, comparison),
    ...formatCharts(toPeriods(figures)),
    ...(Object.keys(days).length > 0 ? [formatDayTable(days)] : []),
    ...formatGroups(countries, {
      heading: 'Countries',
      describe: describeCountry,
      before: before?.countries,
      withCosts: true,
    }),
    ...formatGroups(operators, {
      heading: 'Operators',
      describe: escapeName,
      before: before?.operators,
      withCosts: true,
    }),
    ...formatGroups(senders, { heading: 'Senders', describe: escapeName }),
    ...formatFailures(figures.failures),
    ...formatCounts('Status of outbound messages', figures.outboundStatuses, outbound),
    ...formatErrors(figures.errors),
  ]
}
