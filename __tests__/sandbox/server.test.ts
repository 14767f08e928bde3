import { createHash } from 'node:crypto'
import http from 'node:http'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SandboxConfig } from '../../src/sandbox/jobs.js'
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.js'
import { parseCsv } from '../helpers/csv.js'
import { ManualClock } from '../helpers/manual-clock.js'

const API_KEY = 'sandbox-key'
const COLUMNS =
  'umid,subaccountid,direction,country,operator,mcc,mnc,status_value,status_details,status_errorcode,status_errormessage,status_timestamp,msisdn,source,encoding,createdat,smscount,price_currency,price_persms,price_total,clientmessageid,clientbatchid,batchid,body'

interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  body: Buffer
  json: () => Record<string, unknown>
}

interface AskOptions {
  body?: string
  headers?: Record<string, string>
  /** Sent as it is, in the place of the URL's own. */
  path?: string
}

let clock: ManualClock
let server: SandboxServer

async function begin(config: Partial<SandboxConfig> = {}): Promise<void> {
  const defaults: SandboxConfig = {
    records: 50,
    files: 1,
    scenario: 'succeeded',
    durationMs: 2_000,
    seed: 1,
  }
  clock = new ManualClock()
  server = await startSandboxServer({ ...defaults, ...config, apiKey: API_KEY, clock })
}

beforeEach(() => begin())
afterEach(() => server.close())

async function again(config: Partial<SandboxConfig>): Promise<void> {
  await server.close()
  await begin(config)
}

function ask(
  method: string,
  target: string,
  { body, headers = {}, path }: AskOptions = {},
): Promise<Answer> {
  const url = target.startsWith('http') ? target : `${server.url}/api/v1/subaccounts${target}`
  return new Promise((resolve, reject) => {
    const request = http.request(url, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, ...headers },
      agent: false,
      ...(path === undefined ? {} : { path }),
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('error', reject)
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const json = (): Record<string, unknown> => JSON.parse(bytes.toString())
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes, json })
      })
    })
    request.end(body)
  })
}

const start = async (filter: object = {}, subaccount = 'acme_sg'): Promise<string> => {
  const answer = await ask('POST', `/${subaccount}/messages/exports`, {
    body: JSON.stringify(filter),
  })
  expect(answer.status).toBe(202)
  return String(answer.json().jobId)
}

const read = async (jobId: string): Promise<Record<string, unknown>> =>
  (await ask('GET', `/acme_sg/messages/exports/${jobId}`)).json()

/** Starts a job, lets it end, and gives its links. */
async function linksOf(filter: object = {}): Promise<string[]> {
  const jobId = await start(filter)
  await clock.advance(2_000)
  return (await read(jobId)).data as string[]
}

async function rowsOf(filter: object = {}): Promise<Record<string, string>[]> {
  const rows: Record<string, string>[] = []
  for (const link of await linksOf(filter)) {
    const [header = [], ...lines] = parseCsv((await ask('GET', link)).body.toString())
    rows.push(
      ...lines.map((cells) =>
        Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ''])),
      ),
    )
  }
  return rows
}

describe('a job', () => {
  test('has an id of 64 letters and digits', async () => {
    expect(await start()).toMatch(/^[A-Za-z0-9]{64}$/)
    expect(await start()).not.toBe(await start())
  })

  test('is queued, runs, and succeeds with links and their end', async () => {
    const jobId = await start()

    expect(await read(jobId)).toEqual({ status: 'queued' })
    await clock.advance(399)
    expect(await read(jobId)).toEqual({ status: 'queued' })
    await clock.advance(1)
    expect(await read(jobId)).toEqual({ status: 'running' })
    await clock.advance(1_599)
    expect(await read(jobId)).toEqual({ status: 'running' })
    await clock.advance(1)
    expect(await read(jobId)).toEqual({
      status: 'succeeded',
      data: [
        expect.stringMatching(
          /^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/subaccounts\/acme_sg\/messages\/download\/[A-Za-z0-9]{96}$/,
        ),
      ],
      expires: '2026-12-24T10:20:32.00Z',
    })
  })

  test.each(['empty', 'failed', 'cancelled', 'error'] as const)(
    'ends as %s where that is the scenario',
    async (scenario) => {
      await again({ scenario })
      const jobId = await start()
      await clock.advance(2_000)

      expect(await read(jobId)).toEqual({ status: scenario })
    },
  )

  test('that is cancelled stays so', async () => {
    const jobId = await start()

    const answer = await ask('DELETE', `/acme_sg/messages/exports/${jobId}`)
    await clock.advance(5_000)

    expect([answer.status, answer.body.length]).toEqual([204, 0])
    expect(await read(jobId)).toEqual({ status: 'cancelled' })
  })

  test('that is over cannot be cancelled', async () => {
    const jobId = await start()
    await clock.advance(2_000)

    expect((await ask('DELETE', `/acme_sg/messages/exports/${jobId}`)).json()).toMatchObject({
      code: 4018,
    })
    expect(await read(jobId)).toMatchObject({ status: 'succeeded' })
  })

  test('is empty where no record matches', async () => {
    const jobId = await start({ countries: ['FR'] })
    await clock.advance(2_000)

    expect(await read(jobId)).toEqual({ status: 'empty' })
  })

  test('that has no row left by its filters is empty, and one with a row is not', async () => {
    await again({ records: 3 })
    const [some, none] = [
      await start({ countries: ['SG'] }),
      await start({ countries: ['SG'], phoneNumber: '60123456789' }),
    ]
    await clock.advance(2_000)

    expect(await read(some)).toMatchObject({ status: 'succeeded' })
    expect(await read(none)).toEqual({ status: 'empty' })
  })
})

describe('what the API refuses', () => {
  const refused = async (
    method: string,
    target: string,
    options: AskOptions = {},
  ): Promise<[number, unknown]> => {
    const answer = await ask(method, target, options)
    const body = answer.json()
    expect(body).toEqual({
      code: expect.any(Number),
      message: expect.any(String),
      errorId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      timestamp: new Date(clock.now()).toISOString(),
    })
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    return [answer.status, body.code]
  }

  test.each(['', 'Bearer wrong', 'Basic sandbox-key', 'sandbox-key', 'Bearer sandbox-keyx'])(
    'is refused with the key %j',
    async (authorization) => {
      for (const [method, target] of [
        ['POST', '/acme_sg/messages/exports'],
        ['GET', '/acme_sg/messages/exports/x'],
        ['DELETE', '/acme_sg/messages/exports/x'],
      ] as const) {
        expect(await refused(method, target, { headers: { authorization } })).toEqual([401, 1200])
      }
    },
  )

  test.each(['ab', 'a'.repeat(51), 'a%20b', 'a%2Fb', 'a+b'])(
    'is refused for the subaccount %s',
    async (id) => {
      expect(await refused('POST', `/${id}/messages/exports`)).toEqual([400, 1001])
    },
  )

  const bodies: [string, string, number][] = [
    ['no JSON', '{', 1000],
    ['a list', '[]', 1000],
    ['null', 'null', 1000],
    ['a date that is none', '{"from":"2026-02-30"}', 1000],
    ['a time that is none', '{"from":"2026-02-01T25:00:00"}', 1000],
    ['an offset that is none', '{"from":"2026-02-01T05:00:00+25:00"}', 1000],
    ['another form of a date', '{"from":"01.02.2026"}', 1000],
    ['fractions of a second', '{"from":"2026-02-01T05:00:00.5Z"}', 1000],
    ['a number as date', '{"to":1761955200}', 1000],
    ['from after to', '{"from":"2026-11-02","to":"2026-11-01"}', 1000],
    ['from at to', '{"from":"2026-11-01T08:00:00+08:00","to":"2026-11-01"}', 1000],
    ['from after the default of to', '{"from":"2026-11-24"}', 1000],
    ['to before the default of from', '{"to":"2026-11-17"}', 1000],
    ['from before the year 1', '{"from":"0001-01-01T00:00:00+00:01","to":"2026-11-01"}', 1000],
    ['the year 0', '{"from":"0000-12-31","to":"2026-11-01"}', 1000],
    ['to after the year 9999', '{"from":"2026-11-01","to":"9999-12-31T23:59:59-00:01"}', 1000],
    ['a phone number that is none', '{"phoneNumber":"12345"}', 1002],
    ['a phone number with blanks', '{"phoneNumber":"+65 1111 1111"}', 1002],
    ['a country that is none', '{"countries":["SG","UK"]}', 1009],
    ['a country in three letters', '{"countries":["SGP"]}', 1009],
    ['countries as a text', '{"countries":"SG"}', 1000],
    ['countries as numbers', '{"countries":[1]}', 1000],
    ['a limit below 0', '{"limit":-1}', 1010],
    ['a limit above an int32', '{"limit":2147483648}', 1010],
    ['a limit as text', '{"limit":"5"}', 1000],
    ['a limit with a fraction', '{"limit":1.5}', 1000],
  ]

  test.each(bodies)('is refused with %s', async (_, body, code) => {
    expect(await refused('POST', '/acme_sg/messages/exports', { body })).toEqual([400, code])
  })

  test.each([
    '',
    '{}',
    '{"from":"2026-11-01","to":"2026-11-02"}',
    '{"from":"2026-11-01T00:00:00","to":"2026-11-01T00:00:01Z"}',
    '{"from":"2026-11-01T00:00:00-09:30","to":"2026-11-01T20:00:00+07:00"}',
    '{"from":"2026-11-23T23:59:59"}',
    '{"phoneNumber":"6511111111","countries":["sg"],"limit":0}',
    '{"from":"0001-01-01T00:00:00Z","to":"9999-12-31T23:59:59Z"}',
    '{"from":null,"countries":[],"limit":2147483647,"other":1}',
  ])('is not the body %s', async (body) => {
    expect((await ask('POST', '/acme_sg/messages/exports', { body })).status).toBe(202)
  })

  test('is a body of more than 1 MiB', async () => {
    const body = `{"x":"${'x'.repeat(1_048_576)}"}`

    expect(await refused('POST', '/acme_sg/messages/exports', { body })).toEqual([413, 1000])
  })

  test('is a job that it does not know, or of another subaccount', async () => {
    const jobId = await start()

    expect(await refused('GET', '/acme_sg/messages/exports/unknown')).toEqual([404, 4018])
    expect(await refused('GET', `/acme_my/messages/exports/${jobId}`)).toEqual([404, 4018])
    expect(await refused('DELETE', `/acme_my/messages/exports/${jobId}`)).toEqual([404, 4018])
  })

  test('is a segment of a path that is no text, and the key comes before it', async () => {
    const headers = { authorization: '' }

    expect(await refused('GET', '/acme_sg/messages/exports/%zz')).toEqual([404, 4018])
    expect(await refused('GET', '/acme_sg/messages/download/%zz')).toEqual([404, 1300])
    expect(await refused('POST', '/%zz/messages/exports')).toEqual([400, 1001])
    expect(await refused('POST', '/%zz/messages/exports', { headers })).toEqual([401, 1200])
  })

  test.each([
    '/',
    '/api/v1/subaccounts/acme_sg/messages/imports',
    '/api/v1/subaccounts/acme_sg/messages/download',
    '/api/v1/subaccounts/acme_sg/messages/exports/',
    '/api/v1/subaccounts/acme_sg/messages/exports/x/y',
    '/api/v2/subaccounts/acme_sg/messages/exports',
    '/sandbox',
  ])('is the path %s, which it does not have', async (path) => {
    expect(await refused('GET', `${server.url}${path}`)).toEqual([404, 1300])
  })

  test.each([
    '//',
    '//x/api/v1/subaccounts/acme_sg/messages/exports',
    '//api/v1/subaccounts/acme_sg/messages/exports',
    '/api/v1//subaccounts/acme_sg/messages/exports',
    '/api/v1/../v1/subaccounts/acme_sg/messages/exports',
    '/api/v1/./subaccounts/acme_sg/messages/exports',
    '/api/v1/subaccounts/acme_sg/messages/x/../exports',
    '/api/v1/subaccounts/acme_sg/messages/%2e%2e/messages/exports',
    '/api\\v1\\subaccounts\\acme_sg\\messages\\exports',
    '*',
  ])('is the path %s, just as it is written', async (path) => {
    expect(await refused('POST', server.url, { path })).toEqual([404, 1300])
  })

  test('is not a path behind an address, as a proxy sends it, nor one with a query', async () => {
    const path = '/api/v1/subaccounts/acme_sg/messages/exports'

    const behind = await ask('POST', server.url, { path: `${server.url}${path}` })
    const withQuery = await ask('POST', server.url, { path: `${path}?a=//b/../c` })

    expect([behind.status, withQuery.status]).toEqual([202, 202])
  })

  test('is a method that a path does not have', async () => {
    expect(await refused('GET', '/acme_sg/messages/exports')).toEqual([405, 1300])
    expect(await refused('PUT', '/acme_sg/messages/exports/x')).toEqual([405, 1300])
    expect(await refused('POST', '/acme_sg/messages/download/x')).toEqual([405, 1300])
    const { headers } = await ask('PATCH', '/acme_sg/messages/exports/x')
    expect(headers.allow).toBe('GET, DELETE')
  })

  test('is a link that is unknown, of another subaccount, or expired', async () => {
    const [link = ''] = await linksOf()

    expect(await refused('GET', '/acme_sg/messages/download/unknown')).toEqual([404, 1300])
    expect(await refused('GET', link.replace('acme_sg', 'acme_my'))).toEqual([404, 1300])
    await clock.advance(30 * 86_400_000 - 1)
    expect((await ask('GET', link)).status).toBe(200)
    await clock.advance(1)
    const late = await ask('GET', link)
    expect([late.status, late.json().code]).toEqual([410, 1300])
  })
})

describe('a file', () => {
  test('has the columns of the reference, whole rows, and what makes CSV hard', async () => {
    await again({ records: 1_000 })
    const [link = ''] = await linksOf({ from: '2026-11-01', to: '2026-11-02' })

    const { body, headers } = await ask('GET', link)
    const [header, ...lines] = parseCsv(body.toString())

    expect(header?.join()).toBe(COLUMNS)
    expect(lines).toHaveLength(1_000)
    expect(lines.filter((cells) => cells.length !== 24)).toEqual([])
    expect(headers).toMatchObject({
      'content-length': String(body.length),
      'content-type': 'text/csv; charset=utf-8',
      'accept-ranges': 'bytes',
    })
    const text = body.toString()
    for (const oddity of ['""', '\r\nline three', 'one\nline two', 'ドコモ', '🎉', 'مرحبا']) {
      expect(text).toContain(oddity)
    }
  })

  test('looks like real traffic', async () => {
    await again({ records: 1_000 })
    const rows = await rowsOf({ from: '2026-11-01', to: '2026-11-02' })
    const valuesOf = (column: string): Set<string> => new Set(rows.map((row) => row[column] ?? ''))

    expect(valuesOf('country').size).toBeGreaterThanOrEqual(8)
    expect(valuesOf('operator').size).toBeGreaterThanOrEqual(10)
    expect([...valuesOf('price_currency')].toSorted()).toEqual(['', 'EUR', 'USD'])
    expect([...valuesOf('direction')].toSorted()).toEqual(['0', '1'])
    expect(valuesOf('status_value').size).toBeGreaterThanOrEqual(6)
    expect(valuesOf('status_errorcode').size).toBeGreaterThanOrEqual(4)
    expect(valuesOf('umid').size).toBe(1_000)
    for (const row of rows) {
      expect(row.createdat).toMatch(/^2026-11-01T/)
      expect(row.msisdn + (row.source ?? '')).not.toMatch(/\d{7}/)
      const total = Number(row.price_persms) * Number(row.smscount)
      expect(Number(row.price_total)).toBeCloseTo(total, 10)
    }
    expect(rows.map((row) => row.createdat)).toEqual(rows.map((row) => row.createdat).toSorted())
  })

  test('is the same for the same seed, and another for another', async () => {
    const hashOf = async (seed: number): Promise<string> => {
      await again({ seed })
      const [link = ''] = await linksOf({ from: '2026-11-01', to: '2026-11-02' })
      return createHash('sha256')
        .update((await ask('GET', link)).body)
        .digest('hex')
    }

    const [first, same, other] = [await hashOf(1), await hashOf(1), await hashOf(2)]

    expect(same).toBe(first)
    expect(other).not.toBe(first)
  })

  test('holds what the filters leave', async () => {
    await again({ records: 500 })

    const all = await rowsOf()
    const countries = ['SG', 'JP']
    const isInThem = (row: Record<string, string>): boolean => countries.includes(row.country ?? '')

    expect(all).toHaveLength(500)
    expect(await rowsOf({ limit: 0 })).toEqual(all)
    expect(await rowsOf({ limit: 7 })).toEqual(all.slice(0, 7))
    expect(await rowsOf({ countries })).toEqual(all.filter(isInThem))
    expect(await rowsOf({ countries, limit: 7 })).toEqual(all.filter(isInThem).slice(0, 7))
  })

  test('holds what the filters leave of more rows than a seed has kinds of', async () => {
    await again({ records: 2_345, files: 3 })

    const all = await rowsOf()
    const inOne = await rowsOf({ countries: ['CI'] })

    expect(inOne).toEqual(all.filter(({ country }) => country === 'CI'))
    expect(inOne.length).toBeGreaterThan(20)
  })

  test.each([
    ['6598765432', 'SG', '65XXXXX432'],
    ['+6598765432', 'SG', '65XXXXX432'],
    ['65987654', 'SG', '65XXX654'],
    ['2250102030405', 'CI', '225XXXXXXX405'],
    ['2251234', 'CI', '225X234'],
  ])('for the phone number %s has no row of another', async (phoneNumber, country, masked) => {
    await again({ records: 700 })

    const rows = await rowsOf({ phoneNumber })

    expect(rows).toHaveLength(7)
    for (const row of rows) {
      expect([row.country, row.direction === '0' ? row.source : row.msisdn]).toEqual([
        country,
        masked,
      ])
    }
  })

  test('for a phone number has rows in all of the window, each with its own id', async () => {
    await again({ records: 700 })

    const rows = await rowsOf({
      phoneNumber: '6598765432',
      from: '2026-11-01',
      to: '2026-11-08',
    })

    expect(rows.map(({ createdat }) => createdat?.slice(0, 10))).toEqual(
      ['01', '02', '03', '04', '05', '06', '07'].map((day) => `2026-11-${day}`),
    )
    expect(new Set(rows.map(({ umid }) => umid)).size).toBe(7)
  })

  test.each([
    ['begins', { from: '0001-01-01', to: '0001-01-01T00:00:01' }],
    ['ends', { from: '9999-12-31T23:59:58', to: '9999-12-31T23:59:59' }],
    ['begins and ends', { from: '0001-01-01', to: '9999-12-31T23:59:59' }],
  ])('of a window with which the calendar %s is whole', async (_, window) => {
    await again({ records: 1_500 })
    const [link = ''] = await linksOf(window)

    const { body, headers } = await ask('GET', link)
    const [, ...lines] = parseCsv(body.toString())

    expect(headers['content-length']).toBe(String(body.length))
    expect(lines).toHaveLength(1_500)
    for (const [id, , , , , , , , , , , statusTime, , , , createdAt] of lines) {
      expect(id).toHaveLength(36)
      expect(statusTime).toMatch(/^(\d{4}-\d\d-\d\dT[\d:.]{12}Z)?$/)
      expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/)
    }
  })

  test('is one of several, which hold all rows once', async () => {
    await again({ records: 1_000, files: 3 })
    const links = await linksOf({ from: '2026-11-01', to: '2026-11-02' })
    const counts: number[] = []
    const ids = new Set<string>()
    for (const link of links) {
      const [header, ...lines] = parseCsv((await ask('GET', link)).body.toString())
      expect(header?.join()).toBe(COLUMNS)
      counts.push(lines.length)
      for (const [id] of lines) ids.add(id ?? '')
    }

    expect(counts).toEqual([333, 333, 334])
    expect(ids.size).toBe(1_000)
  })

  test('is served in ranges that are equal to its slices', async () => {
    await again({ records: 2_500, files: 2 })
    const [, link = ''] = await linksOf({ from: '2026-11-01', to: '2026-11-02' })
    const { body, headers } = await ask('GET', link)
    const size = body.length
    const inFile = fc.nat({ max: size - 1 })

    await fc.assert(
      fc.asyncProperty(
        inFile,
        inFile,
        fc.constantFrom('both', 'open', 'last'),
        async (a, b, kind) => {
          const [first, last] = [Math.min(a, b), Math.max(a, b)]
          const range = { both: `${first}-${last}`, open: `${first}-`, last: `-${size - first}` }[
            kind
          ]
          const wanted = kind === 'both' ? body.subarray(first, last + 1) : body.subarray(first)

          const part = await ask('GET', link, { headers: { range: `bytes=${range}` } })

          expect(part.status).toBe(206)
          expect(part.body.equals(wanted)).toBe(true)
          expect(part.headers['content-range']).toBe(
            `bytes ${first}-${first + wanted.length - 1}/${size}`,
          )
          expect(part.headers.etag).toBe(headers.etag)
        },
      ),
      { numRuns: 40 },
    )
  })

  test.each([
    ['bytes=999999999-', 416],
    ['bytes=-0', 416],
    ['bytes=5-2', 200],
    ['bytes=0-1,5-6', 200],
    ['bytes=x', 200],
    ['lines=0-1', 200],
    ['bytes=-', 200],
    ['Bytes=0-', 206],
    ['bytes=0-999999999', 206],
    ['bytes=-999999999', 206],
  ])('answers the range %s with %i', async (range, status) => {
    const [link = ''] = await linksOf()
    const whole = (await ask('GET', link)).body

    const answer = await ask('GET', link, { headers: { range } })

    expect(answer.status).toBe(status)
    if (status === 416) {
      expect(answer.headers['content-range']).toBe(`bytes */${whole.length}`)
      expect(answer.json()).toMatchObject({ code: 1010, message: 'Range is not in the file' })
    } else {
      expect(answer.body.equals(whole)).toBe(true)
    }
  })

  test('is given whole where If-Range names another version, whatever the range', async () => {
    const [link = ''] = await linksOf()
    const headers = { range: 'bytes=999999999-', 'if-range': '"other"' }

    const answer = await ask('GET', link, { headers })

    expect(answer.status).toBe(200)
    expect(answer.headers['content-range']).toBeUndefined()
  })

  test('is given in part only where If-Range names its version', async () => {
    const [link = ''] = await linksOf()
    const { etag = '', 'last-modified': modified = '' } = (await ask('GET', link)).headers
    const statusWith = async (condition: string): Promise<number> =>
      (await ask('GET', link, { headers: { range: 'bytes=0-9', 'if-range': condition } })).status

    expect(await statusWith(etag)).toBe(206)
    expect(await statusWith(modified)).toBe(206)
    expect(await statusWith('"other"')).toBe(200)
    expect(await statusWith(`W/${etag}`)).toBe(200)
  })

  test('shows its head without its body', async () => {
    const [link = ''] = await linksOf()
    const whole = await ask('GET', link)

    const head = await ask('HEAD', link)

    expect(head.body).toHaveLength(0)
    expect(head.headers['content-length']).toBe(whole.headers['content-length'])
  })

  test.each(['bytes=0-9', 'bytes=999999999-'])(
    'shows the head of the whole, also where the range %s is asked for',
    async (range) => {
      const [link = ''] = await linksOf()
      const whole = await ask('GET', link)

      const head = await ask('HEAD', link, { headers: { range } })

      expect(head.status).toBe(200)
      expect(head.headers['content-length']).toBe(whole.headers['content-length'])
      expect(head.headers['content-range']).toBeUndefined()
    },
  )

  test('has a tag of its own that shows nothing of its link', async () => {
    await again({ files: 2 })
    const links = await linksOf()

    const tags: string[] = []
    for (const link of links) tags.push(String((await ask('HEAD', link)).headers.etag))

    expect(new Set(tags).size).toBe(2)
    for (const [number, tag] of tags.entries()) {
      const token = links[number]?.split('/').at(-1) ?? ''
      expect(tag).toMatch(/^"[0-9a-f]{32}"$/)
      expect(token).not.toContain(tag.slice(1, 9))
    }
  })

  test('is not packed, also for who would unpack it', async () => {
    const [link = ''] = await linksOf()
    const plain = await ask('GET', link)

    const answer = await ask('GET', link, { headers: { 'accept-encoding': 'gzip, br' } })

    expect(answer.headers['content-encoding']).toBeUndefined()
    expect(answer.body.equals(plain.body)).toBe(true)
  })

  test('is there with the key and without', async () => {
    const [link = ''] = await linksOf()

    expect((await ask('GET', link, { headers: { authorization: '' } })).status).toBe(200)
  })

  test('of a million rows costs no memory, and a reader that leaves costs nothing else', async () => {
    await again({ records: 1_000_000 })
    const [link = ''] = await linksOf()
    const before = process.memoryUsage().rss
    let bytes = 0
    const length = await new Promise<number>((resolve, reject) => {
      http.get(link, { agent: false }, (response) => {
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes < 60_000_000) return
          response.destroy()
          resolve(Number(response.headers['content-length']))
        })
        response.on('error', reject)
      })
    })

    expect(length).toBeGreaterThan(200_000_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
    expect((await ask('HEAD', link)).status).toBe(200)
  })
})

describe('the server', () => {
  test('listens on 127.0.0.1 alone', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  test('ends for who has the key, and for nobody else', async () => {
    expect(
      (await ask('DELETE', `${server.url}/sandbox`, { headers: { authorization: '' } })).status,
    ).toBe(401)

    expect((await ask('DELETE', `${server.url}/sandbox`)).status).toBe(204)
    await server.closed
    await expect(ask('GET', `${server.url}/`)).rejects.toThrow('ECONNREFUSED')
  })
})
