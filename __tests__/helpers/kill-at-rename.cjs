// Preloaded into an action's process: kills it before or after a file gets its name, as TEST_KILL says
// (`before sms.csv`).
const files = require('node:fs/promises')

const [moment, name] = process.env.TEST_KILL.split(' ')
const { rename } = files
files.rename = async (from, to) => {
  const isMeant = to.endsWith(name)
  if (!isMeant || moment === 'after') await rename(from, to)
  if (!isMeant) return
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
}
