import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSyncRequest } from '../../src/sync/inputs.js'
import { mistakesIn } from '../helpers/mistakes.js'
import { validInputs } from '../helpers/valid-inputs.js'

const NOW = Date.parse('2026-11-27T10:20:30Z')
const places = { cwd: path.resolve('/srv/repo'), home: () => path.resolve('/home/me') }
const read = (raw: Record<string, string>) =>
  readSyncRequest({ ...validInputs, from: '2026-11-01', ...raw }, places as never, NOW)

describe('the first day of an archive', () => {
  test.each([
    ['2026-11-01', '2026-11-01'],
    ['now-30d', '2026-10-28'],
    ['now-1M/M', '2026-10-01'],
  ])('is %s', (from, day) => {
    expect(read({ from }).from).toBe(day)
  })

  test.each([
    ['2026-11-27', '2026-11-27'],
    ['2026-12-01', '2026-12-01'],
    ['now', '2026-11-27'],
    ['2026-11-01T13:00:00Z', '2026-11-01T13:00:00Z'],
    ['1999-12-31', '1999-12-31'],
  ])('is not %s', (from, says) => {
    const [mistake = ''] = mistakesIn(() => read({ from }))

    expect(mistake).toMatch(/^from: /)
    expect(mistake).toContain(says)
  })
})

describe('the days that are exported again', () => {
  test('are one, or the first to the last', () => {
    expect(read({ refresh: '2026-11-03' }).refresh).toEqual(['2026-11-03'])
    expect(read({ refresh: '2026-11-03/2026-11-05' }).refresh).toEqual([
      '2026-11-03',
      '2026-11-04',
      '2026-11-05',
    ])
  })

  test.each([
    '2026-11-05/2026-11-03',
    '2026-11-27',
    'x',
    '2026-11-03/2026-11-04/2026-11-05',
    '2026-10-01',
  ])('are not %s', (refresh) => {
    expect(mistakesIn(() => read({ refresh })).join()).toMatch(/^refresh: /)
  })
})

test('settle-at-most is not shorter than settle, and grows with it', () => {
  expect(read({ settle: '12d' }).settleAtMostMs).toBe(12 * 86_400_000)
  expect(mistakesIn(() => read({ settle: '72h', 'settle-at-most': '71h' })).join()).toMatch(
    /^settle-at-most: /,
  )
})
