import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder of a test's own, which is gone when the test is. */
export function createTemporaryFolder(): string {
  // The real path: a process that works in the folder sees that one.
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'test-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
