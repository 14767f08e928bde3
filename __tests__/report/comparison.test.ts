import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readJsonAt } from '../../src/files/json-files.js'
import { formatReportFile, readBefore } from '../../src/report/report-file.js'
import { csvOfRecords, findingsOf } from '../helpers/read-export.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

const reportOn = (jobId: string, records: number): string =>
  formatReportFile({
    subaccountId: 'acme_sg',
    jobId,
    figures: findingsOf([csvOfRecords(Array(records).fill({}))]).figures,
  })

async function compareWith(place: string) {
  const step = new RecordedStep()
  const before = await readBefore(readJsonAt(place, step), step)
  return { outbound: before?.outbound, warnings: step.events }
}

describe('what compare-with names', () => {
  test('is one report', async () => {
    const file = path.join(createTemporaryFolder(), 'report.json')
    writeFileSync(file, reportOn('job-1', 3))

    expect(await compareWith(file)).toEqual({ outbound: 3, warnings: [] })
  })

  test('is the sum of a folder of reports, also in folders below it', async () => {
    const folder = createTemporaryFolder()
    mkdirSync(path.join(folder, 'below'))
    writeFileSync(path.join(folder, 'a.json'), reportOn('job-1', 3))
    writeFileSync(path.join(folder, 'below', 'b.json'), reportOn('job-2', 4))

    expect(await compareWith(folder)).toEqual({ outbound: 7, warnings: [] })
  })

  test.each<[string, (folder: string) => string]>([
    ['is not there', (folder) => path.join(folder, 'none.json')],
    ['is an empty folder', (folder) => folder],
    [
      'is no report',
      (folder) => {
        const file = path.join(folder, 'other.json')
        writeFileSync(file, '{"records": 1}')
        return file
      },
    ],
    [
      'is a folder with one file that is no report',
      (folder) => {
        writeFileSync(path.join(folder, 'a.json'), reportOn('job-1', 3))
        writeFileSync(path.join(folder, 'b.json'), '[]')
        return folder
      },
    ],
    [
      'is a link to nowhere',
      (folder) => {
        const file = path.join(folder, 'link.json')
        symlinkSync('/nowhere', file)
        return file
      },
    ],
  ])('is a warning that names the input where it %s', async (_, make) => {
    const { outbound, warnings } = await compareWith(make(createTemporaryFolder()))

    expect(outbound).toBeUndefined()
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/^warning: compare-with: /)
  })

  test('ends with the step', async () => {
    const step = new RecordedStep()
    step.interrupt(new Error('the end'))
    const options = { signal: step.signal, onSkipped: () => undefined }

    await expect(readBefore(readJsonAt(createTemporaryFolder(), options), step)).rejects.toBe(
      step.signal.reason,
    )
  })
})
