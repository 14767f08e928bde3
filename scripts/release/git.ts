import { execFileSync } from 'node:child_process'

/** What git prints, without the line break at its end; throws where git fails. */
export function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trimEnd()
}
