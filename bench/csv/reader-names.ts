/** The floor first, then the report, then what else there is on npm. */
export const READER_NAMES = [
  'hand-written byte machine',
  'the report, without SHA-256',
  'the report, with SHA-256',
  'SHA-256 alone',
  'udsv',
  'd3-dsv',
  'papaparse',
  'csv-parse',
] as const

export type ReaderName = (typeof READER_NAMES)[number]
