import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareDecimals,
  type Decimal,
  DecimalSum,
  divideDecimal,
  formatDecimal,
  parseDecimal,
} from '../../src/report/decimal.js'

/** A number as a file may write it, with an exponent at times. */
const aNumber = fc
  .tuple(
    fc.constantFrom('', '', '-', '+'),
    fc.bigInt({ min: 0n, max: 10n ** 20n }),
    fc.integer({ min: 0, max: 12 }),
    fc.constantFrom('', '', 'e0', 'E3', 'e-7', 'e+12', 'e99', 'e-99'),
  )
  .map(([sign, units, scale, exponent]) => {
    const digits = String(units).padStart(scale + 1, '0')
    const whole = digits.slice(0, digits.length - scale)
    return `${sign}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}${exponent}`
  })

const big = (text: string): Big => new Big(text.replace('+', ''))
const decimal = (text: string): Decimal => parseDecimal(text) as Decimal

describe('a number', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['007', '7'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['+1.50', '1.5'],
    ['-0.0315', '-0.0315'],
    ['3.15E-2', '0.0315'],
    ['1e3', '1000'],
    ['1.5e+1', '15'],
    ['123456789012345678901234567890.0123456789', '123456789012345678901234567890.0123456789'],
  ])('written %s is %s', (text, plain) => {
    expect(formatDecimal(decimal(text))).toBe(plain)
  })

  test.each([
    '',
    '.',
    '-',
    'e5',
    '1e',
    '1e999',
    '1,5',
    '0x10',
    'NaN',
    'Infinity',
    '--1',
    '1 2',
    '1n',
  ])('is not %j', (text) => {
    expect(parseDecimal(text)).toBeUndefined()
  })

  test('keeps all its digits, however it is written', () => {
    fc.assert(
      fc.property(aNumber, (text) => {
        expect(formatDecimal(decimal(text))).toBe(
          big(text)
            .toFixed()
            .replace(/^-(?=0$)/, ''),
        )
      }),
    )
  })

  test('is less or more than another as it is in arithmetic', () => {
    fc.assert(
      fc.property(aNumber, aNumber, (a, b) => {
        expect(Math.sign(compareDecimals(decimal(a), decimal(b)))).toBe(big(a).cmp(big(b)))
        expect(compareDecimals(decimal(a), decimal(a))).toBe(0)
      }),
    )
  })

  test('is rounded a half away from zero', () => {
    fc.assert(
      fc.property(aNumber, fc.integer({ min: 0, max: 6 }), (text, places) => {
        const expected = big(text)
          .round(places, Big.roundHalfUp)
          .toFixed()
          .replace(/^-(?=0$)/, '')
        expect(formatDecimal(divideDecimal(decimal(text), 1, places))).toBe(expected)
      }),
    )
  })
})

describe('a sum', () => {
  test('is exact, in whatever parts it is added up', () => {
    fc.assert(
      fc.property(fc.array(aNumber), fc.nat(), (texts, cut) => {
        const first = new DecimalSum()
        const second = new DecimalSum()
        const place = cut % (texts.length + 1)
        for (const text of texts.slice(0, place)) first.add(decimal(text))
        for (const text of texts.slice(place)) second.add(decimal(text))

        first.add(second.total())

        const expected = texts.reduce((sum, text) => sum.plus(big(text)), new Big(0))
        expect(big(formatDecimal(first.total())).eq(expected)).toBe(true)
      }),
    )
  })

  test('of nothing is 0', () => {
    expect(formatDecimal(new DecimalSum().total())).toBe('0')
  })

  test('of 100 million prices with ten decimals is exact to the last', () => {
    const price = decimal('0.0123456789')
    let sum = new DecimalSum()
    sum.add(price)
    // 3 × 2 ** 25 are 100,663,296 of them.
    for (let doubled = 0; doubled < 25; doubled++) sum.add(sum.total())
    const once = sum
    sum = new DecimalSum()
    for (let times = 0; times < 3; times++) sum.add(once.total())

    expect(formatDecimal(sum.total())).toBe(new Big('0.0123456789').times(100_663_296).toFixed())
  })

  test('of numbers one by one goes on exactly past what a double can hold', () => {
    const sum = new DecimalSum()
    const price = decimal('99999.9999999999')
    for (let times = 0; times < 100_000; times++) sum.add(price)

    expect(formatDecimal(sum.total())).toBe('9999999999.99999')
    for (let times = 0; times < 100_000; times++) sum.add(decimal('-99999.9999999999'))
    sum.add(decimal('0.0000000001'))
    expect(formatDecimal(sum.total())).toBe('0.0000000001')
  })
})
