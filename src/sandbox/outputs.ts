import type { Step } from '../step.js'

/** Where the sandbox is, and the key that it takes, which is masked. */
export function setSandboxOutputs(
  { url, apiKey }: { url: string; apiKey: string },
  step: Pick<Step, 'setOutput'>,
): void {
  step.setOutput('api-url', url)
  step.setOutput('api-key', apiKey)
}
