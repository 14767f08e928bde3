// Versions as the tags of releases say them: three numbers, and nothing behind them.

export type Version = readonly [major: number, minor: number, patch: number]

/** `v1.2.3` to its numbers; undefined for any other text. */
export function parseTag(tag: string): Version | undefined {
  const numbers = /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(tag)?.slice(1).map(Number)
  return numbers as Version | undefined
}

/** Below 0 where the first is the older one, above 0 where it is the newer. */
export function compareVersions(one: Version, other: Version): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2]
}
