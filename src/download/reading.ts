import { unlessAborted } from '../clock.js'
import { StepError } from '../errors.js'
import { sanitizeAnswer } from '../sanitize.js'

/**
 * What the reader of the files comes to. It has a thread and a pace of its own: a step that is to
 * end does not wait for it. Rejects with the signal's reason then, and with a StepError where the
 * reader fails, which takes nothing from the files.
 */
export async function awaitReader<T>(reading: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await unlessAborted(reading, signal)
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    const reason = sanitizeAnswer(cause instanceof Error ? cause.message : String(cause))
    throw new StepError(
      `The files are saved, and could not be read for the report: ${reason}. This is a bug in the action. Please report it in the action's repository, with this line and the version in use; summary: false does without the report.`,
      { cause },
    )
  }
}
