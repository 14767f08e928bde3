// Those who start a job: how each is run, and how a workflow would read the job's id from it. All
// have 5 s for a request and one repeat, so that 15 s are enough for whoever has an end.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))

const FROM = '2026-10-01'
const TO = '2026-11-01'
const BODY = JSON.stringify({ from: FROM, to: TO, limit: 0 })

/** As a careful person writes it in a `run:` step with `shell: bash`. */
const CURL_STEP = `job_id=$(curl --fail --silent --show-error --retry 1 --max-time 5 \\
  --header "Authorization: Bearer $API_KEY" --header 'Content-Type: application/json' \\
  --data '${BODY}' \\
  "$API_URL/api/v1/subaccounts/acme_sg/messages/exports" | jq --exit-status --raw-output .jobId)
test -n "$job_id"
echo "job-id=$job_id" >> "$GITHUB_OUTPUT"
`

/** As the runner hands inputs over: those of a workflow, and the defaults of action.yml. */
function inputEnvironment(actionFile, given) {
  const { inputs = {} } = parse(readFileSync(actionFile, 'utf8'))
  const defaults = Object.entries(inputs).map(([name, input]) => [
    name,
    String(input.default ?? ''),
  ])
  return Object.fromEntries(
    Object.entries({ ...Object.fromEntries(defaults), ...given }).map(([name, text]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      text,
    ]),
  )
}

const ours = {
  name: 'this action',
  command: [process.execPath, [path.join(root, 'dist/start/index.js')]],
  env: (apiUrl, apiKey) =>
    inputEnvironment(path.join(root, 'action.yml'), {
      'api-key': apiKey,
      'subaccount-id': 'acme_sg',
      'api-url': apiUrl,
      from: FROM,
      to: TO,
      'request-timeout': '5s',
      retries: '1',
    }),
  jobIdOf: (outputs) => outputs['job-id'],
}

const curl = {
  name: 'curl and jq',
  // The options are those that the runner gives bash.
  command: ['bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', CURL_STEP]],
  env: (apiUrl, apiKey) => ({ API_URL: apiUrl, API_KEY: apiKey }),
  jobIdOf: (outputs) => outputs['job-id'],
}

/** fjogeleit/http-request-action, from a clone of it; its inputs are named as it names them. */
function generic(folder) {
  return {
    name: 'a generic HTTP action',
    command: [process.execPath, [path.join(folder, 'dist/index.js')]],
    env: (apiUrl, apiKey) =>
      inputEnvironment(path.join(folder, 'action.yml'), {
        url: `${apiUrl}/api/v1/subaccounts/acme_sg/messages/exports`,
        method: 'POST',
        data: BODY,
        bearerToken: apiKey,
        timeout: '5000',
        retry: '1',
        retryWait: '1000',
      }),
    // `fromJSON(steps.….outputs.response).jobId`, which is '' where there is no such member.
    jobIdOf: ({ response }) => {
      try {
        return JSON.parse(response)?.jobId
      } catch {
        return undefined
      }
    },
  }
}

/** Ours, curl, and the clone of a generic action where one is given. */
export function peersOf(genericFolder) {
  return genericFolder === undefined ? [ours, curl] : [ours, curl, generic(genericFolder)]
}
