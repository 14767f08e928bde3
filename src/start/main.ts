import { ExportClient } from '../api/client.js'
import { systemClock as clock } from '../clock.js'
import { readRawInputs } from '../runner/environment.js'
import { runStep } from '../runner/run-step.js'
import { readStartRequest, START_INPUTS } from './inputs.js'
import { startExport } from './start.js'

runStep(async (step) => {
  const request = readStartRequest(readRawInputs(START_INPUTS, step), clock.now())
  const api = new ExportClient(request.connection, { clock, step, random: Math.random })
  await startExport(request, { api, step })
})
