// The Node.js of the tests is at hand already; what is asked for must be that one.
import { readFileSync } from 'node:fs'

const file = process.env['INPUT_NODE-VERSION-FILE']
const wanted = file ? readFileSync(file, 'utf8').trim() : process.env['INPUT_NODE-VERSION']
if (!wanted) throw new Error('Which Node.js?')
if (`v${wanted}` !== process.version) throw new Error(`${wanted}, and not ${process.version}?`)
console.log(`Node.js ${wanted} is set up.`)
