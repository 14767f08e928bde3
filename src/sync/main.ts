import { systemClock as clock } from '../clock.js'
import { readPlaces, readRawInputs } from '../runner/environment.js'
import { runStep } from '../runner/run-step.js'
import { readSyncRequest, SYNC_INPUTS } from './inputs.js'
import { connectTo, syncArchive } from './sync.js'

runStep(async (step) => {
  const raw = readRawInputs(SYNC_INPUTS, step)
  const request = readSyncRequest(raw, readPlaces(), clock.now())
  const connect = connectTo(request.connection, { clock, step, random: Math.random })
  await syncArchive(request, { connect, clock, step })
})
