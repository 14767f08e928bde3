/** The log of a step. Every text is one line and holds no secret. */
export interface Log {
  /** A line of the log. */
  info(text: string): void
  /** An annotation of something worth knowing. */
  notice(text: string): void
  /** An annotation of something that is probably not wanted. */
  warning(text: string): void
  /** A line that is shown only with debug logging. */
  debug(text: string): void
}

/** What a step can do to the workflow run. */
export interface Step extends Log {
  /** From now on the text is `***` in the log of this step and of later ones. */
  mask(secret: string): void
  /** Sets an output; throws if it cannot be written. */
  setOutput(name: string, value: string): void
  /** Adds Markdown to the job summary; if that fails, it is a warning. */
  addSummary(markdown: string): void
  /** Aborted, with an InterruptedError as reason, when the runner ends the step. */
  readonly signal: AbortSignal
}
