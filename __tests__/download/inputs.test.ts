import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { DOWNLOAD_INPUTS, readDownloadRequest } from '../../src/download/inputs.js'
import { mistakesIn } from '../helpers/mistakes.js'
import { validInputs } from '../helpers/valid-inputs.js'

const places = { cwd: path.resolve('/srv/repo'), home: path.resolve('/home/me') }

const read = (differing: Record<string, string | undefined> = {}) =>
  readDownloadRequest({ ...validInputs, 'job-id': 'job-1', ...differing }, places)

const mistakesOf = (differing: Record<string, string | undefined>): string[] =>
  mistakesIn(() => read(differing))

describe('the inputs of a download', () => {
  test('are a request with the defaults of the README', () => {
    expect(read()).toMatchObject({
      connection: {
        apiKey: 'kEy-0123456789',
        subaccountId: 'acme_sg',
        baseUrl: 'https://sms.8x8.com',
        requestTimeoutMs: 30_000,
        retries: 5,
      },
      jobId: 'job-1',
      folder: path.join(places.cwd, 'sms-logs'),
      timeoutMs: 3_600_000,
      ifNoFilesFound: 'warn',
    })
  })

  test('have the names of the README', () => {
    expect(DOWNLOAD_INPUTS).toEqual(
      expect.arrayContaining(['job-id', 'path', 'timeout', 'if-no-files-found', 'api-key']),
    )
  })

  test.each([
    ['0', 0],
    ['0s', 0],
    ['90s', 90_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['168h', 604_800_000],
  ])('have a timeout of %s', (timeout, timeoutMs) => {
    expect(read({ timeout }).timeoutMs).toBe(timeoutMs)
  })

  test.each(['60', '-1s', '1.5h', 'forever', '00', '1w'])('refuse %j as timeout', (timeout) => {
    expect(mistakesOf({ timeout })).toEqual([expect.stringMatching(`^timeout: "${timeout}".*90s`)])
  })

  test('refuse a timeout of more than a week', () => {
    expect(mistakesOf({ timeout: '169h' })[0]).toMatch(/^timeout: "169h".* 168h/)
  })

  test.each(['warn', 'error', 'ignore'])('take %s as if-no-files-found', (choice) => {
    expect(read({ 'if-no-files-found': choice }).ifNoFilesFound).toBe(choice)
  })

  test('refuse another if-no-files-found, and list what there is', () => {
    const [mistake, ...more] = mistakesOf({ 'if-no-files-found': 'fail' })

    expect(more).toEqual([])
    expect(mistake).toMatch(/^if-no-files-found: "fail" .*warn.*error.*ignore/)
  })

  test.each([
    ['logs', path.join(places.cwd, 'logs')],
    ['~', places.home],
    ['~/logs', path.join(places.home, 'logs')],
    [path.resolve('/data'), path.resolve('/data')],
  ])('have the path %s where upload-artifact has it', (text, folder) => {
    expect(read({ path: text }).folder).toBe(folder)
  })

  test('need a job, and say where it is from', () => {
    expect(mistakesOf({ 'job-id': undefined })).toEqual([
      expect.stringMatching(/^job-id: .* job-id of the start step/),
    ])
  })

  test.each(['.', '..', 'a/b', 'a b', 'a%2fb', 'a?b', 'ä', '::error::x', 'x'.repeat(257)])(
    'refuse %j as the id of a job',
    (jobId) => {
      expect(mistakesOf({ 'job-id': jobId })[0]).toMatch(/^job-id: ".*".* job-id of the start step/)
    },
  )

  test.each(['sms-logs', '.', 'sms-logs/..', 'logs.csv', 'logs.CSV.', 'reports/a.csv'])(
    'refuse %j as report-file, as what lies there is removed',
    (file) => {
      expect(mistakesOf({ 'report-file': file })).toEqual([
        expect.stringMatching(/^report-file: .*report\.json/),
      ])
    },
  )

  test('take no thresholds and no files of figures without a summary', () => {
    const figures = { 'report-file': 'a.json', 'compare-with': 'b.json', 'max-cost': 'EUR 5' }

    expect(mistakesOf({ summary: 'false', ...figures })).toEqual(
      Object.keys(figures).map((name) => expect.stringMatching(`^${name}: .*summary: true`)),
    )
    expect(read({ summary: 'false' }).report).toBeUndefined()
  })

  test('have all their mistakes in one go', () => {
    const mistakes = mistakesOf({
      'api-key': undefined,
      region: 'mars',
      'job-id': '..',
      timeout: 'x',
      'if-no-files-found': 'x',
    })

    expect(mistakes.map((text) => text.split(':')[0])).toEqual([
      'api-key',
      'region',
      'job-id',
      'timeout',
      'if-no-files-found',
    ])
  })
})
