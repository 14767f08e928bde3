import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anExportFile } from '../helpers/generated-exports.js'
import { canonical, plainReport } from '../helpers/plain-report.js'
import { csvOfRecords, reportOf } from '../helpers/read-export.js'

describe('the report', () => {
  test('is what a plain second computation finds, over files of any kind', () => {
    fc.assert(
      fc.property(
        fc.array(anExportFile(), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 3_000 }),
        (files, bytesAtATime) => {
          expect(canonical(reportOf(files, bytesAtATime))).toBe(canonical(plainReport(files)))
        },
      ),
      { numRuns: 200, seed: 6 },
    )
  })

  test('is the contract to the letter for a small export', () => {
    const report = reportOf([
      csvOfRecords([
        { smscount: '2', price_total: '0.1' },
        { country: 'ID', operator: 'Telkomsel', status_value: 'READ', price_total: '0.0315' },
        {
          createdat: '2026-11-02T00:30:00+07:00',
          status_value: 'undelivered',
          status_errorcode: '4',
        },
      ]),
      csvOfRecords([{ direction: '0', price_currency: 'USD', createdat: '2026-10-31T23:59:59Z' }]),
    ])

    const singtel = { records: 3, parts: 4, delivered: 1, cost: { EUR: '0.15', USD: '0.05' } }
    const telkomsel = { records: 1, parts: 1, delivered: 1, cost: { EUR: '0.0315' } }
    expect(JSON.stringify(report)).toBe(
      JSON.stringify({
        records: 4,
        unreadable: 0,
        parts: 5,
        delivered: 2,
        deliveryRate: 0.6667,
        cost: { EUR: '0.1815', USD: '0.05' },
        directions: { outbound: 3, inbound: 1 },
        statuses: { delivered: 2, READ: 1, undelivered: 1 },
        errors: { 4: 1 },
        days: {
          '2026-10-31': { records: 1, parts: 1, delivered: 0, cost: { USD: '0.05' } },
          '2026-11-01': { records: 3, parts: 4, delivered: 2, cost: { EUR: '0.1815' } },
        },
        countries: { SG: singtel, ID: telkomsel },
        operators: { Singtel: singtel, Telkomsel: telkomsel },
      }),
    )
  })

  test.each([
    [2, 3, 0.6667],
    [1, 8, 0.125],
    [19_999, 20_000, 1],
    [1, 3, 0.3333],
    [0, 5, 0],
  ])('rounds %i delivered of %i to %d', (delivered, outbound, rate) => {
    const of = (status_value: string, count: number) => Array(count).fill({ status_value })

    const report = reportOf([
      csvOfRecords([...of('delivered', delivered), ...of('sent', outbound - delivered)]),
    ])

    expect(report.deliveryRate).toBe(rate)
  })

  test('has no rate where no record is outbound, and none is guessed', () => {
    expect(reportOf([csvOfRecords([{ direction: '0' }])]).deliveryRate).toBeNull()
  })

  test.each([
    ['smscount', ['parts']],
    ['status_value', ['delivered', 'deliveryRate', 'statuses']],
    ['price_total', ['cost']],
    ['status_errorcode', ['errors']],
    ['createdat', ['days']],
    ['country', ['countries']],
    ['operator', ['operators']],
  ])('leaves out what needs the column %s where one file lacks it', (column, figures) => {
    const whole = csvOfRecords([{}, {}])

    const report = reportOf([whole, whole.replace(column, 'another')])

    const all = Object.keys(reportOf([whole]))
    expect(Object.keys(report)).toEqual(all.filter((name) => !figures.includes(name)))
    expect(Object.keys(report.days?.['2026-11-01'] ?? {}).sort()).toEqual(
      column === 'createdat'
        ? []
        : ['cost', 'delivered', 'parts', 'records'].filter((name) => !figures.includes(name)),
    )
  })

  test('counts all as outbound where there is no column direction', () => {
    const file = csvOfRecords([{ direction: '0' }, {}]).replace('direction', 'way')

    expect(reportOf([file])).toMatchObject({
      directions: { outbound: 2, inbound: 0 },
      deliveryRate: 1,
    })
  })

  test('counts a price without a currency as unknown, and a blank price not at all', () => {
    const report = reportOf([
      csvOfRecords([
        { price_currency: '', price_total: '0.7' },
        { price_total: '' },
        { smscount: '' },
      ]),
    ])

    expect(report).toMatchObject({ records: 3, parts: 2, cost: { unknown: '0.7', EUR: '0.05' } })
  })

  test('adds 0.1 up a thousand times to 100', () => {
    const file = csvOfRecords(Array(1_000).fill({ price_total: '0.1' }))

    expect(reportOf([file]).cost).toEqual({ EUR: '100' })
  })

  test('of no file at all has zeros, and no rate', () => {
    expect(reportOf([])).toEqual({
      records: 0,
      unreadable: 0,
      parts: 0,
      delivered: 0,
      deliveryRate: null,
      cost: {},
      directions: { outbound: 0, inbound: 0 },
      statuses: {},
      errors: {},
      days: {},
      countries: {},
      operators: {},
    })
  })
})
