import { readPlaces, readRawInputs } from '../runner/environment.js'
import { runStep } from '../runner/run-step.js'
import { MERGE_INPUTS, mergeReports, readMergeRequest } from './merge.js'

runStep(async (step) => {
  await mergeReports(readMergeRequest(readRawInputs(MERGE_INPUTS, step), readPlaces()), step)
})
