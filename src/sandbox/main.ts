import path from 'node:path'
import { systemClock as clock } from '../clock.js'
import { keepForPost as keep, readRawInputs } from '../runner/environment.js'
import { runStep } from '../runner/run-step.js'
import { readSandboxConfig, SANDBOX_INPUTS } from './inputs.js'
import { startSandbox } from './sandbox.js'
import { type ServerOrder, startServerProcess } from './server-process.js'

runStep(async (step) => {
  const config = readSandboxConfig(readRawInputs(SANDBOX_INPUTS, step))
  const options = {
    entry: path.join(__dirname, '../sandbox-server/index.js'),
    clock,
    signal: step.signal,
  }
  const startServer = (order: ServerOrder) => startServerProcess(order, options)
  await startSandbox(config, { watchedPid: process.ppid, startServer, keep, step })
})
