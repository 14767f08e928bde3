import { systemCodeOf } from '../errors.js'

const ANYWAY: Readonly<Record<string, string>> = {
  ENOTDIR: 'a file stands in its place',
  EEXIST: 'a file stands in its place',
  EISDIR: 'a folder stands in its place',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  EIO: 'the disk failed',
}

const WRITING: Readonly<Record<string, string>> = {
  ...ANYWAY,
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'the disk is read-only',
  EFBIG: 'the file is larger than the disk takes',
}

const READING: Readonly<Record<string, string>> = {
  ...ANYWAY,
  ENOENT: 'it is not there',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
}

/** What went wrong when a file was written, in words, with the code of Node.js. */
export function explainFault(error: unknown): string {
  return explain(error, WRITING, 'it cannot be written')
}

/** The same for one that was read. */
export function explainReadFault(error: unknown): string {
  return explain(error, READING, 'it cannot be read')
}

function explain(error: unknown, words: Readonly<Record<string, string>>, other: string): string {
  const code = systemCodeOf(error)
  const known = words[code]
  if (known) return `${known} (${code})`
  return /^E[A-Z]+$/.test(code) ? `${other} (${code})` : other
}
