import { appendFileSync } from 'node:fs'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
for (const name of ['CLIENT-ID', 'TENANT-ID', 'SUBSCRIPTION-ID']) {
  if (!UUID.test(process.env[`INPUT_${name}`] ?? '')) throw new Error(`${name} is not given`)
}
// The real one signs the program az in, which the stand-in of that looks for here.
appendFileSync(process.env.GITHUB_ENV, 'STAND_IN_AZURE=signed in\n')
console.log('Signed in to Azure.')
