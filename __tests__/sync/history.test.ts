import { expect, onTestFinished, test } from 'vitest'
import { daysFrom } from '../../src/archive/days.js'
import { startSandboxServer } from '../../src/sandbox/server.js'
import { dataOf, manifestOf, runSync } from '../helpers/run-sync.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'
import { validInputs } from '../helpers/valid-inputs.js'

const HOUR_MS = 3_600_000

const rowsOf = (text = ''): string[] => text.split(/\r?\n(?=\S+?,)/).slice(1)

test('an archive that is synced day by day comes to what one sync long after finds', async () => {
  let now = Date.parse('2026-11-10T03:00:00Z')
  const sandbox = await startSandboxServer({
    records: 500,
    files: 2,
    scenario: 'succeeded',
    durationMs: 0,
    seed: 7,
    apiKey: validInputs['api-key'] ?? '',
    clock: { now: () => now },
  })
  onTestFinished(() => sandbox.close())
  const inputs = { from: '2026-11-08', parallel: '8' }
  const sync = (folder: string) =>
    runSync({ url: sandbox.url, folder, now, inputs: { ...inputs, 'report-days': '5' } })
  const daily = createTemporaryFolder()
  const pending: number[] = []

  for (let day = 0; day < 4; day++) {
    const { error, outputs } = await sync(daily)
    expect(error).toBeUndefined()
    expect(outputs.complete).toBe(true)
    pending.push(manifestOf(daily).resources[0].pending)
    now += 24 * HOUR_MS + 17 * 60_000
  }
  now += 5 * 24 * HOUR_MS
  const last = await sync(daily)
  const once = createTemporaryFolder()
  const long = await sync(once)

  expect(last.error ?? long.error).toBeUndefined()
  const days = daysFrom('2026-11-08', '2026-11-18').map((day) => `data/date=${day}/sms.csv.gz`)
  const [byDay, atOnce] = [dataOf(daily), dataOf(once)]
  expect(Object.keys(byDay)).toEqual(days)
  for (const day of days) {
    expect([day, byDay[day] === atOnce[day]]).toEqual([day, true])
    expect(rowsOf(byDay[day]).length).toBeGreaterThan(20)
  }
  // Receipts have come in, and the days of the first runs have been exported again until then.
  expect(pending[0]).toBeGreaterThan(pending.at(-1) ?? 0)
  expect(last.settledThrough >= '2026-11-08').toBe(true)
})
