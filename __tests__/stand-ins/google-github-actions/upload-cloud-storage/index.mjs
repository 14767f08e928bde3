import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

const { INPUT_PATH: given, INPUT_DESTINATION: destination = '', INPUT_PARENT: parent } = process.env
if (!existsSync(process.env.GOOGLE_APPLICATION_CREDENTIALS ?? '')) throw new Error('Not signed in')
if (!given || !existsSync(given)) throw new Error(`Nothing at ${given}`)
if (!/^[a-z0-9][\w.-]+(\/[\w.-]+)*$/.test(destination)) throw new Error(`To where: ${destination}`)

const prefix = parent === 'false' ? destination : `${destination}/${path.basename(given)}`
const names = readdirSync(given)
if (names.length === 0 || !names.every((name) => /^[^.].*\.csv$/.test(name))) {
  throw new Error(`These are not the logs: ${names}`)
}
for (const name of names) console.log(`Uploaded gs://${prefix}/${name}`)
