import { createHash } from 'node:crypto'

/** File systems take 255 bytes; this leaves room for what is put around it. */
const MAX_STEM_LENGTH = 200

/** Characters of a job id that some file system or upload-artifact refuses. */
const UNSAFE = /[:*]/g

/** Names that Windows keeps for devices, whatever their ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/**
 * The names of a job's files: `{job-id}.csv`, or `{job-id}-1.csv`, `{job-id}-2.csv` … where there
 * are several. An id that cannot be a file's name is changed, and told from others by a hash.
 */
export function fileNames(jobId: string, count: number): string[] {
  const stem = stemOf(jobId)
  if (count === 1) return [`${stem}.csv`]
  return Array.from({ length: count }, (_, index) => `${stem}-${index + 1}.csv`)
}

function stemOf(jobId: string): string {
  const safe = jobId.replace(UNSAFE, '_').replace(/^\.+/, '_').slice(0, MAX_STEM_LENGTH)
  if (safe === jobId && !DEVICE.test(jobId)) return jobId
  const hash = createHash('sha256').update(jobId).digest('hex').slice(0, 12)
  return `${safe.replace(DEVICE, '_$1$2')}-${hash}`
}
