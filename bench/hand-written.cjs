// The floor: the same POST with node:http and nothing else, without a check of anything.
const http = require('node:http')
const { appendFileSync } = require('node:fs')

const url = new URL(
  `${process.env['INPUT_API-URL']}/api/v1/subaccounts/${process.env['INPUT_SUBACCOUNT-ID']}/messages/exports`,
)
const body = JSON.stringify({ from: process.env.INPUT_FROM, to: process.env.INPUT_TO, limit: 0 })
const headers = {
  authorization: `Bearer ${process.env['INPUT_API-KEY']}`,
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(body),
}
const request = http.request(url, { method: 'POST', headers }, (response) => {
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (chunk) => {
    text += chunk
  })
  response.on('end', () => {
    appendFileSync(process.env.GITHUB_OUTPUT, `job-id=${JSON.parse(text).jobId}\n`)
    console.log('started')
  })
})
request.end(body)
