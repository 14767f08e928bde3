import { getState, saveState } from '@actions/core'

/** Keeps a text for the post step of the same action. */
export function keepForPost(name: string, text: string): void {
  saveState(name, text)
}

/** What the main step has kept, undefined where it kept nothing. */
export function keptByMain(name: string): string | undefined {
  return getState(name) || undefined
}
