const BY_CODE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a file stands in its place',
  EEXIST: 'a file stands in its place',
  EISDIR: 'a folder stands in its place',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  EFBIG: 'the file is larger than the disk takes',
  EIO: 'the disk failed',
}

/** What went wrong with a file, in words, with the code of Node.js. */
export function explainFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = BY_CODE[code]
  return known
    ? `${known} (${code})`
    : `it cannot be written${/^E[A-Z]+$/.test(code) ? ` (${code})` : ''}`
}
