import type { Step } from '../step.js'
import {
  exactRateOf,
  type Figures,
  GROUP_NAMES,
  mapMembers,
  mapNames,
  measuresOf,
  type ShownMeasures,
  shownOf,
} from './figures.js'
import { percentilesOf } from './sketch.js'

/** How many the output has; report-file has all. */
const MAX_FAILURES = 20

/** On Linux an environment variable holds 128 KiB, with its name and its end. */
const MAX_VARIABLE_BYTES = 131_072 - Buffer.byteLength('REPORT=\0')

/** All outputs of a job together, in UTF-16. */
const MAX_OUTPUTS_BYTES = 1_048_576

/** Kept free for the step's other outputs, besides those that are given. */
const RESERVED_BYTES = 16_384

/** Maps that only report-file has: a notice about them would explain nothing. */
const IN_FILE_ALONE = ['outboundStatuses', 'confirmations', 'routes']

/** The output `report`: JSON with the members of download/README.md#the-report, in that order. */
export function formatReport(figures: Figures): string {
  const shown = shownOf(figures)
  const rate = exactRateOf(shown)
  const { records, cost, timeToDeliver, ...counts } = withPercentiles(measuresOf(shown))
  // JSON leaves out what is undefined.
  return JSON.stringify({
    records,
    unreadable: shown.unreadable,
    ...counts,
    deliveryRate: rate && Math.round(rate * 10_000) / 10_000,
    cost,
    timeToDeliver,
    directions: { outbound: 0, inbound: 0, ...shown.directions },
    statuses: shown.statuses,
    errors: shown.errors,
    failures: shown.failures?.slice(0, MAX_FAILURES).map(({ delivered: _, ...row }) => row),
    ...mapNames(GROUP_NAMES, (name) => {
      const groups = shown[name]
      return groups && mapMembers(groups, withPercentiles)
    }),
  })
}

function withPercentiles({ outbound: _, timeToDeliver, ...measures }: ShownMeasures) {
  return { ...measures, timeToDeliver: timeToDeliver && percentilesOf(timeToDeliver) }
}

/**
 * Sets the outputs `records` and `report`, the figures as one JSON object. That one stays empty if
 * GitHub would refuse it, because it would refuse the job's other outputs with it. `others` are the
 * step's other long outputs. A notice names maps (`operators`, `cost` …) in which some names are
 * counted together.
 */
export function setReportOutputs(
  figures: Figures,
  step: Pick<Step, 'setOutput' | 'notice' | 'warning'>,
  others: readonly string[] = [],
): void {
  const text = formatReport(figures)
  const bytes = [text, ...others].reduce((sum, { length }) => sum + 2 * length, RESERVED_BYTES)
  const isTooLong = bytes > MAX_OUTPUTS_BYTES
  step.setOutput('records', String(figures.records))
  step.setOutput('report', isTooLong ? '' : text)
  if (isTooLong) {
    step.warning(
      `The output report is empty: with ${Math.ceil(bytes / 1_024)} KiB it would be more than the 1 MiB that GitHub takes from a job. The input report-file writes all figures to a file.`,
    )
  } else if (Buffer.byteLength(text) > MAX_VARIABLE_BYTES) {
    step.notice(
      'The output report is longer than 128 KiB, and fits no environment variable. Read it with fromJSON in an expression, or let report-file write the figures to a file.',
    )
  }
  const crowded = figures.crowded.filter(
    (map) => map !== 'timeToDeliver' && !IN_FILE_ALONE.includes(map),
  )
  if (crowded.length > 0) {
    step.notice(
      `There are too many names, more than 10,000 or very long ones, among ${crowded.join(', ')}: further ones count together as "other".`,
    )
  }
  if (figures.crowded.includes('timeToDeliver')) {
    step.notice(
      'timeToDeliver leaves out some records: there are too many groups to count them in.',
    )
  }
}
