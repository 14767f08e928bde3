import type { FileFacts, Findings } from './findings.js'

/** What the thread that reads is told. Files are called by numbers. */
export type Order =
  /** A file that is open for reading, and stays so until it is read. */
  | {
      readonly kind: 'follow'
      readonly file: number
      readonly name: string
      readonly descriptor: number
    }
  /** So many bytes of it are on the disk. */
  | { readonly kind: 'grew'; readonly file: number; readonly bytes: number }
  /** It is written anew from its first byte. */
  | { readonly kind: 'restarted'; readonly file: number }
  /** It is whole, with so many bytes. */
  | { readonly kind: 'ended'; readonly file: number; readonly bytes: number }
  /** All files are read. */
  | { readonly kind: 'finish' }

/** What the thread answers to `ended`, and to `finish`. */
export type Answer =
  | { readonly kind: 'read'; readonly file: number; readonly facts: FileFacts }
  | { readonly kind: 'findings'; readonly findings: Findings }
