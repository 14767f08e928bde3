import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { LINK_TOKEN } from './export-server.js'
import { type ActionRun, launchAction, type RunningAction, type RunOptions } from './run-action.js'
import { API_KEY, PHONE_NUMBER, withoutSecrets } from './run-start.js'
import { JOB_ID } from './wire-server.js'

/** What stands in a message that somebody got, and in no log. */
export const MESSAGE_BODY = 'Your code is 918273'

/** A file of a job with a number and a message's body in it. */
export const FILE = Buffer.from(
  `umid,msisdn,body\r\n${Array.from({ length: 2_000 }, (_, index) => `${index},${PHONE_NUMBER},"${MESSAGE_BODY}"\r\n`).join('')}`,
)

const SECRETS = [LINK_TOKEN, MESSAGE_BODY, '/messages/download/']

export type Sub = 'download' | 'cancel'

/**
 * A download or a cancel with all that it must have, at a server of a test; what differs is named.
 * It runs with debug logging, and no secret is in anything that a person or a step can see.
 */
export function launchSub(sub: Sub, apiUrl: string, options: RunOptions = {}): RunningAction {
  const inputs = {
    'api-key': API_KEY,
    'subaccount-id': 'acme_sg',
    'api-url': apiUrl,
    // A busy machine is not to be taken for a silent server.
    'request-timeout': '30s',
    retries: '1',
    'job-id': JOB_ID,
    ...(sub === 'download' && { timeout: '30s' }),
    ...options.inputs,
  }
  const env = { RUNNER_DEBUG: '1', ...options.env }
  const running = launchAction(sub, { ...options, inputs, env })
  return { ...running, ended: running.ended.then((run) => withoutSecrets(run, SECRETS)) }
}

export function launchDownload(apiUrl: string, options: RunOptions = {}): RunningAction {
  return launchSub('download', apiUrl, options)
}

/** The same, to its end. */
export function runDownload(apiUrl: string, options: RunOptions = {}): Promise<ActionRun> {
  return launchDownload(apiUrl, options).ended
}

export function runCancel(apiUrl: string, options: RunOptions = {}): Promise<ActionRun> {
  return launchSub('cancel', apiUrl, options).ended
}

/** All that is in a folder, hidden files too, by name. */
export function contentsOf(folder: string): Record<string, Buffer> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name))]),
  )
}
