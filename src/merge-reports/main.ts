import { homedir } from 'node:os'
import { readRawInputs } from '../runner/raw-inputs.js'
import { runStep } from '../runner/run-step.js'
import { MERGE_INPUTS, readMergeRequest } from './inputs.js'
import { mergeReports } from './merge.js'

runStep(async (step) => {
  const places = { cwd: process.cwd(), home: homedir() }
  await mergeReports(readMergeRequest(readRawInputs(MERGE_INPUTS, step), places), step)
})
