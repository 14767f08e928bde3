import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDownloadSummary, formatEmptySummary } from '../../src/download/summary.js'
import { formatHeadline } from '../../src/summary/headline.js'
import { joinBlocks } from '../../src/summary/markdown.js'
import { formatFigures } from '../../src/summary/page.js'
import { formatCell } from '../helpers/generated-exports.js'
import { type MarkdownPage, readPage, tableWith } from '../helpers/markdown-page.js'
import { type ParsedChart, parseChart } from '../helpers/mermaid-chart.js'
import { type Cells, csvOfRecords, findingsOf, ORDINARY } from '../helpers/read-export.js'

const MAX_SUMMARY_BYTES = 1_048_576

function summaryOf(files: readonly (string | Buffer)[]): string {
  return formatDownloadSummary({
    subaccountId: 'acme_sg',
    jobId: 'job-1',
    findings: findingsOf(files),
    expires: '2026-12-24T10:20:30.00Z',
  })
}

const pageOf = (files: readonly (string | Buffer)[]): MarkdownPage => readPage(summaryOf(files))

const chartsOf = (page: MarkdownPage): Promise<ParsedChart[]> =>
  Promise.all(page.charts.map(parseChart))

const dayOf = (day: number): string =>
  new Date(Date.UTC(2026, 10, 1 + day)).toISOString().slice(0, 10)

/** A month as it may be: 30 days, four countries, errors, messages that came in. */
function ordinaryMonth(): Cells[] {
  const networks: [string, string, string][] = [
    ['SG', 'Singtel', '0.0315'],
    ['ID', 'Telkomsel', '0.28'],
    ['VN', 'Viettel Mobile', '0.045'],
    ['', '', '0.01'],
  ]
  return Array.from({ length: 3_000 }, (_, index): Cells => {
    const [country, operator, price] = networks[Math.max(0, (index % 8) - 4)] ?? ['', '', '']
    const hasFailed = index % 17 === 0
    return {
      direction: index % 50 === 0 ? '0' : '1',
      country,
      operator,
      status_value: hasFailed ? 'undelivered' : index % 5 === 0 ? 'read' : 'delivered',
      status_errorcode: hasFailed ? String([4, 36, 999][index % 3]) : '0',
      createdat: `${dayOf(index % 30)}T08:00:00.000Z`,
      smscount: String(1 + (index % 3)),
      price_total: price,
    }
  })
}

describe('the page, as people read it', () => {
  const withoutColumns = csvOfRecords(ordinaryMonth())
    .replace('status_value', 'result')
    .replace('price_total', 'price')
    .replace('createdat', 'created')
  const currencies = ['EUR', 'USD', 'SGD', 'IDR', 'eur', '']
  test.each([
    ['ordinary-month', [csvOfRecords(ordinaryMonth())]],
    ['one-day', [csvOfRecords([{}, { status_value: 'sent' }])]],
    [
      'several-currencies',
      [
        csvOfRecords(
          currencies.flatMap((price_currency, index) =>
            Array(index + 1).fill({ price_currency, price_total: '1234.56785' }),
          ),
        ),
        csvOfRecords([{ price_total: '-2000', createdat: '2026-11-03 01:00:00' }]),
      ],
    ],
    ['missing-columns', [withoutColumns]],
    ['unreadable', [csvOfRecords([{}, { smscount: 'two' }, { price_total: 'free' }])]],
    ['nothing-readable', [csvOfRecords([{ smscount: 'two' }])]],
    ['empty', [csvOfRecords([])]],
    [
      'three-years',
      [csvOfRecords(Array.from({ length: 900 }, (_, at) => ({ createdat: dayOf(at) })))],
    ],
  ])('of %s', async (name, files) => {
    await expect(summaryOf(files)).toMatchFileSnapshot(`../__snapshots__/page/${name}.txt`)
  })
})

describe('the charts, as mermaid draws them', () => {
  test('have the figures of each day, those without records too', async () => {
    const files = [
      csvOfRecords([
        { createdat: '2026-10-30T00:00:00Z', price_total: '0.1' },
        { createdat: '2026-10-30T00:00:00Z', status_value: 'failed' },
        { createdat: '2026-11-02T00:00:00Z', price_total: '0.3', price_currency: 'USD' },
      ]),
    ]

    expect(await chartsOf(pageOf(files))).toEqual([
      {
        title: 'Messages by day',
        labels: ['30 Oct', '31', '1 Nov', '2'],
        values: [2, 0, 0, 1],
        axis: [0, 2],
      },
      {
        title: 'Delivery rate in % by day',
        labels: ['30 Oct', '31', '1 Nov', '2'],
        values: [50, 0, 0, 100],
        axis: [0, 100],
      },
      {
        title: 'Cost in EUR by day',
        labels: ['30 Oct', '31', '1 Nov', '2'],
        values: [0.15, 0, 0, 0],
        axis: [0, 0.15],
      },
      {
        title: 'Cost in USD by day',
        labels: ['30 Oct', '31', '1 Nov', '2'],
        values: [0, 0, 0, 0.3],
        axis: [0, 0.3],
      },
    ])
  })

  test('add up to the records, for any days', async () => {
    const day = fc.integer({ min: 0, max: 800 }).map(dayOf)
    await fc.assert(
      fc.asyncProperty(
        fc.array(day, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 800 }),
        async (days, within) => {
          const records = days.map((name) => {
            const after = (Date.parse(name) - Date.parse(dayOf(0))) / 86_400_000
            return { createdat: dayOf(after % within) }
          })
          const charts = await chartsOf(pageOf([csvOfRecords(records)]))

          const [messages, , cost] = charts
          expect(charts).toHaveLength(3)
          expect(messages?.values.reduce((sum, value) => sum + value)).toBe(days.length)
          expect(cost?.values.reduce((sum, value) => sum + value)).toBeCloseTo(days.length * 0.05)
          for (const { labels, values } of charts) {
            expect(labels).toHaveLength(values.length)
            expect(new Set(labels).size).toBe(labels.length)
            expect(labels.length).toBeLessThanOrEqual(36)
          }
        },
      ),
      { numRuns: 40, seed: 5 },
    )
  })

  test('are no more than three of cost, and none of what is no currency', async () => {
    const currencies = ['AAA', 'BBB', 'CCC', 'DDD', '"]', 'x-axis', '', '12', 'EURO']
    const records = currencies.map((price_currency) => ({
      price_currency: formatCell(price_currency),
    }))

    const titles = (await chartsOf(pageOf([csvOfRecords(records)]))).map(({ title }) => title)

    expect(titles.slice(2)).toEqual([
      'Cost in AAA by day',
      'Cost in BBB by day',
      'Cost in CCC by day',
    ])
  })

  test('are left out where the days lie further apart than any export', () => {
    const files = [csvOfRecords([{ createdat: '1970-01-01' }, { createdat: '2026-11-01' }])]

    const page = pageOf(files)

    expect(page.charts).toEqual([])
    expect(tableWith(page, 'Day (UTC)').rows.map(([day]) => day)).toEqual([
      '1970-01-01',
      '2026-11-01',
    ])
  })

  test('are left out where no day is known', () => {
    const page = pageOf([csvOfRecords([{ createdat: '' }])])

    expect(page.charts).toEqual([])
    expect(tableWith(page, 'Day (UTC)').rows.map(([day]) => day)).toEqual(['unknown'])
  })
})

describe('the tables', () => {
  test('have the records, parts, rates and costs of the figures', () => {
    const page = pageOf([
      csvOfRecords([
        ...Array(1_233).fill({ smscount: '2', price_total: '1.00005' }),
        { status_value: 'failed', status_errorcode: '36', country: 'ID' },
      ]),
    ])

    expect(page.tables[0]).toEqual({
      headings: ['Records', 'Delivery rate', 'Cost', 'Destination countries', 'Days (UTC)'],
      rows: [['1,234', '99.9%', 'EUR 1,233.1117', '2', '2026-11-01']],
    })
    expect(tableWith(page, 'Countries').rows).toEqual([
      ['Singapore (SG)', '1,233', '2,466', '100.0%', 'EUR 1,233.0617'],
      ['Indonesia (ID)', '1', '1', '0.0%', 'EUR 0.05'],
    ])
    expect(tableWith(page, 'Status').rows).toEqual([
      ['delivered', '1,233', '99.9%'],
      ['failed', '1', '0.1%'],
    ])
    expect(tableWith(page, 'Error code').rows).toEqual([['36', 'SMS expired', '1']])
  })

  test.each([
    [15, 15],
    [16, 16],
    [17, 16],
    [500, 16],
  ])('gather the smallest of %i operators, so that there are %i rows', (operators, rows) => {
    const records = Array.from({ length: operators }, (_, at) =>
      Array(1 + (at % 40)).fill({ operator: `Operator ${at}` }),
    ).flat()

    const table = tableWith(pageOf([csvOfRecords(records)]), 'Operators').rows

    const sum = table.reduce((all, [, count]) => all + Number(count?.replace(',', '')), 0)
    expect(table).toHaveLength(rows)
    expect(sum).toBe(records.length)
    expect(table.at(-1)?.[0]).toMatch(operators > 16 ? /^\d+ others$/ : /^Operator \d+$/)
  })

  test('gather statuses and error codes as well', () => {
    const records = Array.from({ length: 20 }, (_, at) => ({
      status_value: `status ${at}`,
      status_errorcode: `E${at}`,
    }))

    const page = pageOf([csvOfRecords(records)])

    expect(tableWith(page, 'Status').rows.at(-1)).toEqual(['5 others', '5', '25.0%'])
    expect(tableWith(page, 'Error code').rows.at(-1)).toEqual(['5 others', '–', '5'])
  })

  test('have the last 200 days, and the earlier ones as one row', () => {
    const records = Array.from({ length: 203 }, (_, at) => ({ createdat: dayOf(at) }))

    const { rows } = tableWith(pageOf([csvOfRecords(records)]), 'Day (UTC)')

    expect(rows).toHaveLength(201)
    expect(rows[0]).toEqual(['3 earlier days', '3', '3', '100.0%', 'EUR 0.15'])
    expect(rows.at(-1)?.[0]).toBe(dayOf(202))
  })

  test('have 50 files, and the others as one row', () => {
    const page = pageOf(Array(53).fill(csvOfRecords([{}])))

    const { rows } = tableWith(page, 'File, and its SHA-256')

    expect(rows).toHaveLength(51)
    expect(rows.at(-1)).toEqual(['3 more', '3', '750 B'])
  })

  test('name no more than three currencies in a cell', () => {
    const records = ['AAA', 'BBB', 'CCC', 'DDD', 'EEE'].map((price_currency) => ({
      price_currency,
    }))

    expect(tableWith(pageOf([csvOfRecords(records)]), 'Countries').rows[0]?.[4]).toBe(
      'AAA 0.05 BBB 0.05 CCC 0.05 2 more',
    )
  })

  test.each([
    ['SG', 'Singapore (SG)'],
    ['sg', 'Singapore (SG)'],
    ['XX', 'XX'],
    ['SGP', 'SGP'],
    ['', 'unknown'],
  ])('call the country %j %s', (country, shown) => {
    expect(tableWith(pageOf([csvOfRecords([{ country }])]), 'Countries').rows[0]?.[0]).toBe(shown)
  })
})

describe('a page of hostile names', () => {
  const PIECES = [
    '|',
    '\\|',
    '`',
    '```mermaid\n',
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '</details>',
    '[a](https://evil.example)',
    '![b](//evil.example/x.png)',
    'https://evil.example/?token=secret',
    'www.evil.example',
    '**bold**',
    '%%{init: {}}%%',
    '"]\n bar [9]',
    '\u202Eright to left',
    '\u200B\u2066',
    '&lt;b&gt;&#60;',
    '@everyone #1 :tada:',
    '$x^2$',
    '::error::',
    '##[error]',
    '\r\n\r\n# Heading',
    '<!--',
    'x'.repeat(10_000),
    ' +65 9123 4567 ',
    ' 6591234567',
  ]
  const name = fc
    .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 5 })
    .map((pieces) => pieces.join(''))
  const record = fc.record({
    country: name,
    operator: name,
    status_value: name,
    status_errorcode: name,
    createdat: fc.constantFrom('2026-11-01', '2026-11-02T00:00:00Z', 'x'),
    price_currency: name,
  })

  test('stays a page: whole tables, no tag, no link, nothing that is secret', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 40 }), async (records) => {
        const quoted = records.map((cells) =>
          Object.fromEntries(Object.entries(cells).map(([key, text]) => [key, formatCell(text)])),
        )
        const markdown = summaryOf([csvOfRecords(quoted)])
        const page = readPage(markdown)

        expect(Buffer.byteLength(markdown)).toBeLessThan(MAX_SUMMARY_BYTES / 4)
        // A table that a name had ended or widened would be none, or have other rows.
        expect(page.tables.map(({ headings }) => headings[0])).toEqual([
          'Records',
          'Day (UTC)',
          'Countries',
          'Operators',
          'Status',
          'Error code',
          'File, and its SHA-256',
        ])
        const lines = markdown.split('\n').filter((line) => line.startsWith('|'))
        const cells = lines.map((line) => line.split('|').length)
        const widths = page.tables.flatMap(({ headings, rows }) =>
          Array<number>(rows.length + 2).fill(headings.length + 2),
        )
        expect(cells).toEqual(widths)
        expect(new Set(page.html)).toEqual(
          new Set(['<details>', '<summary>', '</summary>', '</details>', '<br>']),
        )
        expect(page.links).toEqual([])
        expect(markdown).not.toMatch(/9123|6591234567|token=|\u202E|[\u200B\u2066]/)
        for (const chart of await chartsOf(page)) expect(chart.values.length).toBeLessThan(3)
      }),
      { numRuns: 60, seed: 4 },
    )
  })

  test('shows a name as it is, as far as there is room', () => {
    const operator = formatCell('A|B `c` <b>d</b> & "e" $f$ _g_ ~h~ i:j www.k.l @m')

    const page = pageOf([csvOfRecords([{ operator }, { operator: 'y'.repeat(10_000) }])])

    expect(tableWith(page, 'Operators').rows.map(([shown]) => shown)).toEqual([
      'A|B `c` <b>d</b> & "e" $f$ _g_ ~h~ i:j www.k.l @\u2060m',
      `${'y'.repeat(59)}…`,
    ])
  })

  test('is far from the longest summary for the most that there can be', () => {
    const long = (seed: number): string => formatCell(`${seed} ${'|<&'.repeat(100)}`)
    const records = Array.from({ length: 3_000 }, (_, at) => ({
      country: long(at),
      operator: long(at + 1),
      status_value: long(at + 2),
      status_errorcode: long(at + 3),
      price_currency: long(at % 5),
      price_total: `${at}1e90`,
      createdat: dayOf(Math.floor(at / 5)),
    }))

    const files = [...Array(58).fill(csvOfRecords([{}])), csvOfRecords(records)]
    const markdown = summaryOf(files)

    expect(Buffer.byteLength(markdown)).toBeGreaterThan(100_000)
    expect(Buffer.byteLength(markdown)).toBeLessThan(MAX_SUMMARY_BYTES / 2)
  })
})

describe('the line of a log', () => {
  test('says that there are more currencies than it names', () => {
    const currencies = ['EUR', 'SGD', 'THB', 'USD', 'VND']
    const records = currencies.map((price_currency): Cells => ({ price_currency }))

    const { figures } = findingsOf([csvOfRecords(records)])

    expect(formatHeadline(figures)).toContain(' · EUR 0.05 + SGD 0.05 + THB 0.05 + 2 more · ')
  })
})

describe('several summaries in one job', () => {
  test('each begin with their own heading, and end before the next', () => {
    const one = summaryOf([csvOfRecords([{}])])
    const none = formatEmptySummary('acme_id', 'job-2')

    const page = readPage(one + none + one)

    expect(page.tables).toHaveLength(12)
    expect(page.text.match(/SMS logs of \w+/g)).toEqual([
      'SMS logs of acme_sg',
      'SMS logs of acme_id',
      'SMS logs of acme_sg',
    ])
    expect(page.text).toContain('No records: job job-2 found none.')
    expect(page.html.filter((tag) => tag === '<details>')).toHaveLength(2)
    expect(page.html.filter((tag) => tag === '</details>')).toHaveLength(2)
  })

  test('of figures alone are blocks with a line between them', () => {
    const { figures } = findingsOf([csvOfRecords([ORDINARY])])

    const blocks = formatFigures(figures)

    expect(joinBlocks(blocks).split('\n\n').length).toBeGreaterThanOrEqual(blocks.length)
    expect(joinBlocks(['a', 'b'])).toBe('a\n\nb\n\n')
  })
})
