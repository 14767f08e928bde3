import type { Column, Figures } from './figures.js'

/** What one file is, beside its figures. */
export interface FileFacts {
  readonly name: string
  readonly bytes: number
  /** In hexadecimal. */
  readonly sha256: string
  readonly records: number
  readonly unreadable: number
  /** The first record that makes no sense: its line, from 1, and why. */
  readonly firstUnreadable: { readonly line: number; readonly reason: string } | undefined
  /** Columns that it lacks. */
  readonly missing: readonly Column[]
}

/** All that the files of an export have told, as plain data. */
export interface Findings {
  readonly figures: Figures
  readonly files: readonly FileFacts[]
}
