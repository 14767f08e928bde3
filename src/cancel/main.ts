import { ExportClient } from '../api/client.js'
import { systemClock as clock } from '../clock.js'
import { readRawInputs } from '../runner/environment.js'
import { runStep } from '../runner/run-step.js'
import { cancelExport, setCancelledOutput } from './cancel.js'
import { CANCEL_INPUTS, readCancelRequest } from './inputs.js'

runStep(async (step) => {
  setCancelledOutput(false, step)
  const request = readCancelRequest(readRawInputs(CANCEL_INPUTS, step))
  const api = new ExportClient(request.connection, { clock, step, random: Math.random })
  await cancelExport(request, { api, step })
})
