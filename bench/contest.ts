/** What one run of a contestant came to. */
export interface Sample {
  readonly ms: number
  /** The most memory that its process had at a time. */
  readonly peakBytes?: number | undefined
}

export interface Contestant {
  readonly name: string
  /** Whose time counts as 1.00; its own where it is left out. */
  readonly against?: string
  run(): Promise<Sample>
  /** What is not timed, before and after each run. */
  before?(): void | Promise<void>
  after?(): void | Promise<void>
}

export interface Result {
  readonly contestant: Contestant
  /** One for each round; none where the program is not on this machine. */
  readonly samples: readonly Sample[]
}

export interface Rounds {
  readonly rounds: number
  readonly warmUps?: number
}

/**
 * Runs all contestants once in each round, in an order that is drawn anew: what else the machine
 * does then hits all of them alike.
 */
export async function compete(
  contestants: readonly Contestant[],
  { rounds, warmUps = 1 }: Rounds,
): Promise<Result[]> {
  const results = contestants.map((contestant) => ({ contestant, samples: [] as Sample[] }))
  let present = results
  for (let round = -warmUps; round < rounds; round++) {
    for (const result of shuffled(present)) {
      const { contestant, samples } = result
      await contestant.before?.()
      try {
        const sample = await contestant.run()
        if (round >= 0) samples.push(sample)
      } catch (error) {
        if (!isMissing(error)) throw error
        present = present.filter((other) => other !== result)
      }
      await contestant.after?.()
    }
  }
  return results
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The median of what a result is to another, round by round: both had the same noise then. */
export function ratioOf(result: Result, floor: Result): number {
  return median(
    result.samples.map(({ ms }, round) => ms / (floor.samples[round]?.ms ?? Number.NaN)),
  )
}

/** The result that counts as 1.00 for another. */
export function floorOf({ contestant }: Result, results: readonly Result[]): Result {
  const name = contestant.against ?? contestant.name
  const floor = results.find((other) => other.contestant.name === name)
  if (floor === undefined) throw new Error(`There is no contestant ${name}.`)
  return floor
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value)
}

/** A program that is not on this machine. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
