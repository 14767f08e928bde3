import { createExportJobs } from '../api/export-jobs.js'
import { createTransport } from '../api/transport.js'
import { systemClock as clock } from '../clock.js'
import { readRawInputs } from '../runner/environment.js'
import { runStep } from '../runner/run-step.js'
import { cancelExport } from './cancel.js'
import { CANCEL_INPUTS, readCancelRequest } from './inputs.js'
import { setCancelledOutput } from './outputs.js'

runStep(async (step) => {
  const raw = readRawInputs(CANCEL_INPUTS, step)
  setCancelledOutput(false, step)
  const request = readCancelRequest(raw)
  const { connection } = request
  const transport = createTransport({ ...connection, clock })
  const api = createExportJobs({ connection, transport, clock, step, random: Math.random })
  await cancelExport(request, { api, clock, step })
})
