import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayOf, daysFrom, endOf, formatDays, shiftDay, startOf } from '../../src/archive/days.js'
import type { ArchivedDay } from '../../src/archive/manifest.js'
import { describePlan, isSettled, type PlanOptions, planDays } from '../../src/archive/plan.js'

const HOUR_MS = 3_600_000
const NOW = Date.parse('2026-11-27T10:00:00Z')

const options: PlanOptions = {
  from: '2026-11-20',
  settleMs: 72 * HOUR_MS,
  settleAtMostMs: 240 * HOUR_MS,
  refresh: [],
}

function entry(day: string, more: Partial<ArchivedDay> = {}): ArchivedDay {
  return {
    day,
    records: 10,
    pending: 0,
    settled: true,
    exportedAt: endOf(day) + 73 * HOUR_MS,
    file: { compression: 'gzip', bytes: 100, sha256: '', columns: [], delimiter: ',' },
    ...more,
  }
}

/** An archive of settled days, and what lies on its disk. */
function archiveOf(entries: readonly ArchivedDay[]) {
  const known = new Map(entries.map((one) => [one.day, one]))
  const sizes = new Map(entries.flatMap(({ day, file }) => (file ? [[day, file.bytes]] : [])))
  return { known, sizes: sizes as Map<string, number> }
}

const whole = daysFrom('2026-11-20', '2026-11-26').map((day) => entry(day))

function planOf(
  entries: readonly ArchivedDay[],
  { now = NOW, ...more }: Partial<PlanOptions> & { now?: number } = {},
) {
  const { known, sizes } = archiveOf(entries)
  return planDays(known, sizes, { ...options, ...more }, now)
}

describe('the plan of an archive', () => {
  test('has nothing to do where every day that is over is settled', () => {
    expect(planOf(whole)).toEqual({
      toExport: [],
      complete: 7,
      missing: [],
      forgotten: [],
      settledThrough: '2026-11-26',
    })
  })

  test('takes every day that is over and not there, the oldest first', () => {
    const plan = planOf(whole.slice(1, 4))

    expect(plan.toExport).toEqual([
      { day: '2026-11-20', reason: 'missing' },
      { day: '2026-11-24', reason: 'missing' },
      { day: '2026-11-25', reason: 'missing' },
      { day: '2026-11-26', reason: 'missing' },
    ])
    expect(plan.settledThrough).toBeUndefined()
  })

  test.each([
    ['2026-11-26T23:59:59Z', '2026-11-25'],
    ['2026-11-27T00:00:00Z', '2026-11-26'],
    ['2026-11-27T00:00:01Z', '2026-11-26'],
  ])('at %s ends with %s', (now, last) => {
    expect(planOf([], { now: Date.parse(now) }).missing.at(-1)).toBe(last)
  })

  test('has the leap day', () => {
    const now = Date.parse('2028-03-01T00:00:00Z')

    expect(planOf([], { from: '2028-02-28', now }).missing).toEqual(['2028-02-28', '2028-02-29'])
  })

  test('leaves a day that may still change alone for 6 hours', () => {
    const young = { settled: false, exportedAt: NOW - 6 * HOUR_MS + 1 }
    const rested = { settled: false, exportedAt: NOW - 6 * HOUR_MS }

    expect(planOf([...whole.slice(0, 6), entry('2026-11-26', young)]).toExport).toEqual([])
    expect(planOf([...whole.slice(0, 6), entry('2026-11-26', rested)]).toExport).toEqual([
      { day: '2026-11-26', reason: 'unsettled' },
    ])
  })

  test('exports a day again that a wrong clock has exported in times to come', () => {
    const ahead = entry('2026-11-26', { settled: false, exportedAt: NOW + 24 * HOUR_MS })

    expect(planOf([...whole.slice(0, 6), ahead]).toExport).toHaveLength(1)
  })

  test('says of a day that is old enough that records are pending', () => {
    const pending = { settled: false, pending: 3, exportedAt: NOW - 7 * HOUR_MS }

    expect(planOf([entry('2026-11-20', pending), ...whole.slice(1)]).toExport).toEqual([
      { day: '2026-11-20', reason: 'pending' },
    ])
  })

  test('counts a file of another size as missing, and one that is gone', () => {
    const { known, sizes } = archiveOf(whole)
    sizes.set('2026-11-21', 99).delete('2026-11-23')
    const plan = planDays(known, sizes, options, NOW)

    expect(plan.toExport).toEqual([
      { day: '2026-11-21', reason: 'damaged' },
      { day: '2026-11-23', reason: 'damaged' },
    ])
    expect(plan.missing).toEqual(['2026-11-21', '2026-11-23'])
    expect(plan.settledThrough).toBe('2026-11-20')
  })

  test('takes the word of the manifest where the files lie elsewhere', () => {
    const { known } = archiveOf(whole)

    expect(planDays(known, undefined, options, NOW).toExport).toEqual([])
  })

  test('exports a day that is asked for, whatever its age', () => {
    expect(planOf(whole, { refresh: ['2026-11-22'] }).toExport).toEqual([
      { day: '2026-11-22', reason: 'refresh' },
    ])
  })

  test('leaves days before a from that was moved on alone', () => {
    const unsettled = { settled: false, exportedAt: NOW - 30 * HOUR_MS }
    const entries = [entry('2026-11-20', unsettled), ...whole.slice(1)]

    expect(planOf(entries, { from: '2026-11-21' }).toExport).toEqual([])
  })

  test('has the days of a from that was moved back', () => {
    expect(planOf(whole, { from: '2026-11-18' }).toExport.map(({ day }) => day)).toEqual([
      '2026-11-18',
      '2026-11-19',
    ])
  })

  test('does not ask for a day of which the API has forgotten a part', () => {
    const plan = planOf([], { from: '2026-05-26' })

    expect(plan.forgotten).toEqual(['2026-05-26', '2026-05-27'])
    expect(plan.toExport[0]?.day).toBe('2026-05-28')
    expect(plan.missing.slice(0, 3)).toEqual(['2026-05-26', '2026-05-27', '2026-05-28'])
    expect(plan.settledThrough).toBe('2026-05-27')
  })

  test('says in a line what it does, and in another what cannot be had', () => {
    const unsettled = { settled: false, exportedAt: NOW - 30 * HOUR_MS }
    const entries = [
      ...whole.slice(0, 2),
      entry('2026-11-22', unsettled),
      entry('2026-11-23', unsettled),
      ...whole.slice(5),
    ]

    const [line = '', ...others] = describePlan(planOf(entries))
    for (const fact of ['3 days', '2026-11-24 is missing', '2026-11-22 and 2026-11-23', '4 are']) {
      expect(line).toContain(fact)
    }
    expect(others).toEqual([])
    expect(describePlan(planOf(whole)).join()).toMatch(/7 .*2026-11-26/)
    expect(describePlan(planOf(whole, { from: '2026-01-01' })).at(-1)).toMatch(
      /2026-01-01 to 2026-05-27 .*6 months/,
    )
  })
})

describe('any archive at any time', () => {
  const anArchive = fc
    .record({
      now: fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2029-01-01') }),
      ages: fc.integer({ min: 1, max: 400 }),
      states: fc.array(
        fc.record({
          isThere: fc.boolean(),
          isDamaged: fc.boolean(),
          settled: fc.boolean(),
          pending: fc.integer({ min: 0, max: 2 }),
          ageMs: fc.integer({ min: 0, max: 500 * HOUR_MS }),
        }),
        { minLength: 400, maxLength: 400 },
      ),
    })
    .map(({ now, ages, states }) => {
      const days = daysFrom(shiftDay(dayOf(now), -ages), shiftDay(dayOf(now), -1))
      const entries = days.flatMap((day, index) => {
        const state = states[index]
        if (!state?.isThere) return []
        const { settled, pending, ageMs } = state
        return [entry(day, { settled, pending, exportedAt: now - ageMs })]
      })
      const { known, sizes } = archiveOf(entries)
      for (const [index, day] of days.entries()) if (states[index]?.isDamaged) sizes.delete(day)
      return { now, from: days[0] ?? '', days, known, sizes }
    })

  test('comes to a plan in which each day has one place', () => {
    fc.assert(
      fc.property(anArchive, ({ now, from, days, known, sizes }) => {
        const plan = planDays(known, sizes, { ...options, from }, now)
        const exported = plan.toExport.map(({ day }) => day)

        expect(exported).toEqual([...new Set(exported)].toSorted())
        expect(exported.length + plan.complete + plan.forgotten.length).toBe(days.length)
        expect(exported.every((day) => endOf(day) <= now)).toBe(true)
        expect(plan.missing.filter((day) => !exported.includes(day))).toEqual(plan.forgotten)
      }),
    )
  })

  test('needs nothing more once the plan is done, until a day is over or has rested', () => {
    fc.assert(
      fc.property(anArchive, ({ now, from, known, sizes }) => {
        const all = { ...options, from }
        for (const { day } of planDays(known, sizes, all, now).toExport) {
          const done = entry(day, { exportedAt: now })
          known.set(day, { ...done, settled: isSettled(done, all) })
          sizes.set(day, 100)
        }
        const plan = planDays(known, sizes, all, now)

        expect(plan.toExport).toEqual([])
        expect(plan.missing).toEqual(plan.forgotten)
      }),
    )
  })
})

describe('a day is settled', () => {
  const day = '2026-11-20'
  const at = (hours: number) => endOf(day) + hours * HOUR_MS

  test.each([
    [0, 71, false],
    [0, 72, true],
    [1, 72, false],
    [1, 239, false],
    [1, 240, true],
  ])('with %i pending by an export %i h after its end: %s', (pending, hours, settled) => {
    expect(isSettled({ day, pending, exportedAt: at(hours) }, options)).toBe(settled)
  })
})

describe('days as text', () => {
  test.each([
    [[], ''],
    [['2026-11-01'], '2026-11-01'],
    [['2026-11-01', '2026-11-02'], '2026-11-01 and 2026-11-02'],
    [
      ['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-05'],
      '2026-10-30 to 2026-11-01 and 2026-11-05',
    ],
  ])('%j is %s', (days, text) => {
    expect(formatDays(days)).toBe(text)
  })

  test('are at most a handful of spans', () => {
    const days = daysFrom('2026-01-01', '2026-03-01').filter((_, index) => index % 2 === 0)

    expect(formatDays(days)).toContain('and 25 more')
  })

  test('go from one to the next over every end of a month', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), (days) => {
        const day = shiftDay('1990-01-01', days)

        expect(startOf(shiftDay(day, 1))).toBe(endOf(day))
        expect(dayOf(endOf(day) - 1)).toBe(day)
      }),
    )
  })
})
