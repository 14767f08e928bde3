import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkThresholds } from '../../src/download/thresholds.js'
import { StepError } from '../../src/errors.js'
import { parseAmounts, parsePercentage } from '../../src/inputs/values.js'
import type { Column, Figures } from '../../src/report/figures.js'
import type { Findings } from '../../src/report/reader.js'
import { csvOfRecords, findingsOf } from '../helpers/read-export.js'
import { RecordedStep } from '../helpers/recorded-step.js'
import { noFigures } from '../helpers/report-folder.js'

const FIGURES: Figures = {
  ...noFigures,
  records: 1_000,
  outbound: 990,
  delivered: 930,
  cost: { EUR: '41.2175' },
}

interface Given {
  readonly rate?: string
  readonly cost?: string
}

function check(findings: Findings, { rate, cost }: Given, step = new RecordedStep()): void {
  checkThresholds(
    findings,
    {
      ...(rate !== undefined && { minDeliveryRate: parsePercentage(`${rate}%`) }),
      ...(cost !== undefined && { maxCost: parseAmounts(cost) }),
    },
    step,
  )
}

/** What a step fails with, without its last sentence; undefined where it passes. */
function failureOf(figures: Partial<Figures>, given: Given): string | undefined {
  try {
    check({ figures: { ...FIGURES, ...figures }, files: [] }, given)
    return undefined
  } catch (error) {
    if (!(error instanceof StepError)) throw error
    expect(error.message).toMatch(/ The files and the report are there\.$/)
    return error.message.replace(/ The files and the report are there\.$/, '')
  }
}

/** Where one of two files lacks a column. */
function failureWithout(column: Column, given: Given): string | undefined {
  const whole = csvOfRecords([{}])
  try {
    check(findingsOf([whole, whole.replace(column, 'another')]), given)
    return undefined
  } catch (error) {
    return error instanceof StepError ? error.message : undefined
  }
}

test('no threshold is crossed where none is given', () => {
  expect(failureOf({ delivered: 0, cost: { EUR: '1e9' } }, {})).toBeUndefined()
})

describe('min-delivery-rate', () => {
  test.each([
    ['exactly reached', { delivered: 95, outbound: 100 }, '95'],
    ['exactly reached with decimals', { delivered: 2_001, outbound: 16_000 }, '12.50625'],
    ['passed by one in 100 million', { delivered: 95_000_001, outbound: 100_000_000 }, '95'],
    ['0, and nothing was delivered', { delivered: 0, outbound: 5 }, '0'],
    ['100, and all were', { delivered: 5, outbound: 5 }, '100'],
    ['100, and nothing was sent', { delivered: 0, outbound: 0 }, '100'],
  ])('holds where it is %s', (_, figures, rate) => {
    expect(failureOf(figures, { rate })).toBeUndefined()
  })

  test.each([
    [{ delivered: 930, outbound: 990 }, '95', '93.9%', '1.1'],
    [{ delivered: 0, outbound: 3 }, '95', '0.0%', '95.0'],
    [{ delivered: 9_496, outbound: 10_000 }, '95', '94.96%', '0.04'],
    [{ delivered: 94_999_999, outbound: 100_000_000 }, '95', '94.999999%', '0.000001'],
    [{ delivered: 99_999_999, outbound: 100_000_000 }, '100', '99.999999%', '0.000001'],
    [{ delivered: 1, outbound: 2 }, '50.0000000001', '50.0000000000%', '0.0000000001'],
  ])('is crossed by a hair as by far, and says by how much: %j', (figures, rate, is, short) => {
    expect(failureOf(figures, { rate })).toBe(
      `The delivery rate is ${is}, ${short} points below min-delivery-rate (${rate}%): ${figures.delivered} of ${figures.outbound} outbound records were delivered.`,
    )
  })

  test('is crossed exactly where the fraction is less', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000_000 }),
        fc.nat(),
        fc.integer({ min: 0, max: 10_000 }),
        (outbound, part, hundredths) => {
          const delivered = part % (outbound + 1)
          const rate = (hundredths / 100).toFixed(2)
          const isLess = BigInt(delivered) * 10_000n < BigInt(hundredths) * BigInt(outbound)

          expect(failureOf({ delivered, outbound }, { rate }) !== undefined).toBe(isLess)
        },
      ),
    )
  })

  test('cannot be checked where one file lacks the column, and that is no pass', () => {
    expect(failureWithout('status_value', { rate: '0' })).toMatch(
      /min-delivery-rate cannot be checked.*"job-2\.csv".*status_value/,
    )
  })

  test.each([
    ['100', { delivered: 50, outbound: 50, unreadable: 1 }],
    ['95', { delivered: 95, outbound: 95, unreadable: 6 }],
    ['1', { delivered: 0, outbound: 0, unreadable: 1 }],
  ])('of %s cannot be checked where unreadable records could tip it: %j', (rate, figures) => {
    expect(failureOf(figures, { rate })).toMatch(/min-delivery-rate .*cannot be checked.*could not/)
  })

  test.each([
    ['95', { delivered: 95, outbound: 95, unreadable: 5 }],
    ['0', { delivered: 0, outbound: 0, unreadable: 5 }],
  ])('of %s holds where unreadable records cannot tip it: %j', (rate, figures) => {
    expect(failureOf(figures, { rate })).toBeUndefined()
  })

  test('says of one record that it was delivered', () => {
    expect(failureOf({ delivered: 0, outbound: 1 }, { rate: '95' })).toContain(
      '1 outbound record was',
    )
  })
})

describe('max-cost', () => {
  test.each([
    ['exactly reached', { EUR: '500.0000' }, 'EUR 500'],
    ['not reached by the last decimal', { EUR: '499.9999999999' }, 'EUR 500'],
    ['in a currency that costs nothing', { USD: '1000' }, 'EUR 500'],
    ['in several currencies, and none is above', { USD: '3', EUR: '2' }, 'EUR 2\nUSD 3'],
    ['0, and there is no cost', {}, 'EUR 0'],
    ['not reached with what has no currency', { EUR: '300', unknown: '200' }, 'EUR 500'],
  ])('holds where it is %s', (_, costs, cost) => {
    expect(failureOf({ cost: costs }, { cost })).toBeUndefined()
  })

  test.each([
    ['by far', { EUR: '12345.5' }, 'EUR 500', '12,345.5', '11,845.5', '500'],
    ['by a hair', { EUR: '500.0000000001' }, 'EUR 500', '500.0000000001', '0.0000000001', '500'],
    ['in small letters too', { eur: '300', EUR: '201' }, 'eur 500', '501', '1', '500'],
    ['from 0', { EUR: '0.05' }, 'EUR 0', '0.05', '0.05', '0'],
    ['above a fraction', { EUR: '1.50' }, 'EUR 1.25', '1.5', '0.25', '1.25'],
  ])('is crossed %s, and says by how much', (_, costs, cost, is, by, max) => {
    expect(failureOf({ cost: costs }, { cost })).toBe(
      `The cost is EUR ${is}, EUR ${by} above max-cost (EUR ${max}).`,
    )
  })

  test('is crossed in each currency on its own', () => {
    const failure = failureOf(
      { cost: { EUR: '3', USD: '9', SGD: '1' } },
      { cost: 'EUR 2\nUSD 8\nSGD 1' },
    )

    expect(failure).toBe(
      'The cost is EUR 3, EUR 1 above max-cost (EUR 2). The cost is USD 9, USD 1 above max-cost (USD 8).',
    )
  })

  test('cannot be checked where one file lacks the column of prices, and that is no pass', () => {
    expect(failureWithout('price_total', { cost: 'EUR 1' })).toMatch(
      /max-cost cannot be checked.*"job-2\.csv".*price_total/,
    )
  })

  test('cannot be checked where a record that could not be read may have cost more', () => {
    expect(failureOf({ unreadable: 1 }, { cost: 'EUR 500' })).toMatch(
      /max-cost \(EUR 500\) cannot be checked.*one record/,
    )
  })

  test.each([
    ['EUR 500', []],
    ['EUR 500\nUSD 3\nGBP 1', [expect.stringMatching(/^notice: .*max-cost.*USD, GBP/)]],
  ])('tells of currencies that no record has: %j', (cost, notices) => {
    const step = new RecordedStep()

    check({ figures: { ...FIGURES, cost: { eur: '3', SGD: '1' } }, files: [] }, { cost }, step)

    expect(step.events).toEqual(notices)
  })

  test.each([
    [{ unknown: '501' }, '501'],
    [{ EUR: '300', unknown: '200.01' }, '200.01'],
    [{ EUR: '300', other: '1000' }, '1,000'],
  ])('cannot be checked where what has no currency would decide: %j', (cost, unnamed) => {
    expect(failureOf({ cost }, { cost: 'EUR 500' })).toMatch(
      new RegExp(`max-cost \\(EUR 500\\) cannot be checked: ${unnamed} .*currency`),
    )
  })
})

test('both are told where both are crossed', () => {
  expect(failureOf({}, { rate: '99', cost: 'EUR 41' })).toBe(
    'The delivery rate is 93.9%, 5.1 points below min-delivery-rate (99%): 930 of 990 outbound records were delivered. The cost is EUR 41.2175, EUR 0.2175 above max-cost (EUR 41).',
  )
})
