import path from 'node:path'
import { systemClock as clock } from '../clock.js'
import { keepForPost as keep, readRawInputs } from '../runner/environment.js'
import { runStep } from '../runner/run-step.js'
import { readSandboxConfig, SANDBOX_INPUTS } from './inputs.js'
import { startSandbox } from './sandbox.js'
import { startServerProcess } from './server-process.js'

runStep(async (step) => {
  const entry = path.join(__dirname, '../sandbox-server/index.js')
  const options = { entry, clock, signal: step.signal }
  await startSandbox(readSandboxConfig(readRawInputs(SANDBOX_INPUTS, step)), {
    // The process that started the step lives as long as the job.
    startServer: (config, apiKey) =>
      startServerProcess({ config, apiKey, watchedPid: process.ppid }, options),
    keep,
    step,
  })
})
