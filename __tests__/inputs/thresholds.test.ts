import { describe, expect, test } from 'vitest'
import { Mistake } from '../../src/errors.js'
import { parseAmounts } from '../../src/inputs/amounts.js'
import { parsePercentage } from '../../src/inputs/percentage.js'

describe('amounts', () => {
  const shown = (text: string): unknown =>
    [...parseAmounts(text)].map(([currency, { units, scale }]) => [currency, String(units), scale])

  test.each([
    ['EUR 500', [['EUR', '500', 0]]],
    ['eur 41.2175', [['EUR', '412175', 4]]],
    ['  EUR   5  ', [['EUR', '5', 0]]],
    ['EUR 0', [['EUR', '0', 0]]],
    [
      'USD 0.10\r\n\r\nEUR 7\n',
      [
        ['USD', '10', 2],
        ['EUR', '7', 0],
      ],
    ],
    [`EUR ${'9'.repeat(18)}.${'9'.repeat(10)}`, [['EUR', '9'.repeat(28), 10]]],
    ['\n \n', []],
  ])('in %j are read exactly', (text, amounts) => {
    expect(shown(text)).toEqual(amounts)
  })

  test.each([
    'EUR',
    '500',
    'EUR500',
    '500 EUR',
    'EURO 500',
    'EU 500',
    'E1R 5',
    'EUR -5',
    'EUR 1,5',
    'EUR .5',
    'EUR 5.',
    'EUR 5 USD 5',
    'EUR 1e3',
    '€ 5',
    'EUR ５',
    `EUR ${'9'.repeat(19)}`,
    `EUR 1.${'1'.repeat(11)}`,
    'x EUR 5',
  ])('are not written %j', (text) => {
    expect(() => parseAmounts(text)).toThrow(Mistake)
    expect(() => parseAmounts(`USD 1\n${text}`)).toThrow(
      `"${text}" is not an amount. Write a currency and a number, like EUR 500, one to a line.`,
    )
  })

  test('of one currency are given once, in whatever case', () => {
    expect(() => parseAmounts('EUR 5\nUSD 1\neur 6')).toThrow(
      'EUR is given twice. Write each currency once.',
    )
  })
})

describe('a percentage', () => {
  test.each([
    ['0', '0', 0],
    ['95', '95', 0],
    ['95%', '95', 0],
    ['99.5 %', '995', 1],
    ['100', '100', 0],
    ['100.00%', '10000', 2],
    ['007', '7', 0],
    ['0.0123456789', '123456789', 10],
  ])('%s is read exactly', (text, units, scale) => {
    const percentage = parsePercentage(text)

    expect([String(percentage.units), percentage.scale]).toEqual([units, scale])
  })

  test.each([
    '',
    '-1',
    '+1',
    '101',
    '100.01',
    '999',
    '1000',
    '95 percent',
    '95%%',
    '95 %x',
    '0,95',
    '.5',
    '5.',
    'x95',
    '1e1',
    '0.01234567891',
    'NaN',
  ])('is not written %j', (text) => {
    expect(() => parsePercentage(text)).toThrow(Mistake)
    expect(() => parsePercentage(text)).toThrow(
      `"${text}" is not a percentage. Write a number from 0 to 100, like 95.`,
    )
  })
})
