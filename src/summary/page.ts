import type { ShownFigures } from '../report/figures.js'
import { formatCharts } from './figure-charts.js'
import {
  describeCountry,
  formatCounts,
  formatDayTable,
  formatErrors,
  formatGroups,
} from './figure-tables.js'
import { headlineOf } from './headline.js'
import { escapeName, formatTable, type Heading } from './markdown.js'
import { toPeriods } from './periods.js'

/** The figures as blocks of Markdown, the most wanted first. */
export function formatFigures(figures: ShownFigures): string[] {
  return [
    formatHeadlineTable(figures),
    ...formatDays(figures),
    ...formatGroups('Countries', figures.countries, describeCountry),
    ...formatGroups('Operators', figures.operators, escapeName),
    ...formatCounts('Status', figures.statuses, figures.records),
    ...formatErrors(figures.errors),
  ]
}

function formatHeadlineTable(figures: ShownFigures): string {
  const headline = headlineOf(figures)
  return formatTable(
    headline.map(({ heading }): Heading => [heading, 'right']),
    [headline.map(({ text }) => `**${text}**`)],
  )
}

function formatDays({ days }: ShownFigures): string[] {
  if (days === undefined || Object.keys(days).length === 0) return []
  const periods = toPeriods(days)
  return [...(periods ? formatCharts(periods) : []), formatDayTable(days)]
}
