import { floorOf, median, type Result, ratioOf } from './contest.ts'

export type Column = readonly [heading: string, cell: (result: Result) => string]

const NOT_HERE = 'not on this machine'

export function printHeading(title: string, ...lines: readonly string[]): void {
  console.log(`\n## ${title}\n`)
  if (lines.length > 0) console.log(`${lines.join('\n')}\n`)
}

/** A Markdown table of what each contestant came to. */
export function printResults(results: readonly Result[], columns: readonly Column[]): void {
  printTable(
    ['what', ...columns.map(([heading]) => heading)],
    results.map((result) => [
      result.contestant.name,
      ...columns.map(([, cell], index) => {
        if (result.samples.length > 0) return cell(result)
        return index === 0 ? NOT_HERE : ''
      }),
    ]),
  )
}

export function printTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const lines = [headings, headings.map((_, at) => (at === 0 ? '---' : '---:')), ...rows]
  console.log(lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'))
  console.log()
}

/** The columns that most tables have. */
export const milliseconds: Column = ['ms', ({ samples }) => msOf(samples.map(({ ms }) => ms))]
export const seconds: Column = [
  's',
  ({ samples }) => (median(samples.map(({ ms }) => ms)) / 1_000).toFixed(2),
]
export const peakMemory: Column = [
  'peak memory, MB',
  ({ samples }) => {
    const peaks = samples.flatMap(({ peakBytes }) => peakBytes ?? [])
    return peaks.length > 0 ? formatMegabytes(Math.max(...peaks)) : ''
  },
]

/** How many times the time of whom a contestant is held against. */
export function ratio(results: readonly Result[]): Column {
  return [
    'ratio',
    (result) => {
      const value = ratioOf(result, floorOf(result, results))
      return Number.isNaN(value) ? '' : value.toFixed(2)
    },
  ]
}

export function formatMegabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0)
}

function msOf(values: readonly number[]): string {
  return median(values).toFixed(0)
}
