import type { Connection } from '../api/job.js'
import { InputError, Mistake } from '../errors.js'
import { isOutside, type Places, resolveFolder } from '../files/folder.js'
import { CONNECTION_INPUTS, connectionField, parseJobId } from '../inputs/connection.js'
import { type Field, fields, optional, type RawInputs, required } from '../inputs/fields.js'
import {
  parseAmounts,
  parseBoolean,
  parseChoice,
  parseDuration,
  parsePercentage,
} from '../inputs/values.js'
import { quote } from '../sanitize.js'
import type { Thresholds } from './thresholds.js'

const MAX_TIMEOUT_MS = 168 * 3_600_000
const DEFAULT_TIMEOUT_MS = 3_600_000
const DEFAULT_FOLDER = 'sms-logs'

const NO_FILES_CHOICES = ['warn', 'error', 'ignore'] as const
export type IfNoFilesFound = (typeof NO_FILES_CHOICES)[number]

/** What needs the figures of the files. */
const FIGURE_INPUTS = ['report-file', 'compare-with', 'min-delivery-rate', 'max-cost'] as const

/** The download action's inputs by their names in action.yml. */
export const DOWNLOAD_INPUTS = [
  ...CONNECTION_INPUTS,
  'job-id',
  'path',
  'timeout',
  'if-no-files-found',
  'summary',
  ...FIGURE_INPUTS,
] as const

/** All that a download needs to know, checked. */
export interface DownloadRequest {
  readonly connection: Connection
  readonly jobId: string
  /** Absolute. */
  readonly folder: string
  /** How long to wait for the job; 0 asks once. */
  readonly timeoutMs: number
  readonly ifNoFilesFound: IfNoFilesFound
  /** What is done with the figures of the files; undefined if they are not read. */
  readonly report: ReportRequest | undefined
}

export interface ReportRequest {
  /** Where the figures are written for a later job to merge, absolute. */
  readonly file?: string | undefined
  /** A report-file of the period before, or a folder of several, absolute. */
  readonly compareWith?: string | undefined
  readonly thresholds: Thresholds
}

/** Checks the inputs; throws an InputError with all mistakes. */
export function readDownloadRequest(raw: RawInputs, places: Places): DownloadRequest {
  const parsePath = (text: string): string => resolveFolder(text, places)
  const request = fields({
    connection: connectionField,
    jobId: required('job-id', parseJobId, 'Give the output job-id of the start step.'),
    folder: optional('path', parsePath, parsePath(DEFAULT_FOLDER)),
    timeoutMs: optional('timeout', parseTimeout, DEFAULT_TIMEOUT_MS),
    ifNoFilesFound: optional('if-no-files-found', parseChoice(NO_FILES_CHOICES), 'warn'),
    report: reportField(places),
  })(raw)
  const { folder, report } = request
  if (report?.file !== undefined && !isOutside(folder, report.file)) {
    const text =
      'is the folder of path, or one above it. Give the name of a file, like report.json.'
    throw new InputError([{ input: 'report-file', text }])
  }
  return request
}

/** `0` needs no unit. */
function parseTimeout(text: string): number {
  return text === '0' ? 0 : parseDuration({ minMs: 0, maxMs: MAX_TIMEOUT_MS })(text)
}

/** A file at that path is removed when the step begins; a CSV file may be the only copy of an export. */
function parseReportFile(text: string, places: Places): string {
  const file = resolveFolder(text, places)
  if (!/\.csv[. ]*$/i.test(file)) return file
  throw new Mistake(
    `${quote(text)} is the name of a CSV file. Give another name, like report.json.`,
  )
}

/** Without `summary` there are no figures to check or to write. */
function reportField(places: Places): Field<ReportRequest | undefined> {
  return (raw) => {
    const { summary, file, compareWith, ...thresholds } = fields({
      summary: optional('summary', parseBoolean, true),
      file: optional('report-file', (text) => parseReportFile(text, places)),
      compareWith: optional('compare-with', (text) => resolveFolder(text, places)),
      minDeliveryRate: optional('min-delivery-rate', parsePercentage),
      maxCost: optional('max-cost', parseAmounts),
    })(raw)
    if (summary) return { file, compareWith, thresholds }
    const text = 'needs the figures of the files. Leave it out, or set summary: true.'
    const mistakes = FIGURE_INPUTS.filter((input) => raw[input] !== undefined).map((input) => ({
      input,
      text,
    }))
    if (mistakes.length > 0) throw new InputError(mistakes)
    return undefined
  }
}
