// Preloaded into an action's process: it begins at the time in TEST_NOW, and its waits take a
// fiftieth of the time that they say.
const timers = require('node:timers/promises')

const HASTE = 50
const sleep = timers.setTimeout
timers.setTimeout = (ms, ...rest) => sleep(ms / HASTE, ...rest)
const uptime = process.hrtime.bigint
process.hrtime.bigint = () => uptime() * BigInt(HASTE)
const now = Date.now
const ahead = Date.parse(process.env.TEST_NOW) - now()
Date.now = () => now() + ahead
