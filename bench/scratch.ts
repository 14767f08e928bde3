import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const MEMORY_DISK = '/dev/shm'

/** Whether files are kept in memory, so that no disk is measured. */
export const isInMemory = existsSync(MEMORY_DISK)

/** A folder for this process's files, which is gone when the process is. */
export const scratchFolder = mkdtempSync(path.join(isInMemory ? MEMORY_DISK : tmpdir(), 'bench-'))

process.once('exit', () => rmSync(scratchFolder, { recursive: true, force: true }))
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(1))

/** Where the files are, for the head of a table. */
export const scratchDescription = isInMemory ? 'files in memory (/dev/shm)' : 'files on the disk'
