// The floor of sandbox: a server in a process that stays, and its address.
const { fork } = require('node:child_process')
const { appendFileSync } = require('node:fs')

const server = fork(`${__dirname}/sandbox-server.cjs`, {
  detached: true,
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
})
server.once('message', (url) => {
  appendFileSync(process.env.GITHUB_OUTPUT, `api-url=${url}\n`)
  appendFileSync(process.env.GITHUB_STATE, `url<<end\n${url}\nend\n`)
  server.disconnect()
  server.unref()
})
