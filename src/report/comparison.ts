import { StepError } from '../errors.js'
import { sanitize } from '../sanitize.js'
import type { Step } from '../step.js'
import { type ShownFigures, shownOf } from './figures.js'
import { parseReportFile } from './report-file.js'
import { Tally } from './tally.js'

/** The figures of another period, usually the one before, that the page shows the change against. */
export interface Comparison {
  readonly figures: ShownFigures
}

/**
 * The sum of the report-files that compare-with names. Whatever is wrong with it is a warning, and
 * the page goes without: the first period has none before it. Rejects only with the signal's reason.
 */
export async function readComparison(
  files: AsyncIterable<{ readonly path: string; readonly text: string }>,
  step: Pick<Step, 'warning' | 'signal'>,
): Promise<Comparison | undefined> {
  try {
    const sum = new Tally()
    let count = 0
    for await (const { text } of files) {
      const report = parseReportFile(text)
      if (report === undefined) {
        throw new StepError('A file there is no report of this version.')
      }
      sum.add(report.figures)
      count += 1
    }
    if (count === 0) throw new StepError('There is no report.')
    return { figures: shownOf(sum.plain()) }
  } catch (error) {
    step.signal.throwIfAborted()
    if (!(error instanceof StepError)) throw error
    step.warning(
      `compare-with: ${sanitize(error.message, { maxLength: 500 })} The page shows no change. Give a file that report-file has written for the period before.`,
    )
    return undefined
  }
}
