// What the hand-written scripts share: one request with Node.js alone, and the step's outputs.
const { appendFileSync } = require('node:fs')

const url = new URL(process.env['INPUT_API-URL'])
const exportsUrl = `${url.href.replace(/\/$/, '')}/api/v1/subaccounts/${process.env['INPUT_SUBACCOUNT-ID']}/messages/exports`

exports.send = function send(method, id, body, onAnswer) {
  // Not at the top: TLS costs every script that loads it.
  const { request } = url.protocol === 'https:' ? require('node:https') : require('node:http')
  const headers = { authorization: `Bearer ${process.env['INPUT_API-KEY']}` }
  if (body) {
    headers['content-type'] = 'application/json'
    headers['content-length'] = Buffer.byteLength(body)
  }
  request(`${exportsUrl}${id && `/${id}`}`, { method, headers }, (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk) => {
      text += chunk
    })
    response.on('end', () => onAnswer(text))
  }).end(body)
}

exports.setOutputs = function setOutputs(outputs) {
  const lines = Object.entries(outputs).map(([name, text]) => `${name}=${text}\n`)
  appendFileSync(process.env.GITHUB_OUTPUT, lines.join(''))
}
