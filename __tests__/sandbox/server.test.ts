import http from 'node:http'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SandboxConfig } from '../../src/sandbox/inputs.js'
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

/** A day that is over, by the clock of the tests. */
const DAY = { from: '2026-11-02', to: '2026-11-03' }

/** Starts a job, lets it end, and gives its links. */
async function linksOf(filter: object = DAY): Promise<string[]> {
  const jobId = await start(filter)
  await clock.advance(2_000)
  return (await read(jobId)).data as string[]
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
    expect(await refused('GET', '/acme_sg/messages/exports')).toEqual([404, 1300])
    expect(await refused('PUT', '/acme_sg/messages/exports/x')).toEqual([404, 1300])
    expect(await refused('POST', '/acme_sg/messages/download/x')).toEqual([404, 1300])
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
  test('has the columns of the reference, and says how long it is', async () => {
    const [link = ''] = await linksOf()

    const { body, headers } = await ask('GET', link)
    const [header, ...lines] = parseCsv(body.toString())

    expect(header?.join()).toBe(COLUMNS)
    expect(lines.length).toBeGreaterThan(20)
    expect(lines.filter((cells) => cells.length !== 24)).toEqual([])
    expect(headers).toMatchObject({
      'content-length': String(body.length),
      'content-type': 'text/csv; charset=utf-8',
      'accept-ranges': 'bytes',
    })
  })

  test('ends with the last message before the end of its window', async () => {
    await again({ records: 1_000 })
    const [link = ''] = await linksOf()
    const rows = parseCsv((await ask('GET', link)).body.toString())

    expect(rows.at(-1)?.[15]).toMatch(/^2026-11-02T23:59:59\.999/)
  })

  test('is served in ranges that are equal to its slices', async () => {
    await again({ records: 2_500, files: 2 })
    const [, link = ''] = await linksOf()
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
    const { etag = '' } = (await ask('GET', link)).headers
    const statusWith = async (condition: string): Promise<number> =>
      (await ask('GET', link, { headers: { range: 'bytes=0-9', 'if-range': condition } })).status

    expect(await statusWith(etag)).toBe(206)
    expect(await statusWith('"other"')).toBe(200)
    expect(await statusWith(`W/${etag}`)).toBe(200)
  })

  test('has a tag of its own that shows nothing of its link', async () => {
    await again({ files: 2 })
    const links = await linksOf()

    const tags: string[] = []
    for (const link of links) tags.push(String((await ask('GET', link)).headers.etag))

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
          if (bytes < 20_000_000) return
          response.destroy()
          resolve(Number(response.headers['content-length']))
        })
        response.on('error', reject)
      })
    })

    expect(length).toBeGreaterThan(200_000_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
    expect((await ask('GET', link, { headers: { range: 'bytes=0-9' } })).status).toBe(206)
  })
})

describe('the clock of the server', () => {
  const setClock = (now: unknown, headers = {}): Promise<Answer> =>
    ask('PUT', `${server.url}/sandbox`, { body: JSON.stringify({ now }), headers })

  test('is set by who has the key, and goes on from there', async () => {
    const jobId = await start()

    expect((await setClock('2026-12-01T00:00:00Z')).status).toBe(204)
    expect(await read(jobId)).toMatchObject({ status: 'succeeded' })
    await clock.advance(60_000)

    const answer = await ask('GET', `/acme_sg/messages/exports/${jobId}`)
    expect(answer.headers.date).toBe('Tue, 01 Dec 2026 00:01:00 GMT')
  })

  test('is what messages are sent and receipts come by', async () => {
    await again({ records: 2_000 })
    const week = { from: '2026-11-20', to: '2026-11-27' }
    const statusesOf = async (): Promise<Map<string, string>> => {
      const [link = ''] = await linksOf(week)
      const [, ...rows] = parseCsv((await ask('GET', link)).body.toString())
      return new Map(rows.map(([umid = '', ...cells]) => [umid, cells[6] ?? '']))
    }

    const first = await statusesOf()
    await setClock('2026-11-25T10:20:30Z')
    const next = await statusesOf()

    expect(next.size).toBeGreaterThan(first.size + 1_000)
    const changed = [...first].filter(([umid, status]) => status !== next.get(umid))
    expect(changed.length).toBeGreaterThan(0)
    expect(new Set(changed.map(([, status]) => status))).toEqual(new Set(['sent']))
  })

  test('is not set by who has no key, nor to what is no moment', async () => {
    expect((await setClock('2026-12-01', { authorization: '' })).status).toBe(401)
    expect((await setClock('tomorrow')).status).toBe(400)
    expect((await setClock(undefined)).status).toBe(400)
    expect((await ask('GET', `${server.url}/`)).headers.date).toBe(
      new Date(clock.now()).toUTCString(),
    )
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
