import path from 'node:path'
import { ExportClient } from '../api/client.js'
import { systemClock as clock } from '../clock.js'
import { ExportReader } from '../report/reader.js'
import { readPlaces, readRawInputs } from '../runner/environment.js'
import { runStep } from '../runner/run-step.js'
import { downloadExport } from './download.js'
import { DOWNLOAD_INPUTS, readDownloadRequest } from './inputs.js'

runStep(async (step) => {
  const places = readPlaces()
  const request = readDownloadRequest(readRawInputs(DOWNLOAD_INPUTS, step), places)
  const api = new ExportClient(request.connection, { clock, step, random: Math.random })
  // Beside this bundle's own folder, which is CommonJS.
  const startReader = () => new ExportReader(path.join(__dirname, '../report-worker/index.js'))
  await downloadExport(request, { api, clock, step, workspace: places.cwd, startReader })
})
