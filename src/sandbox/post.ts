import { keptByMain } from '../runner/environment.js'
import { runStep } from '../runner/run-step.js'
import { stopSandbox } from './sandbox.js'

runStep(async (step) => {
  const url = keptByMain('url')
  const apiKey = keptByMain('api-key')
  if (url && apiKey) await stopSandbox(url, apiKey, step)
  else step.info('There is no sandbox to end.')
})
