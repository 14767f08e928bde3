// The report alone: how many bytes of a file it reads in a second, against a floor and libraries.
import { once } from 'node:events'
import { statSync } from 'node:fs'
import path from 'node:path'
import { compete, median, type Sample } from './contest.ts'
import { READER_NAMES, type ReaderName } from './csv/reader-names.ts'
import { scratchDescription, scratchFolder } from './scratch.ts'
import { forkSource, runSource } from './source-process.ts'
import { type Column, printHeading, printResults, ratio } from './tables.ts'

const ROUNDS = Number(process.env.ROUNDS ?? 3)
// Long enough that what the compiler learns first does not count.
const BYTES = 201_326_592
const FLOOR: ReaderName = 'hand-written byte machine'

const file = path.join(scratchFolder, 'export.csv')
await once(forkSource('csv/write-file.ts', [file, String(BYTES)]), 'exit')
const { size } = statSync(file)

/** What each reader has found, to be held against the floor's. */
const found = new Map<ReaderName, string>()

/** In a process of its own: what one reader teaches the compiler is of no use to another. */
async function read(name: ReaderName): Promise<Sample> {
  const { ms, figures } = await runSource<{ ms: number; figures: string }>('csv/read-file.ts', [
    name,
    file,
  ])
  found.set(name, figures)
  return { ms }
}

const speed: Column = [
  'MB/s',
  ({ samples }) => (size / 1_000 / median(samples.map(({ ms }) => ms))).toFixed(0),
]
const sameFigures: Column = [
  'same figures',
  ({ contestant: { name } }) => {
    if (name === 'SHA-256 alone') return ''
    return found.get(name as ReaderName) === found.get(FLOOR) ? 'yes' : 'NO'
  },
]

const results = await compete(
  READER_NAMES.map((name) => ({ name, against: FLOOR, run: () => read(name) })),
  { rounds: ROUNDS, warmUps: 0 },
)
printHeading(
  `Reading a file of ${(size / 1_000_000).toFixed(0)} MB`,
  `Each reader in a process of its own, timed without its start, ${scratchDescription}, medians of ${ROUNDS} interleaved rounds. The libraries' fields are counted by the same plain code; the report checks all that it reads.`,
)
printResults(results, [speed, ratio(results), sameFigures])
