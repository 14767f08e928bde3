// The floor of start: the same POST with Node.js alone, without a check of anything.
const { send, setOutputs } = require('./shared.cjs')

const body = JSON.stringify({ from: process.env.INPUT_FROM, to: process.env.INPUT_TO, limit: 0 })
send('POST', '', body, (text) => {
  setOutputs({ 'job-id': JSON.parse(text).jobId })
  console.log('started')
})
