// The floor of cancel: the same DELETE.
const { send, setOutputs } = require('./shared.cjs')

send('DELETE', process.env['INPUT_JOB-ID'], undefined, () => {
  setOutputs({ cancelled: true })
  console.log('cancelled')
})
