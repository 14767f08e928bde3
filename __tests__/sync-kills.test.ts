import { expect, test } from 'vitest'
import { killSyncs } from './helpers/kill-syncs.js'
import { createTemporaryFolder } from './helpers/temporary-folder.js'

/** `SYNC_KILLS=300 SYNC_SEED=7 npx vitest run __tests__/sync-kills.test.ts` tries more. */
const kills = Number(process.env.SYNC_KILLS ?? 8)
const seed = Number(process.env.SYNC_SEED ?? Date.now())

test(
  `syncs that are killed at any moment leave an archive that the next run completes (seed ${seed})`,
  async () => {
    const result = await killSyncs({
      kills,
      seed,
      folder: createTemporaryFolder(),
      undisturbedFolder: createTemporaryFolder(),
    })
    const { killed, ended, looks, last, files, undisturbed } = result
    console.log(`${killed} runs killed, ${ended} ended before, ${looks} looks`)

    expect(result.faults).toEqual([])
    expect(last.stdout).not.toContain('::error')
    expect(last.exitCode).toBe(0)
    const isData = ([name]: [string, string]) => /^(data|reports)\b/.test(name)
    expect(Object.entries(files).filter(isData)).toEqual(Object.entries(undisturbed).filter(isData))
    expect(Object.keys(files)).toEqual(Object.keys(undisturbed))
    expect(killed).toBeGreaterThan(0)
  },
  20_000 + kills * 10_000,
)
