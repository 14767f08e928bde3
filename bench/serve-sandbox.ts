// The sandbox, with jobs that take as long as their windows ask for.
import { systemClock as clock } from '../src/clock.ts'
import { startSandboxServer } from '../src/sandbox/server.ts'
import { API_KEY } from './account.ts'

const DAY_MS = 86_400_000

interface Order {
  readonly recordsPerDay: number
  readonly msPerRecord: number
  readonly msPerJob: number
}

// No server is left behind where the benchmark is broken off.
process.once('disconnect', () => process.exit())
process.once('message', async ({ recordsPerDay, msPerRecord, msPerJob }: Order) => {
  const { url } = await startSandboxServer({
    records: recordsPerDay,
    durationMs: 0,
    files: 1,
    scenario: 'succeeded',
    seed: 1,
    apiKey: API_KEY,
    clock,
    durationOf: ({ from, to }) => msPerJob + ((to - from) / DAY_MS) * recordsPerDay * msPerRecord,
  })
  process.send?.({ url })
})
