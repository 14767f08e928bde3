/** Where a file's bytes go. */
export interface FileSink {
  /** The name that messages give the file: a link is a secret. */
  readonly name: string
  /** How many bytes have been taken. */
  readonly position: number
  /** Takes bytes; a promise is to be waited for before the next. */
  write(chunk: Buffer): Promise<void> | undefined
  /** Forgets all bytes. */
  restart(): Promise<void>
}

export interface FetchOptions {
  readonly signal: AbortSignal
  /** Hears of the bytes there are so far, and of the length where it was announced. */
  readonly onProgress: (bytes: number, total: number | undefined) => void
}

/** Where files come from. */
export interface FileSource {
  /**
   * Brings the file behind a link into the sink, whole. Rejects with a StepError, which is a
   * LinkExpiredError where the link does not work any more.
   */
  fetch(link: string, sink: FileSink, options: FetchOptions): Promise<void>
}
