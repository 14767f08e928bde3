import { appendFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const { INPUT_WORKLOAD_IDENTITY_PROVIDER: provider = '', INPUT_SERVICE_ACCOUNT: account = '' } =
  process.env
const PROVIDER =
  /^projects\/\d+\/locations\/global\/workloadIdentityPools\/[\w-]+\/providers\/[\w-]+$/
if (!PROVIDER.test(provider)) throw new Error(`No provider: ${provider}`)
if (!/^[\w-]+@[\w-]+\.iam\.gserviceaccount\.com$/.test(account)) throw new Error('service_account')

// The real one leaves its credentials in the workspace, too.
const credentials = path.join(process.env.GITHUB_WORKSPACE, 'gha-creds-0.json')
writeFileSync(credentials, '{}')
appendFileSync(process.env.GITHUB_ENV, `GOOGLE_APPLICATION_CREDENTIALS=${credentials}\n`)
console.log(`Signed in as ${account}.`)
