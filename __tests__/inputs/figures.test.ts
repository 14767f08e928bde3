import { describe, expect, test } from 'vitest'
import { Mistake } from '../../src/errors.js'
import { parseAmounts } from '../../src/inputs/amounts.js'
import { parseBoolean } from '../../src/inputs/boolean.js'
import { parsePercentage } from '../../src/inputs/percentage.js'
import { formatDecimal } from '../../src/report/decimal.js'

/** The message of the mistake that a text is. */
function mistakeOf(parse: (text: string) => unknown, text: string): string {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof Mistake) return error.message
    throw error
  }
  throw new Error(`${text} is no mistake`)
}

describe('an amount for each currency', () => {
  test.each([
    ['EUR 500', { EUR: '500' }],
    ['eur 0.5', { EUR: '0.5' }],
    ['EUR   500.0000000001', { EUR: '500.0000000001' }],
    ['EUR 500\n\n  usd 20\r\n', { EUR: '500', USD: '20' }],
    ['IDR 999999999999999999', { IDR: '999999999999999999' }],
  ])('is read from %j', (text, amounts) => {
    const found = [...parseAmounts(text)].map(([name, amount]) => [name, formatDecimal(amount)])

    expect(Object.fromEntries(found)).toEqual(amounts)
  })

  test.each([
    '500',
    '500 EUR',
    'EUR500',
    'EUR -1',
    'EUR 1,000',
    'EUR 1e3',
    'EUR .5',
    'EUR 1.',
    'EURO 5',
    'EUR 1000000000000000000',
    'EUR 1.00000000001',
    'EUR 1, USD 2',
  ])('is not %j', (text) => {
    expect(mistakeOf(parseAmounts, text)).toBe(
      `"${text}" is not an amount. Write a currency and a number, like EUR 500, one to a line.`,
    )
  })

  test('names the line that is wrong', () => {
    expect(mistakeOf(parseAmounts, 'EUR 5\nUSD ten')).toContain('"USD ten" is not an amount')
  })

  test('is given once', () => {
    expect(mistakeOf(parseAmounts, 'EUR 5\neur 6')).toBe(
      'EUR is given twice. Write each currency once.',
    )
  })
})

describe('a percentage', () => {
  test.each([
    ['95', '95'],
    ['95%', '95'],
    ['99.5 %', '99.5'],
    ['0', '0'],
    ['100', '100'],
    ['100.000', '100'],
    ['0.0000000001', '0.0000000001'],
  ])('is read from %j', (text, percentage) => {
    expect(formatDecimal(parsePercentage(text))).toBe(percentage)
  })

  test.each(['', '-1', '101', '100.0000000001', '999', '95,5', '0.95x', '1e1', '%', '.5', '95 % '])(
    'is not %j',
    (text) => {
      expect(mistakeOf(parsePercentage, text)).toBe(
        `"${text.trimEnd()}" is not a percentage. Write a number from 0 to 100, like 95.`,
      )
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

  test.each(['yes', '1', 'off', 'tRue', 'truely'])('are not %j', (text) => {
    expect(mistakeOf(parseBoolean, text)).toBe(
      `"${text}" is neither true nor false. Write one of these.`,
    )
  })
})
