import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  COUNT_NAMES,
  GROUP_NAMES,
  MEASURE_NAMES,
  NOTED,
  REPORT_VERSION,
  TABLES,
} from '../../src/report/figures.js'
import { anExportFile } from '../helpers/generated-exports.js'
import { canonical, plainReport, withTruePercentiles } from '../helpers/plain-report.js'
import { csvOfRecords, reportOf } from '../helpers/read-export.js'

describe('the figures of report-file', () => {
  test('have another version where their members are others', () => {
    const tables = Object.entries(TABLES).map(([name, { by }]) => `${name} by ${by.join(' ')}`)

    expect([
      REPORT_VERSION,
      GROUP_NAMES.join(' '),
      MEASURE_NAMES.join(' '),
      COUNT_NAMES.join(' '),
      tables.join(', '),
      NOTED.join(' '),
    ]).toEqual([
      2,
      'days hours countries operators senders',
      'records outbound parts delivered pending cost timeToDeliver',
      'directions statuses outboundStatuses errors confirmations',
      'failures by country operator error, routes by country operator',
      'unreadable unpriced undated',
    ])
  })
})

describe('the report', () => {
  test('is what a plain second computation finds, over files of any kind', () => {
    fc.assert(
      fc.property(
        fc.array(anExportFile(), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 3_000 }),
        (files, bytesAtATime) => {
          const plain = plainReport(files)
          const report = withTruePercentiles(reportOf(files, bytesAtATime), plain)
          expect(canonical(report)).toBe(canonical(plain))
        },
      ),
      { numRuns: 100, seed: 6 },
    )
  })

  test('has every member of the README for a small export', () => {
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

    const times = { p50: 3, p95: 3, p99: 3 }
    const none = { delivered: 0, pending: 0 }
    const group = (records: number, parts: number, cost: object, more: object) => ({
      ...{ records, parts, delivered: 1, pending: 0, cost, timeToDeliver: times, ...more },
    })
    const read = { timeToDeliver: null }
    const late = group(1, 1, { EUR: '0.05' }, { ...none, timeToDeliver: null })
    expect(JSON.stringify(report)).toBe(
      JSON.stringify({
        records: 4,
        unreadable: 0,
        parts: 5,
        delivered: 2,
        pending: 0,
        deliveryRate: 0.6667,
        cost: { EUR: '0.1815', USD: '0.05' },
        timeToDeliver: times,
        directions: { outbound: 3, inbound: 1 },
        statuses: { delivered: 2, READ: 1, undelivered: 1 },
        errors: { 4: 1 },
        failures: [{ country: 'SG', operator: 'Singtel', error: '4', records: 1 }],
        days: {
          '2026-10-31': group(1, 1, { USD: '0.05' }, { ...none, timeToDeliver: null }),
          '2026-11-01': group(3, 4, { EUR: '0.1815' }, { delivered: 2 }),
        },
        hours: {
          '2026-10-31T23': group(1, 1, { USD: '0.05' }, { ...none, timeToDeliver: null }),
          '2026-11-01T10': group(2, 3, { EUR: '0.1315' }, { delivered: 2 }),
          '2026-11-01T17': late,
        },
        countries: {
          SG: group(3, 4, { EUR: '0.15', USD: '0.05' }, {}),
          ID: group(1, 1, { EUR: '0.0315' }, read),
        },
        operators: {
          Singtel: group(3, 4, { EUR: '0.15', USD: '0.05' }, {}),
          Telkomsel: group(1, 1, { EUR: '0.0315' }, read),
        },
        senders: { ACME: group(3, 4, { EUR: '0.1815' }, { delivered: 2 }) },
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
    [
      'status_value',
      ['delivered', 'pending', 'deliveryRate', 'timeToDeliver', 'statuses', 'failures'],
    ],
    ['price_total', ['cost']],
    ['status_errorcode', ['errors', 'failures']],
    ['status_timestamp', ['timeToDeliver']],
    ['createdat', ['timeToDeliver', 'days', 'hours']],
    ['country', ['failures', 'countries']],
    ['operator', ['failures', 'operators']],
    ['source', ['senders']],
  ])('leaves out what needs the column %s where no file has it', (column, figures) => {
    const whole = csvOfRecords([{}, {}])

    const report = reportOf([whole.replace(column, 'another'), whole.replace(column, 'another')])

    const all = Object.keys(reportOf([whole]))
    expect(Object.keys(report)).toEqual(all.filter((name) => !figures.includes(name)))
    expect(Object.keys(report.days?.['2026-11-01'] ?? {}).sort()).toEqual(
      column === 'createdat'
        ? []
        : ['cost', 'delivered', 'parts', 'pending', 'records', 'timeToDeliver'].filter(
            (name) => !figures.includes(name),
          ),
    )
  })

  test('takes no figure from the others where one file lacks a column', () => {
    const whole = csvOfRecords([{}, {}])

    const report = reportOf([whole, whole.replace('country', 'x').replace('status_value', 'y')])

    expect(Object.keys(report)).toEqual(Object.keys(reportOf([whole])))
    expect(report).toMatchObject({
      ...{ records: 4, delivered: 2, pending: 2, statuses: { delivered: 2, unknown: 2 } },
      countries: { SG: { records: 2 }, unknown: { records: 2 } },
    })
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
      pending: 0,
      deliveryRate: null,
      cost: {},
      timeToDeliver: null,
      directions: { outbound: 0, inbound: 0 },
      statuses: {},
      errors: {},
      failures: [],
      days: {},
      hours: {},
      countries: {},
      operators: {},
      senders: {},
    })
  })
})
