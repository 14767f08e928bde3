/** What a step says on its way. Every text is one line and holds no secret. */
export interface Log {
  /** A line of the log. */
  info(text: string): void
  /** An annotation for something worth knowing. */
  notice(text: string): void
  /** An annotation for something that is probably not wanted. */
  warning(text: string): void
  /** A line that is shown when the workflow runs with debug logging. */
  debug(text: string): void
}

/** All that a step can do to the run that it is part of. */
export interface Step extends Log {
  /** From here on the text is `***` in the log of this and of later steps. */
  mask(secret: string): void
  /** Hands a value to later steps; throws when it cannot be written. */
  setOutput(name: string, value: string): void
  /** Adds Markdown to the job's summary; where it cannot be written, that is a warning. */
  addSummary(markdown: string): void
  /** Aborted, with an InterruptedError as reason, when the runner wants the step to end. */
  readonly signal: AbortSignal
}
