import path from 'node:path'
import { createExportJobs } from '../api/export-jobs.js'
import { createFileSource } from '../api/transfer.js'
import { createTransport } from '../api/transport.js'
import { systemClock as clock } from '../clock.js'
import { ExportReader } from '../report/export-reader.js'
import { readPlaces, readRawInputs } from '../runner/environment.js'
import { runStep } from '../runner/run-step.js'
import { downloadExport } from './download.js'
import { DOWNLOAD_INPUTS, readDownloadRequest } from './inputs.js'

runStep(async (step) => {
  const places = readPlaces()
  const request = readDownloadRequest(readRawInputs(DOWNLOAD_INPUTS, step), places)
  const { connection } = request
  const { random } = Math
  const transport = createTransport({ ...connection, clock })
  const api = createExportJobs({ connection, transport, clock, step, random })
  const source = createFileSource({ connection, clock, log: step, random })
  const startReader = () =>
    new ExportReader(path.resolve(process.argv[1] ?? '', '../../report-worker/index.js'))
  await downloadExport(request, { api, source, clock, step, workspace: places.cwd, startReader })
})
