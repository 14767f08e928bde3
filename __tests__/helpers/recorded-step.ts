import type { Step } from '../../src/step.js'

/** A step that writes down what is done to it, in its order. */
export class RecordedStep implements Step {
  readonly #controller = new AbortController()
  /** `kind: text` for each thing that was done. */
  readonly events: string[] = []
  readonly outputs: Record<string, string> = {}
  summary = ''
  /** Thrown by `setOutput` of this name. */
  unwritableOutput: string | undefined

  readonly signal = this.#controller.signal

  info(text: string): void {
    this.events.push(`info: ${text}`)
  }

  notice(text: string): void {
    this.events.push(`notice: ${text}`)
  }

  warning(text: string): void {
    this.events.push(`warning: ${text}`)
  }

  debug(text: string): void {
    this.events.push(`debug: ${text}`)
  }

  mask(secret: string): void {
    this.events.push(`mask: ${secret}`)
  }

  setOutput(name: string, value: string): void {
    if (name === this.unwritableOutput) throw new Error('no space left')
    this.events.push(`output: ${name}=${value}`)
    this.outputs[name] = value
  }

  addSummary(markdown: string): void {
    this.events.push('summary')
    this.summary += markdown
  }

  interrupt(reason: unknown): void {
    this.#controller.abort(reason)
  }
}
