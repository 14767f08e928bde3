import fc from 'fast-check'

/** The columns that figures are made from, and some that are not. */
const COLUMNS = [
  'direction',
  'country',
  'operator',
  'source',
  'status_value',
  'status_details',
  'status_errorcode',
  'status_timestamp',
  'createdat',
  'smscount',
  'price_currency',
  'price_total',
]
const OTHERS = ['umid', 'msisdn', 'body', 'Preis €']

type Column = (typeof COLUMNS)[number]

/** Names that a program may trip over. */
export const AWKWARD_NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'other',
  'unknown',
  'Total, "mobile"',
  'über\r\nzwei Zeilen',
  'テレコム',
  ' padded ',
  '|`<b>|',
]

const awkward = fc.constantFrom(...AWKWARD_NAMES)
const anyName = fc
  .string({ unit: 'grapheme', maxLength: 8 })
  .filter((name) => !/^\s*\+?\d{7,15}\s*$|\r$/.test(name))

/** What each column may hold: mostly what it should, at times what it should not. */
const CELLS: Record<Column, fc.Arbitrary<string>> = {
  direction: fc.constantFrom('1', '1', '1', '0', '', ' 1 ', 'Outbound', 'inbound', '2'),
  country: fc.oneof(fc.constantFrom('SG', 'ID', 'VN', 'sg', '', '  '), awkward),
  operator: fc.oneof(fc.constantFrom('Singtel', 'Viettel', ''), awkward, anyName),
  source: fc.oneof(fc.constantFrom('ACME', '77007', '+6591234567', '63922110xxxx', ''), awkward),
  status_value: fc.oneof(
    fc.constantFrom('delivered', 'DELIVERED', ' delivered ', 'read', 'Read', 'sent', ''),
    fc.constantFrom('undelivered', 'Rejected', ' failed', 'queued', 'N/A'),
    awkward,
  ),
  status_details: fc.constantFrom('delivered_to_recipient', 'delivered_to_operator', ''),
  status_timestamp: fc.oneof(fc.constantFrom('', 'soon', '2026-12-24T00:00:00Z'), aTime()),
  status_errorcode: fc.oneof(
    fc.constantFrom('', '0', ' 0 ', '000', 'NULL', '4', '36', '999', 'E 1'),
    awkward,
  ),
  createdat: fc.oneof(
    fc.constantFrom('', 'yesterday', '2026-02-30', '2026-11-01T25:00:00Z'),
    aTime(),
  ),
  smscount: frequently(fc.constantFrom('1', '2', '12', '', '3.0', ' 4 ', 'n/a'), [
    '-1',
    'two',
    '1.5',
  ]),
  price_currency: fc.constantFrom('EUR', 'EUR', 'USD', '', 'eur', '__proto__'),
  price_total: frequently(
    fc.oneof(
      fc.constantFrom(
        '',
        'NULL',
        ' - ',
        '0',
        '0.1',
        '-0.0315',
        '3.15E-2',
        '1e3',
        '.5',
        '+2.',
        '0.0000000001',
      ),
      fc
        .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.integer({ min: 0, max: 10 }))
        .map(([units, scale]) => `${units / 10n ** BigInt(scale)}.${units % 10n ** BigInt(scale)}`),
    ),
    ['free', '1,5', '0x10', 'NaN', '1e', '--1'],
  ),
}

function frequently(good: fc.Arbitrary<string>, bad: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: good, weight: 30 },
    { arbitrary: fc.constantFrom(...bad), weight: 1 },
  )
}

/** A time around two midnights, in a form that a file may have. */
function aTime(): fc.Arbitrary<string> {
  const minutes = fc.integer({ min: 0, max: 52 * 60 })
  const form = fc.constantFrom('Z', '', '.123Z', '.1234567Z', '+07:00', '+00', '-0330', ' ')
  return fc.tuple(minutes, form).map(([after, zone]) => {
    const time = new Date(Date.UTC(2026, 10, 1) + after * 60_000).toISOString().slice(0, 19)
    return zone === ' ' ? time.replace('T', ' ') : time + zone
  })
}

/** One CSV file of an export in UTF-8, with columns in some order and case, and some missing. */
export function anExportFile(): fc.Arbitrary<string> {
  const kept = fc.oneof(
    { arbitrary: fc.constant(COLUMNS), weight: 3 },
    { arbitrary: fc.subarray(COLUMNS, { minLength: 1 }), weight: 1 },
  )
  return fc.tuple(kept, fc.subarray(OTHERS, { minLength: 1 })).chain(([columns, others]) => {
    const all = [...columns, ...others]
    return fc.shuffledSubarray(all, { minLength: all.length }).chain(aFileWith)
  })
}

function aFileWith(columns: readonly string[]): fc.Arbitrary<string> {
  const cells = columns.map((column) => CELLS[column] ?? fc.oneof(awkward, anyName))
  const line = fc
    .tuple(fc.tuple(...cells), fc.constantFrom(...Array(15).fill('whole'), 'short', 'long'))
    .map(([row, kind]) => {
      if (kind === 'whole') return row
      // Over several lines it would cost its first alone, and the others would be read anew.
      const cells = row.map((cell) => cell.replace(/[\r\n]+/g, ' '))
      return kind === 'short' ? cells.slice(0, -1) : [...cells, 'one more']
    })
  return fc
    .record({
      lines: fc.array(line, { maxLength: 40, size: 'max' }),
      header: fc.constantFrom(
        (name: string) => name,
        (name: string) => name.toUpperCase(),
        (name: string) => ` ${name} `,
      ),
      mark: fc.constantFrom('', '\uFEFF'),
      ends: fc.array(fc.constantFrom('\r\n', '\n', '\r\n\r\n'), { minLength: 1, maxLength: 5 }),
      isLastEnded: fc.boolean(),
      alwaysQuoted: fc.boolean(),
    })
    .map(({ lines, header, mark, ends, isLastEnded, alwaysQuoted }) => {
      const rows = [columns.map(header), ...lines].map((row) =>
        row.map((cell) => formatCell(cell, alwaysQuoted)).join(','),
      )
      const text = rows.map((row, index) => row + ends[index % ends.length]).join('')
      return mark + (isLastEnded ? text : text.replace(/[\r\n]+$/, ''))
    })
}

/** A cell as RFC 4180 writes it. */
export function formatCell(text: string, alwaysQuoted = false): string {
  return alwaysQuoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
