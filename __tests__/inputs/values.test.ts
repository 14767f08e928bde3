import { describe, expect, test } from 'vitest'
import { readSlips } from '../../src/errors.js'
import {
  formatDuration,
  parseAmounts,
  parseBoolean,
  parseChoice,
  parseDuration,
  parsePercentage,
  parseWholeNumber,
} from '../../src/inputs/values.js'
import { formatDecimal } from '../../src/report/decimal.js'
import { mistakeOf } from '../helpers/mistakes.js'

describe('a duration', () => {
  const parse = parseDuration({ minMs: 1_000, maxMs: 86_400_000 })

  test.each([
    ['1s', 1_000],
    ['30s', 30_000],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['3600s', 3_600_000],
    ['010s', 10_000],
    ['1d', 86_400_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parse(text)).toBe(ms)
  })

  test.each([
    ['10 hours', '10h', { minMs: 1_000, maxMs: 3_600_000 }, '1s to 1h'],
    ['1 sec', '1s', { minMs: 60_000, maxMs: 3_600_000 }, '1m to 1h'],
  ])('suggests for %j no %s that is out of range', (text, meant, bounds, range) => {
    const mistake = mistakeOf(parseDuration(bounds), text)

    expect(mistake).toContain(`"${text}"`)
    expect(mistake).toContain(range)
    expect(mistake).not.toContain(meant)
  })

  test('names a bound in the unit that people use for so much', () => {
    const days = parseDuration({ minMs: 0, maxMs: 180 * 86_400_000 })
    const week = parseDuration({ minMs: 0, maxMs: 7 * 86_400_000 })

    expect(mistakeOf(days, '200d')).toMatch(/"200d".*0s to 180d/)
    expect(mistakeOf(week, '200h')).toMatch(/"200h".*0s to 168h/)
  })

  test.each(['', '30', '1.5m', '-1s', '1h30m', '1w', '５s', '30s\n', '1e3s'])(
    '%j is none',
    (text) => {
      const mistake = mistakeOf(parse, text)

      expect(mistake).toContain(`"${text.trim()}"`)
      expect(mistake).toMatch(/90s.*10m/)
      expect(mistake).not.toContain('?')
    },
  )

  test.each([
    ['30 s', '30s'],
    ['30S', '30s'],
    ['10 minutes', '10m'],
    ['10min', '10m'],
    ['2 Hours', '2h'],
    ['1 day', '1d'],
    ['5 sec', '5s'],
    ['5secs', '5s'],
    ['1 second', '1s'],
    ['5 seconds', '5s'],
    ['5 mins', '5m'],
    ['1 minute', '1m'],
    ['1 hr', '1h'],
    ['2hrs', '2h'],
    ['1 hour', '1h'],
  ])('%s is none, and %s is meant', (text, meant) => {
    expect(mistakeOf(parse, text)).toMatch(new RegExp(`"${text}".* ${meant}\\?`))
  })

  test.each(['0s', '0h', '86401s', '25h', '2d', '99999999999999999999h'])(
    '%s is out of range, which is named',
    (text) => {
      expect(mistakeOf(parse, text)).toMatch(new RegExp(`"${text}".*1s to 24h`))
    },
  )

  test.each([
    [0, '0s'],
    [1_000, '1s'],
    [90_000, '90s'],
    [600_000, '10m'],
    [7_200_000, '2h'],
    [5_400_000, '90m'],
  ])('of %i ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('a whole number', () => {
  const parse = parseWholeNumber(0, 2_147_483_647)

  test.each([
    ['0', 0],
    ['007', 7],
    ['2147483647', 2_147_483_647],
  ])('%s is %i', (text, value) => {
    expect(parse(text)).toBe(value)
  })

  test.each([
    '',
    '-1',
    '+5',
    '1.0',
    '1e3',
    '1,0000',
    '0x10',
    'ten',
    ' 5',
    '5\n',
    '２',
    '2147483648',
    '9'.repeat(400),
    '1234,567',
    '1,000,00',
    "1,000'000",
  ])('%j is none', (text) => {
    const mistake = mistakeOf(parse, text)

    expect(mistake).toMatch(/from 0 to 2147483647/)
    expect(mistake).not.toContain('?')
  })

  test.each(['1,000', '1_000', "1'000", '1 000'])('%s is none, and 1000 is meant', (text) => {
    expect(mistakeOf(parse, text)).toContain('1000?')
  })

  test.each([
    ['12,000', '12000'],
    ['1,234,567', '1234567'],
  ])('%s is none, and %s is meant', (text, meant) => {
    expect(mistakeOf(parse, text)).toContain(` ${meant}?`)
  })

  test('shows one that is in its bounds', () => {
    expect(mistakeOf(parseWholeNumber(7, 9), 'x')).toMatch(/from 7 to 9.* 7\.$/)
  })

  test('is not asked for where it would be out of its bounds', () => {
    const mistake = mistakeOf(parseWholeNumber(0, 100), '7 951')

    expect(mistake).toMatch(/"7 951".*0 to 100/)
    expect(mistake).not.toContain('7951')
  })

  test('keeps to its bounds', () => {
    const oneToNine = parseWholeNumber(1, 9)

    expect([oneToNine('1'), oneToNine('9')]).toEqual([1, 9])
    expect(mistakeOf(oneToNine, '0')).toContain('from 1 to 9')
    expect(mistakeOf(oneToNine, '10')).toContain('from 1 to 9')
  })
})

describe('a choice', () => {
  const parse = parseChoice(['asia-pacific', 'europe'], readSlips('europe: eu'))

  test('is one of the words', () => {
    expect(parse('europe')).toBe('europe')
  })

  test.each(['euro', '', 'toString', '__proto__', 'constructor'])(
    '%j is none of them, and all are listed',
    (text) => {
      expect(mistakeOf(parse, text)).toMatch(
        new RegExp(`"${text.trim()}"[^?]*asia-pacific, europe`),
      )
    },
  )

  test.each(['Europe', 'EUROPE', 'europe ', 'eu', 'EU'])(
    '%s is none, and europe is meant',
    (text) => {
      expect(mistakeOf(parse, text)).toMatch(new RegExp(`"${text.trim()}".* europe\\?`))
    },
  )
})

describe('true and false', () => {
  test.each(['true', 'True', 'TRUE'])('are read: %s', (text) => {
    expect(parseBoolean(text)).toBe(true)
  })

  test.each(['false', 'False', 'FALSE'])('are read: %s', (text) => {
    expect(parseBoolean(text)).toBe(false)
  })

  test.each(['', 'tRUE x', 'true ', 'untrue', 'truely', 'xfalse', 'falsehood', 'toString'])(
    'are not %j',
    (text) => {
      expect(mistakeOf(parseBoolean, text)).toMatch(new RegExp(`"${text.trim()}".*true.*false`))
    },
  )

  test.each([
    ['yes', 'true'],
    ['On', 'true'],
    ['1', 'true'],
    ['no', 'false'],
    ['OFF', 'false'],
    ['0', 'false'],
  ])('are not %s, which means %s', (text, meant) => {
    expect(mistakeOf(parseBoolean, text)).toContain(`did you mean ${meant}?`)
  })
})

describe('amounts', () => {
  const shown = (text: string): unknown =>
    Object.fromEntries(
      [...parseAmounts(text)].map(([name, amount]) => [name, formatDecimal(amount)]),
    )

  test.each([
    ['EUR 500', { EUR: '500' }],
    ['eur 41.2175', { EUR: '41.2175' }],
    ['  EUR   5  ', { EUR: '5' }],
    ['EUR 0', { EUR: '0' }],
    ['USD 0.10\r\n\r\nEUR 7\n', { USD: '0.1', EUR: '7' }],
    [`EUR ${'9'.repeat(18)}.${'9'.repeat(10)}`, { EUR: `${'9'.repeat(18)}.${'9'.repeat(10)}` }],
    ['\n \n', {}],
  ])('in %j are read exactly', (text, amounts) => {
    expect(shown(text)).toEqual(amounts)
  })

  test.each([
    'EUR',
    '500',
    'EURO 500',
    'EU 500',
    'E1R 5',
    'EUR -5',
    'EUR 1,5',
    'EUR 1,000',
    'EUR .5',
    'EUR 5.',
    'EUR 5 USD 5',
    'EUR 1e3',
    'EUR ５',
    `EUR ${'9'.repeat(19)}`,
    `EUR 1.${'1'.repeat(11)}`,
    'EUR 1, USD 2',
    'x EUR 5',
    'EUR 5 USD',
    'EUR five',
  ])('are not written %j, and the line is named', (text) => {
    const mistake = mistakeOf(parseAmounts, `USD 1\n${text}`)

    expect(mistake).toContain(`"${text}" is not an amount.`)
    expect(mistake).toContain('EUR 500')
  })

  test.each([
    ['500 EUR', 'EUR 500'],
    ['eur500', 'EUR 500'],
    ['€ 5', 'EUR 5'],
    ['5.5$', 'USD 5.5'],
    ['5.55 GBP', 'GBP 5.55'],
  ])('are not written %s, which means %s', (text, meant) => {
    expect(mistakeOf(parseAmounts, text)).toContain(`did you mean ${meant}?`)
  })

  test('of one currency are given once, in whatever case', () => {
    expect(mistakeOf(parseAmounts, 'EUR 5\nUSD 1\neur 6')).toMatch(/^EUR is given twice/)
  })
})

describe('a percentage', () => {
  test.each([
    ['95', '95'],
    ['95%', '95'],
    ['99.5 %', '99.5'],
    ['100', '100'],
    ['100.00%', '100'],
    ['007', '7'],
    ['1.0000000001', '1.0000000001'],
    ['0%', '0'],
    ['0.5%', '0.5'],
    ['1 %', '1'],
    ['0.0123456789%', '0.0123456789'],
  ])('%s is read exactly', (text, percentage) => {
    expect(formatDecimal(parsePercentage(text))).toBe(percentage)
  })

  test.each([
    '',
    '-1',
    '+1',
    '101',
    '100.01',
    '100.0000000001',
    '1000',
    '95 percent',
    '95%%',
    '95 %x',
    '95 % ',
    '.5',
    '5.',
    'x95',
    '1e1',
    '%',
    '0.01234567891',
    'NaN',
  ])('is not %j', (text) => {
    const mistake = mistakeOf(parsePercentage, text)

    expect(mistake).toContain(`"${text.trim()}" is not a percentage.`)
    expect(mistake).toContain('0 to 100')
  })

  test.each([
    ['0.95', '95'],
    ['0.995', '99.5'],
    ['1', '100'],
    ['1.0', '100'],
    ['99,5', '99.5'],
    ['99,55 %', '99.55 %'],
  ])('is not %s, which may mean %s', (text, meant) => {
    expect(mistakeOf(parsePercentage, text)).toContain(`did you mean ${meant}?`)
  })

  test.each(['0,5', '0.005', '0.0000000001'])('suggests nothing for %s that it refuses', (text) => {
    expect(mistakeOf(parsePercentage, text)).toContain(`"${text}"`)
    expect(mistakeOf(parsePercentage, text)).not.toContain('did you mean')
  })

  test('of 0 is asked about: nothing crosses it', () => {
    expect(mistakeOf(parsePercentage, '0')).toMatch(/"0" .*95/)
    expect(mistakeOf(parsePercentage, '0.0')).toMatch(/"0\.0" .*95/)
  })
})
