/** What serve-exports.ts is to serve. */
export interface ExportOrder {
  readonly files: number
  /** Of each file, about. */
  readonly bytesPerFile: number
  /** For https. */
  readonly certificate?: { readonly key: string; readonly cert: string }
}

/** What it answers when it listens. */
export interface ExportReady {
  readonly url: string
  readonly bytesPerFile: number
  readonly recordsPerFile: number
  readonly links: readonly string[]
}

/** The job that has found nothing; any other has all files. */
export const EMPTY_JOB = 'empty'
