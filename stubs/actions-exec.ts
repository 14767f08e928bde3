/**
 * Stands in the bundle for @actions/exec, with which @actions/core asks what machine it is on
 * (`platform`): we never ask, and so spare every start the loading of child_process.
 * `scripts/bundle.ts` puts this file in its place.
 */
export async function getExecOutput(): Promise<never> {
  throw new Error('@actions/exec is not part of this bundle: nothing here runs a program')
}
