import { accessSync, appendFileSync } from 'node:fs'
import { EOL } from 'node:os'
import * as core from '@actions/core'
import { InputError, InterruptedError, StepError } from '../errors.js'
import { redact, sanitize, sanitizeAnswer } from '../sanitize.js'
import type { Step } from '../step.js'

/** Shorter secrets would hide parts of our own words; the runner still masks them. */
const MIN_REDACTED_LENGTH = 4

/** For an error that cannot be described: a step that fails always says something. */
const LAST_WORDS = '::error::The step failed, and its error could not be shown.'

/** Enough for all of our messages, and few enough for an annotation. */
const MAX_MESSAGE_LENGTH = 4_000

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** An absolute path, which may be that of a link, a secret that is not known here. */
const PATH = /(?<![^\s'"`(:=,])\/[^/\s][^\s'"`)]*/g

/**
 * Runs the work of a step, and ends the process with 0 only when the work has come to its end.
 *
 * The step counts as failed from its first line to its last: a promise that never settles lets
 * the event loop run dry, and Node.js would call that a success. On SIGINT and SIGTERM the step's
 * signal is aborted, and what waits on it ends.
 */
export function runStep(work: (step: Step) => Promise<void>): void {
  process.exitCode = 1
  // That a bundled package uses an old API is not for the reader of the log.
  // Node.js makes this read-only where it was started with --no-deprecation.
  if (!process.noDeprecation) process.noDeprecation = true
  const interruption = new AbortController()
  const secrets: string[] = []
  let ended = false

  const fail = (error: unknown): void => {
    ended = true
    process.exitCode = 1
    try {
      reportFailure(error, secrets)
    } catch {
      process.stdout.write(`${EOL}${LAST_WORDS}${EOL}`)
    }
    // Work that is still running must not keep the process alive.
    interruption.abort(error)
  }

  for (const name of SIGNALS) {
    process.on(name, () => interruption.abort(new InterruptedError(name)))
  }
  process.on('uncaughtException', (error) => {
    if (!ended) fail(error)
  })
  process.on('beforeExit', () => {
    if (!ended) fail(new Error('the step stopped before it came to its end'))
  })

  work(createStep(interruption.signal, secrets)).then(() => {
    if (ended) return
    ended = true
    process.exitCode = 0
  }, fail)
}

function createStep(signal: AbortSignal, secrets: string[]): Step {
  const shown = (text: string): string => showable(text, secrets)
  return {
    signal,
    info: (text) => core.info(shown(text)),
    notice: (text) => core.notice(shown(text)),
    warning: (text) => core.warning(shown(text)),
    debug: (text) => core.debug(shown(text)),
    mask(secret) {
      core.setSecret(secret)
      if (secret.length >= MIN_REDACTED_LENGTH) secrets.push(secret)
    },
    setOutput(name, value) {
      try {
        core.setOutput(name, value)
      } catch (cause) {
        throw new StepError(
          `The output ${name} could not be written. Check that the runner's disk is not full, and that the file behind GITHUB_OUTPUT is there.`,
          { cause },
        )
      }
    },
    addSummary(markdown) {
      try {
        appendSummary(redact(markdown, secrets))
      } catch (error) {
        core.warning(
          `The job summary could not be written. Nothing else depends on it. ${describe(error, secrets)}`,
        )
      }
    },
  }
}

/** @actions/core would load node:fs/promises at each start for this, which takes 3 ms. */
function appendSummary(markdown: string): void {
  const file = process.env.GITHUB_STEP_SUMMARY
  if (!file) throw new Error('GITHUB_STEP_SUMMARY is not set')
  // A file that the runner has not made is one that it does not read.
  accessSync(file)
  appendFileSync(file, markdown)
}

/** One error annotation for each mistake in the inputs, and one for any other failure. */
function reportFailure(error: unknown, secrets: readonly string[]): void {
  if (error instanceof InputError) {
    for (const { input, text } of error.mistakes) {
      core.error(showable(`${input}: ${text}`, secrets), { title: `Input ${input}` })
    }
    return
  }
  if (error instanceof StepError) {
    core.error(showable(error.message, secrets))
    if (error.cause !== undefined)
      core.debug(showable(`Cause: ${describe(error.cause, secrets)}`, secrets))
    return
  }
  core.error(
    showable(
      `This is a bug in the action: ${describe(error, secrets)}. Please report it in the action's repository, with this line and the version in use.`,
      secrets,
    ),
  )
  if (error instanceof Error) core.debug(showable(placesOf(error), secrets))
}

/**
 * Where in our code it was thrown: the message in front of that may hold anything. One that was
 * changed since is not found there, and then nothing is shown.
 */
function placesOf({ stack = '', message }: Error): string {
  const at = stack.indexOf(message)
  return at < 0 ? '' : stack.slice(at + message.length)
}

function showable(text: string, secrets: readonly string[]): string {
  return sanitize(text, { secrets, maxLength: MAX_MESSAGE_LENGTH })
}

/** An error that was not written by us may hold anything: no address and no path is shown. */
function describe(error: unknown, secrets: readonly string[]): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return sanitizeAnswer(text.replace(PATH, '(path)'), { secrets })
}
