import type { Archive } from '../archive/archive.js'
import { DayReports } from '../archive/day-reports.js'
import { type Day, daysFrom, shiftDay } from '../archive/days.js'
import { lastDayOver } from '../archive/plan.js'
import {
  findUnusualRates,
  findUnusualTraffic,
  type Route,
  type Unusual,
} from '../archive/unusual.js'
import { shownOf } from '../report/figures.js'
import { setReportOutputs } from '../report/report.js'
import { Tally } from '../report/tally.js'
import type { Step } from '../step.js'
import { formatCount } from '../summary/format.js'
import { formatHeadline } from '../summary/page.js'
import type { SyncRequest } from './inputs.js'
import {
  describeUnusual,
  formatSyncSummary,
  hasNoDays,
  type Outcome,
  type Period,
} from './summary.js'

/** A day is compared with the eight weeks before it. */
const LOOK_BACK_DAYS = 56

/** At most so many signs become warnings; all are in the output. */
const MAX_WARNINGS = 50

interface OutcomeDependencies {
  readonly archive: Archive
  readonly request: SyncRequest
  readonly step: Step
}

/** Sets the outputs of a step that fails early. */
export function setFirstOutputs(folder: string, step: Pick<Step, 'setOutput'>): void {
  const outputs = {
    path: folder,
    complete: 'false',
    changed: '[]',
    missing: '[]',
    'settled-through': '',
    records: '',
    report: '',
    unusual: '[]',
  }
  for (const [name, value] of Object.entries(outputs)) step.setOutput(name, value)
}

/** Sets the outputs, and writes the log and the page. */
export async function publishOutcome(
  outcome: Outcome,
  { archive, request, step }: OutcomeDependencies,
): Promise<void> {
  const { plan, written, hasWorked } = outcome
  step.setOutput('complete', String(plan.missing.length === 0))
  step.setOutput('changed', JSON.stringify([...written].sort()))
  step.setOutput('missing', JSON.stringify(plan.missing))
  step.setOutput('settled-through', plan.settledThrough ?? '')
  // A runner gives a cancelled step little time.
  if (step.signal.aborted) return
  noteUnknownFiles([...archive.unknownFiles(), ...(hasWorked ? archive.otherForms() : [])], step)

  const hasData = !request.isSparse
  const reports = new DayReports({ archive, hasData, log: step, signal: step.signal })
  await reports.makeMissing()
  const unusual = await findUnusual(outcome, reports)
  step.setOutput('unusual', JSON.stringify(unusual))
  for (const sign of unusual.slice(0, MAX_WARNINGS)) step.warning(describeUnusual(sign))
  const more = unusual.length - MAX_WARNINGS
  if (more > 0) step.warning(`${formatCount(more)} more signs are in the output unusual.`)

  if (request.reportDays === 0) return
  const last = lastDayOver(outcome.now)
  const first = shiftDay(last, 1 - request.reportDays)
  const daysBefore = daysFrom(shiftDay(first, -request.reportDays), shiftDay(first, -1))
  const shown = await sumDays(daysFrom(first, last), archive, reports)
  const before = await sumDays(daysBefore, archive, reports)
  const others = [unusual, written, plan.missing].map((list) => JSON.stringify(list))
  setReportOutputs(shown.figures, step, others)
  step.info(
    `${first} to ${last}: ${hasNoDays(shown) ? 'none of these days is in the archive yet' : formatHeadline(shownOf(shown.figures))}.`,
  )
  step.addSummary(formatSyncSummary({ outcome, request, archive, shown, before, unusual }))
}

function noteUnknownFiles(files: readonly string[], step: Pick<Step, 'notice'>): void {
  const [first] = files
  if (first === undefined) return
  const more = files.length > 1 ? ` and ${formatCount(files.length - 1)} more` : ''
  step.notice(
    `The manifest does not know ${first}${more}. It stays there; whoever reads all of data/ counts it.`,
  )
}

/** Judges each day once: its traffic when it is new, its delivery rate when it is settled. */
async function findUnusual({ added, settled }: Outcome, reports: DayReports): Promise<Unusual[]> {
  const routes = new Map<Day, readonly Route[]>()
  const judged = [...new Set([...added, ...settled])].sort()
  const found: Unusual[] = []
  for (const day of judged) {
    for (const known of routes.keys()) {
      if (known < shiftDay(day, -LOOK_BACK_DAYS)) routes.delete(known)
    }
    for (const one of daysFrom(shiftDay(day, -LOOK_BACK_DAYS), day)) {
      const figures = routes.has(one) ? undefined : await reports.figuresOf(one)
      if (figures) routes.set(one, figures.routes)
    }
    const routesOf = (one: Day) => routes.get(one)
    if (added.includes(day)) found.push(...findUnusualTraffic(day, routesOf))
    if (settled.includes(day)) found.push(...findUnusualRates(day, routesOf))
  }
  return found
}

async function sumDays(
  days: readonly Day[],
  archive: Archive,
  reports: DayReports,
): Promise<Period> {
  const sum = new Tally()
  const lacking: Day[] = []
  let count = 0
  for (const day of days) {
    if (!archive.days.has(day)) continue
    const figures = await reports.figuresOf(day)
    if (figures === undefined) lacking.push(day)
    else {
      sum.add(figures)
      count += 1
    }
  }
  return { days, count, lacking, figures: sum.plain() }
}
