import { homedir } from 'node:os'
import { systemClock as clock } from '../clock.js'
import { readRawInputs } from '../runner/raw-inputs.js'
import { runStep } from '../runner/run-step.js'
import { readSyncRequest, SYNC_INPUTS } from './inputs.js'
import { connectTo, syncArchive } from './sync.js'

runStep(async (step) => {
  const places = { cwd: process.cwd(), home: homedir() }
  const request = readSyncRequest(readRawInputs(SYNC_INPUTS, step), places, clock.now())
  const connect = connectTo(request.connection, { clock, random: Math.random })
  await syncArchive(request, { connect, clock, step })
})
