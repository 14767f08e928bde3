// The real one posts to an address that is a secret; the payload is YAML or JSON, here one line of it.
const { INPUT_WEBHOOK: webhook = '', INPUT_PAYLOAD: payload = '' } = process.env
if (!/^https:\/\/hooks\.slack\.com\/services\/\S+$/.test(webhook)) throw new Error('No webhook')
if (process.env['INPUT_WEBHOOK-TYPE'] !== 'incoming-webhook') throw new Error('webhook-type')
const [, text] = /^text: ("(?:[^"\\\n]|\\.)+")\s*$/.exec(payload) ?? []
if (!text) throw new Error(`This payload is no message: ${payload}`)
console.log(`Slack reads: ${JSON.parse(text)}`)
