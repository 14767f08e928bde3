import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sanitize } from '../../src/sanitize.js'
import { readStartRequest } from '../../src/start/inputs.js'
import { mistakesIn } from '../helpers/mistakes.js'
import { validInputs } from '../helpers/valid-inputs.js'

const NOW = Date.parse('2026-11-24T10:20:30.789Z')

const read = (differing: Record<string, string | undefined> = {}) =>
  readStartRequest({ ...validInputs, ...differing }, NOW)

const mistakesOf = (differing: Record<string, string | undefined>): string[] =>
  mistakesIn(() => read(differing))

describe('the inputs of a start', () => {
  test('are a request with the defaults of the README', () => {
    const { timeZone, ...request } = read()

    expect(timeZone.name).toBe('UTC')
    expect(request).toEqual({
      connection: {
        apiKey: 'kEy-0123456789',
        subaccountId: 'acme_sg',
        baseUrl: 'https://sms.8x8.com',
        requestTimeoutMs: 30_000,
        retries: 5,
      },
      window: { from: undefined, to: undefined },
      slices: [{ from: undefined, to: undefined }],
      warnings: [],
      countries: undefined,
      phoneNumber: undefined,
      limit: 0,
    })
  })

  test.each([
    ['asia-pacific', 'https://sms.8x8.com'],
    ['north-america', 'https://sms.us.8x8.com'],
    ['europe', 'https://sms.8x8.uk'],
    ['indonesia', 'https://sms.8x8.id'],
  ])('find %s at %s', (region, baseUrl) => {
    expect(read({ region }).connection.baseUrl).toBe(baseUrl)
  })

  test('let api-url replace the host of the region', () => {
    const { connection } = read({ region: 'europe', 'api-url': 'https://gateway.example.com/sms/' })

    expect(connection.baseUrl).toBe('https://gateway.example.com/sms')
  })

  test('read now once, in whole seconds', () => {
    const { from, to } = read({ from: 'now-1d', to: 'now' }).window

    expect(from).toEqual({
      instant: Date.parse('2026-11-23T10:20:30Z'),
      sent: '2026-11-23T10:20:30+00:00',
    })
    expect(to).toEqual({
      instant: Date.parse('2026-11-24T10:20:30Z'),
      sent: '2026-11-24T10:20:30+00:00',
    })
  })

  test('read moments in the zone that is given', () => {
    const { window, timeZone } = read({
      'time-zone': 'Asia/Singapore',
      from: 'now-1M/M',
      to: 'now/M',
    })

    expect(timeZone.name).toBe('Asia/Singapore')
    expect(window.from?.sent).toBe('2026-10-01T00:00:00+08:00')
    expect(window.to?.sent).toBe('2026-11-01T00:00:00+08:00')
  })

  test('carry the warnings of the window', () => {
    expect(read({ from: '2020-01-01', to: 'now' }).warnings).toHaveLength(1)
  })

  test.each([
    ['retries', '0'],
    ['retries', '100'],
    ['request-timeout', '1s'],
    ['request-timeout', '1h'],
    ['limit', '2147483647'],
    ['subaccount-id', 'a&b'],
    ['subaccount-id', 'a'.repeat(50)],
    ['subaccount-id', '...'],
    ['api-key', 'abcdefgh'],
    ['api-key', 'k'.repeat(4_096)],
    ['api-key', 'abcdefghij+/0=='],
    ['api-key', 'eyJhbGciOi.eyJzdWIi_-.x'],
  ])('take %s: %s', (input, text) => {
    expect(mistakesOf({ [input]: text })).toEqual([])
  })

  test.each([
    ['retries', '101', /"101".* 0 to 100/],
    ['request-timeout', '0s', /"0s".* 1s to 1h/],
    ['request-timeout', '61m', /"61m".* 1s to 1h/],
    ['limit', '2147483648', /"2147483648".* 0 to 2147483647/],
    ['limit', '-1', /"-1".* 0 to 2147483647/],
    ['subaccount-id', 'ab', /"ab".* 3 to 50 .*- \. _ &/],
    ['subaccount-id', 'a'.repeat(51), '3 to 50'],
    ['subaccount-id', 'acme/../x', '"acme/../x"'],
    ['subaccount-id', 'acme?x', '"acme?x"'],
    ['subaccount-id', 'acme\n', '3 to 50'],
    ['region', 'Asia', /"Asia".* asia-pacific\?/],
    ['region', 'eu', ' europe?'],
    ['region', 'US', ' north-america?'],
    ['region', 'singapore', ' asia-pacific?'],
    ['region', 'mars', 'north-america, europe, indonesia'],
    ['api-key', 'Bearer abc', 'Bearer'],
    ['api-key', 'bearer:abcdefgh', 'Bearer'],
    ['api-key', 'Authorization: Bearer abcdefgh', 'Bearer'],
    ['api-key', 'X-Api-Key: abcdefgh', 'header'],
    ['api-key', '"abcdefgh"', 'quotation marks'],
    ['api-key', "'abcdefgh'", 'quotation marks'],
    ['api-key', '<your-api-key>', 'brackets'],
    ['api-key', 'your-api-key', 'example'],
    ['api-key', 'MY_8X8_API_KEY', 'example'],
    ['api-key', '$API_KEY_8X8', 'variable'],
    ['api-key', '%API_KEY_8X8%', 'variable'],
    ['api-key', '$' + '{{ secrets.KEY }}', 'expression'],
    ['api-key', 'EIGHT_KEY=abcdefgh', 'equals sign'],
    ['api-key', 'abcdefg', '7 characters'],
    ['api-key', '-', '1 character,'],
    ['api-key', 'k'.repeat(4_097), '4097 characters'],
    ['api-key', 'my bearer abc', 'space'],
    ['api-key', 'abc def', 'space'],
    ['api-key', 'abc\ndef', 'space'],
    ['api-key', 'schlüssel', 'space'],
    ['time-zone', '+08:00', /"\+08:00".*IANA/],
  ])('refuse %s: %j', (input, text, facts) => {
    const [found, ...more] = mistakesOf({ [input]: text })

    expect(found).toMatch(facts)
    expect(found).toContain(`${input}: `)
    expect(more).toEqual([])
  })

  test('must hold a key and a subaccount', () => {
    expect(mistakesOf({ 'api-key': undefined, 'subaccount-id': undefined })).toEqual([
      expect.stringMatching(/^api-key: .*secret.*fork/),
      expect.stringMatching(/^subaccount-id: .*8x8 Connect/),
    ])
  })

  test('report a wrong zone and a wrong moment together', () => {
    expect(mistakesOf({ 'time-zone': 'Mars', from: '2026-02-30', to: 'soon' })).toEqual([
      expect.stringMatching(/^time-zone: /),
      expect.stringMatching(/^from: "2026-02-30"/),
      expect.stringMatching(/^to: "soon"/),
    ])
  })

  test('report a moment in a gap together with another wrong one', () => {
    const differing = {
      'time-zone': 'Europe/Berlin',
      from: 'x',
      to: '2026-03-29T02:30:00',
      limit: 'x',
    }

    expect(mistakesOf(differing).map((mistake) => mistake.split(':')[0])).toEqual([
      'from',
      'to',
      'limit',
    ])
  })

  test('do not take the key in another input, as where two are swapped', () => {
    expect(mistakesOf({ 'api-key': 'acme_sg1', 'subaccount-id': 'acme_sg1' })).toEqual([
      expect.stringMatching(/^subaccount-id: .*api-key/),
    ])
    expect(mistakesOf({ country: `SG, ${'x'.repeat(70)}kEy-0123456789` }).join()).not.toContain(
      'kEy',
    )
  })

  test('name a wrong value by what is wrong with it, beside a phone number that is none', () => {
    expect(mistakesOf({ 'phone-number': 'abc1', retries: '101' })).toEqual([
      expect.stringMatching(/^retries: "101"/),
      expect.stringMatching(/^phone-number: /),
    ])
    expect(mistakesOf({ 'phone-number': '+6598765432', country: '65 9876 5432' })).toEqual([
      expect.stringMatching(/^country: .*phone-number/),
    ])
  })

  test('never show a key or a number, whatever is wrong with them', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12 }), (text) => {
        const key = `${text} k3y`
        const shown = mistakesOf({ 'api-key': key, 'phone-number': text, country: key }).join()
        expect(shown).not.toContain(key)
        expect(shown).not.toContain(text)
      }),
    )
  })

  test('are a request or an InputError, whatever they say', () => {
    const names = [
      'region',
      'api-url',
      'request-timeout',
      'retries',
      'from',
      'to',
      'time-zone',
      'country',
      'phone-number',
      'limit',
      'subaccount-id',
      'api-key',
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.string({ unit: 'binary', minLength: 1 }),
        (name, text) => {
          for (const mistake of mistakesOf({ [name]: text }))
            expect(mistake).toMatch(new RegExp(`^${name}: `))
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('a message about an input', () => {
  const WORDS =
    'now - + 7 30 d M w days last this month week ago today yesterday 2026 11 01 1 T : / . 13 00 Z +0700 UTC GMT +8 BST SGT London New York us eu SG and UK ["US"] Korea Republic of true yes EUR 500 , ; 95 0.95 % min s h'.split(
      ' ',
    )
  const texts = fc
    .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom('', '', ' ')), {
      minLength: 1,
      maxLength: 6,
    })
    .map((pieces) => pieces.flat().join('').trim())
    .filter(Boolean)
  const names = ['region', 'from', 'to', 'time-zone', 'country', 'retries', 'request-timeout']

  test('that asks for something gets it taken when it is written', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), texts, (name, text) => {
        const window = name === 'to' ? { from: '2000-01-01' } : { to: '9999-01-01' }
        const [mistake = ''] = mistakesOf({ ...window, [name]: text })
        const [, asked = ''] = / mean ([^?]+)\?/.exec(mistake) ?? []
        const meant = asked.replace(/^a place there, or | \(.*| or .*/g, '').split(', ')
        for (const written of name === 'country' ? [meant.join(',')] : meant) {
          const said = mistakesOf({ ...window, [name]: written })
          // What is asked for has the right form; it may still be outside of the window or the bounds.
          if (asked) expect(said.join()).not.toMatch(/is not a|is not known|is not the code/)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('starts no command and shows no secret, whatever was written', () => {
    const key = 'kEy+0/123456'
    const number = '+6598765432'
    const pieces = fc.constantFrom(
      key,
      encodeURIComponent(key),
      number,
      '65 9876 5432',
      '::error::x',
      '\n::set-output name=a::b',
      '##[error]',
      '%0A',
      '\u200b',
      'x'.repeat(75),
    )
    const text = fc
      .array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 5 })
      .map((all) => all.join(''))
    fc.assert(
      fc.property(
        fc.constantFrom(...names, 'subaccount-id', 'limit', 'slice'),
        text,
        (name, given) => {
          const secrets = [key, number, number.slice(1)]
          const inputs = { 'api-key': key, 'phone-number': number, [name]: given }
          for (const mistake of mistakesOf(inputs)) {
            const shown = sanitize(mistake, { secrets, maxLength: 4_000 })
            expect(shown).not.toMatch(/[\n\r]|^::|##\[/)
            expect(shown).not.toContain(key)
            expect(decodeURIComponent(shown.replace(/%(?![0-9a-f]{2})/gi, ''))).not.toContain(key)
            expect(shown.replace(/[^0-9]/g, '')).not.toContain('6598765432')
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('the input slice', () => {
  test.each([
    [{ slice: 'day' }],
    [{ slice: 'day', from: '2026-11-01' }],
    [{ slice: 'day', to: '2026-11-01' }],
  ])('needs a window with both ends: %j', (differing) => {
    expect(mistakesOf(differing)).toEqual([expect.stringMatching(/^slice: .*from and to/)])
  })

  test('is one of three', () => {
    expect(mistakesOf({ slice: 'hour', from: 'now-1d', to: 'now' })).toEqual([
      expect.stringMatching(/^slice: "hour" .*day, week, month/),
    ])
  })

  test('is refused where a matrix could not take all slices', () => {
    expect(mistakesOf({ slice: 'day', from: '2026-01-01', to: '2026-09-15' })).toEqual([
      expect.stringMatching(/^slice: day .*256/),
    ])
    expect(read({ slice: 'day', from: '2026-01-01', to: '2026-09-14' }).slices).toHaveLength(256)
  })

  test('is told of with all other mistakes', () => {
    expect(mistakesOf({ slice: 'hour', from: '2026-02-30', limit: 'x' })).toHaveLength(3)
  })
})
