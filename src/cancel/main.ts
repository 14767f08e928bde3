import { ExportClient } from '../api/client.js'
import { systemClock as clock } from '../clock.js'
import { readRawInputs } from '../runner/environment.js'
import { runStep } from '../runner/run-step.js'
import { CANCEL_INPUTS, cancelExport, readCancelRequest } from './cancel.js'

runStep(async (step) => {
  // Until the job is cancelled.
  step.setOutput('cancelled', 'false')
  const request = readCancelRequest(readRawInputs(CANCEL_INPUTS, step))
  const api = new ExportClient(request.connection, { clock, step, random: Math.random })
  await cancelExport(request, { api, step })
})
