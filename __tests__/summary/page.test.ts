import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDownloadSummary } from '../../src/download/report.js'
import { shownOf } from '../../src/report/figures.js'
import { joinBlocks } from '../../src/summary/markdown.js'
import { formatFigures, formatHeadline } from '../../src/summary/page.js'
import { formatCell } from '../helpers/generated-exports.js'
import { type MarkdownPage, readPage, tableWith } from '../helpers/markdown-page.js'
import { type ParsedChart, parseChart } from '../helpers/mermaid-chart.js'
import { type Cells, csvOfRecords, findingsOf, ORDINARY } from '../helpers/read-export.js'
import { someFigures, someGroup } from '../helpers/report-folder.js'

const MAX_SUMMARY_BYTES = 1_048_576

function summaryOf(files: readonly (string | Buffer)[], jobId = 'job-1'): string {
  return formatDownloadSummary({
    subaccountId: 'acme_sg',
    jobId,
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
        { createdat: '2026-11-02T00:00:00Z', price_total: '0.3' },
      ]),
    ]

    expect(await chartsOf(pageOf(files))).toEqual([
      {
        title: 'Outbound messages by day',
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
        title: 'Average cost of a record in EUR by day',
        labels: ['30 Oct', '31', '1 Nov', '2'],
        values: [0.075, 0, 0, 0.3],
        axis: [0, 0.3],
      },
    ])
  })

  test('are by hour where the records span two days at most, with no label twice', async () => {
    const files = [
      csvOfRecords([
        { createdat: '2026-10-31T22:10:00Z' },
        { createdat: '2026-11-01T01:00:00Z' },
        { createdat: '2026-11-01T23:59:59Z' },
        { createdat: '2026-11-01T23:59:59Z' },
      ]),
    ]

    const [messages] = await chartsOf(pageOf(files))

    expect(messages?.title).toBe('Outbound messages by hour')
    expect(messages?.labels).toHaveLength(26)
    expect(new Set(messages?.labels).size).toBe(26)
    expect(messages?.labels.slice(0, 4).map((label) => label.replaceAll('\u2060', ''))).toEqual([
      '31 Oct, 22',
      '23',
      '1 Nov',
      '1',
    ])
    expect(messages?.values.filter((value) => value > 0)).toEqual([1, 1, 2])
  })

  test('say the month at their first label, though it be the last of a month', async () => {
    const records = ['2026-10-31', '2026-11-01', '2026-11-02', '2026-11-03'].map((createdat) => ({
      createdat,
    }))

    const [messages] = await chartsOf(pageOf([csvOfRecords(records)]))

    expect(messages?.labels).toEqual(['31 Oct', '1', '2', '3'])
  })

  test('are none where there is a single column', () => {
    expect(pageOf([csvOfRecords([{}, {}])]).charts).toEqual([])
  })

  test('are a sum for each currency where there are several', async () => {
    const files = [
      csvOfRecords([
        { createdat: '2026-11-01', price_total: '0.1' },
        { createdat: '2026-11-05', price_total: '0.3', price_currency: 'USD' },
      ]),
    ]

    const titles = (await chartsOf(pageOf(files))).map(({ title }) => title)

    expect(titles.slice(2)).toEqual(['Cost in EUR by day', 'Cost in USD by day'])
  })

  test('add up to the messages, for any days', async () => {
    const day = fc.integer({ min: 0, max: 800 })
    await fc.assert(
      fc.asyncProperty(fc.array(day, { minLength: 1, maxLength: 60 }), async (days) => {
        // Far enough from the others for a chart by day at least.
        const records = [...days, 0, 9].map((at) => ({ createdat: dayOf(at) }))
        const charts = await chartsOf(pageOf([csvOfRecords(records)]))

        const [messages] = charts
        expect(charts).toHaveLength(3)
        expect(messages?.values.reduce((sum, value) => sum + value)).toBe(records.length)
        for (const { labels, values } of charts) {
          expect(labels).toHaveLength(values.length)
          expect(new Set(labels).size).toBe(labels.length)
          expect(labels.length).toBeLessThanOrEqual(36)
        }
      }),
      { numRuns: 15, seed: 5 },
    )
  })

  test('are no more than three of cost, and none of what is no currency', async () => {
    const currencies = ['AAA', 'BBB', 'CCC', 'DDD', '"]', 'x-axis', '', '12', 'EURO']
    const records = currencies.map((price_currency, at) => ({
      price_currency: formatCell(price_currency),
      createdat: dayOf(at),
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

describe('the headline', () => {
  const rowsOf = (page: MarkdownPage): Record<string, string | undefined> =>
    Object.fromEntries(page.tables[0]?.rows.map(([label, text]) => [label, text]) ?? [])

  test('adds up with the statuses, for whoever checks it with a pencil', () => {
    const page = pageOf([
      csvOfRecords([
        ...Array(93).fill({}),
        ...Array(5).fill({ status_value: 'undelivered', status_errorcode: '36' }),
        ...Array(2).fill({ status_value: 'sent' }),
        ...Array(10).fill({ direction: '0', price_total: '' }),
      ]),
    ])

    expect(rowsOf(page)).toEqual({
      'Outbound messages': '100',
      'Inbound messages': '10',
      Delivered: '93.0% (93 of 100), 2 still on their way',
      Cost: 'EUR 5',
      'Average cost': '0.0455 a record, 0.0455 a part, 0.0538 a delivered message',
      'Time to deliver': 'half within 3 s, 95% within 3 s, 99% within 3 s',
      'Destination countries': '1',
    })
    expect(tableWith(page, 'Status of outbound messages').rows).toEqual([
      ['delivered', '93', '93.0%'],
      ['undelivered', '5', '5.0%'],
      ['sent', '2', '2.0%'],
    ])
    expect(tableWith(page, 'Failed in').rows).toEqual([
      ['Singapore (SG)', 'Singtel', '36 SMS expired', '5'],
    ])
  })

  test('is followed by what is odd: pending, silent days, the worst kind of failure', () => {
    const { text } = pageOf([
      csvOfRecords([
        { createdat: '2026-11-01', status_details: 'delivered_to_operator' },
        { createdat: '2026-11-04', status_value: 'sent' },
        ...Array(2).fill({
          createdat: '2026-11-04',
          status_value: 'failed',
          status_errorcode: '43',
        }),
        { smscount: 'two' },
      ]),
    ])

    expect(text).toContain('Messages still on their way: 1.')
    expect(text).toContain('2 of 4 days: 2026-11-02, 2026-11-03')
    expect(text).toContain('2 with error 43 (Spam filter), at Singtel in Singapore (SG)')
    expect(text).toContain('by the handset: 0; by the operator alone: 1')
    expect(text).toContain('Records that could not be read, and are in no other figure: 1.')
  })

  test('shows the change against the period before, and names what is pending', () => {
    const before = shownOf(
      findingsOf([
        csvOfRecords(
          Array(4).fill({ createdat: '2026-10-01', status_timestamp: '2026-10-01T00:00:03Z' }),
        ),
      ]).figures,
    )
    const now = shownOf(
      findingsOf([
        csvOfRecords([...Array(3).fill({ price_total: '0.1' }), { status_value: 'sent' }, {}]),
      ]).figures,
    )

    const page = readPage(joinBlocks(formatFigures(now, before)))

    expect(page.tables[0]?.headings).toEqual(['2026-11-01', '', 'Change from 2026-10-01'])
    expect(page.tables[0]?.rows.map(([label, , change]) => [label, change])).toEqual([
      ['Outbound messages', '+25.0%'],
      ['Inbound messages', '–'],
      ['Delivered', '−20.0 points'],
      ['Cost', '+100.0%'],
      ['Average cost', '+60.0%'],
      ['Time to deliver', '±0.0%'],
      ['Destination countries', '–'],
    ])
    expect(page.text).toContain('looks lower')
    expect(tableWith(page, 'Countries').rows).toEqual([
      [
        'Singapore (SG)',
        '5 +25.0%',
        '80.0% 1 pending −20.0 points',
        '3 s ±0.0%',
        'EUR 0.4 +100.0%',
      ],
    ])
  })
})

describe('the tables', () => {
  test('have the messages, rates, times and costs of the figures', () => {
    const page = pageOf([
      csvOfRecords([
        ...Array(1_233).fill({ smscount: '2', price_total: '1.00005' }),
        { status_value: 'failed', status_errorcode: '36', country: 'ID' },
      ]),
    ])

    expect(tableWith(page, 'Countries').rows).toEqual([
      ['Singapore (SG)', '1,233', '100.0%', '3 s', 'EUR 1,233.0617'],
      ['Indonesia (ID)', '1', '0.0%', '–', 'EUR 0.05'],
    ])
    const [, costs] = page.tables.filter(({ headings }) => headings[0] === 'Countries')
    expect(costs?.rows).toEqual([
      ['Singapore (SG)', '1,233', '2,466', '1.0001', '0.5', '1.0001'],
      ['Indonesia (ID)', '1', '1', '0.05', '0.05', '–'],
    ])
    expect(tableWith(page, 'Senders').rows).toEqual([
      ['ACME', '1,234', '99.9%', '3 s', 'EUR 1,233.1117'],
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

    expect(tableWith(page, 'Status of outbound messages').rows.at(-1)).toEqual([
      '5 others',
      '5',
      '25.0%',
    ])
    expect(tableWith(page, 'Error code').rows.at(-1)).toEqual(['5 others', '–', '5'])
  })

  test('have the last 200 days, and the earlier ones as one row', () => {
    const records = Array.from({ length: 203 }, (_, at) => ({ createdat: dayOf(at) }))

    const { rows } = tableWith(pageOf([csvOfRecords(records)]), 'Day (UTC)')

    expect(rows).toHaveLength(201)
    expect(rows[0]?.slice(0, 7)).toEqual([
      '3 earlier days',
      '3',
      '100.0%',
      '10 h 16 min',
      'EUR 0.15',
      '3',
      '3',
    ])
    expect(rows.at(-1)?.[0]).toBe(dayOf(202))
  })

  test('have 50 files, and the others as one row', () => {
    const page = pageOf(Array(53).fill(csvOfRecords([{}])))

    const { rows } = tableWith(page, 'File, and its SHA-256')

    expect(rows).toHaveLength(51)
    expect(rows.at(-1)).toEqual(['3 others', '3', '750 B'])
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
        expect(page.tables.map(({ headings }) => headings[0]).slice(1)).toEqual([
          'Day (UTC)',
          'Countries',
          'Countries',
          'Operators',
          'Operators',
          'Senders',
          'Status of outbound messages',
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
        // Any four digits may stand in a hash.
        const shown = markdown.replaceAll(/`[0-9a-f]{64}`/g, '')
        expect(shown).not.toMatch(/9123|6591234567|token=|\u202E|[\u200B\u2066]/)
        for (const chart of await chartsOf(page)) expect(chart.values.length).toBeLessThan(30)
      }),
      { numRuns: 25, seed: 4 },
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

  test('stays far below the limit of a summary, even at its longest', () => {
    const long = (seed: number): string => formatCell(`${seed} ${'|<&'.repeat(100)}`)
    const records = Array.from({ length: 1_200 }, (_, at) => ({
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

describe('a page with what is not as usual', () => {
  test('counts records whose direction is none', () => {
    const files = [csvOfRecords([{}, { direction: '7' }, { direction: 'sideways' }])]

    expect(summaryOf(files)).toMatch(/\| Of no known direction \| 2 \|/)
    expect(formatHeadline(findingsOf(files).figures)).toContain('2 of no known direction')
  })

  test('says of the most failures of one kind that they have no error code', () => {
    const failed = { status_value: 'failed', status_errorcode: '' }

    const { text } = pageOf([csvOfRecords([{}, failed, failed])])

    expect(text).toMatch(/2 with no error code, at Singtel in Singapore/)
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
    const none = summaryOf([], 'job-2')

    const page = readPage(one + none + one)

    expect(page.tables).toHaveLength(18)
    expect(page.text.match(/SMS logs of \w+/g)).toEqual([
      'SMS logs of acme_sg',
      'SMS logs of acme_sg',
      'SMS logs of acme_sg',
    ])
    expect(page.text).toContain('No records: job job-2 found none.')
    expect(page.html.filter((tag) => tag === '<details>')).toHaveLength(6)
    expect(page.html.filter((tag) => tag === '</details>')).toHaveLength(6)
  })

  test('of a forged report-file whose hours lie centuries apart come at once, and not by hour', () => {
    const hours = { '0001-01-01T00': someGroup, '9999-01-01T00': someGroup }

    const page = formatFigures(shownOf({ ...someFigures, hours })).join('\n')

    expect(page).not.toContain('by hour')
  })

  test('of figures alone are blocks with a line between them', () => {
    const { figures } = findingsOf([csvOfRecords([ORDINARY])])

    const blocks = formatFigures(figures)

    expect(joinBlocks(blocks).split('\n\n').length).toBeGreaterThanOrEqual(blocks.length)
    expect(joinBlocks(['a', 'b'])).toBe('a\n\nb\n\n')
  })
})
