import { describe, expect, test } from 'vitest'
import {
  formatAverage,
  formatChange,
  formatPoints,
  formatSeconds,
} from '../../src/summary/format.js'

describe('an average cost', () => {
  test('is divided exactly and rounded once', () => {
    expect(formatAverage({ EUR: '0.1' }, 3)).toBe('0.0333')
    expect(formatAverage({ EUR: '-2' }, 3)).toBe('-0.6667')
    expect(formatAverage({ EUR: '0.00015' }, 1)).toBe('0.0002')
    expect(formatAverage({ EUR: '9007199254740993' }, 2)).toBe('4,503,599,627,370,496.5')
  })

  test('is none for no record, and for a group that was paid for in several currencies', () => {
    expect(formatAverage({ EUR: '1' }, 0)).toBe('–')
    expect(formatAverage({ EUR: '1', USD: '1' }, 2)).toBe('–')
    expect(formatAverage({ EUR: '1', USD: '0' }, 2)).toBe('0.5')
    expect(formatAverage(undefined, 2)).toBe('–')
  })
})

test.each([
  [0.004, '0.004 s'],
  [3.14, '3.1 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [125, '2 min 5 s'],
  [3_840, '1 h 4 min'],
  [183_600, '2 d 3 h'],
])('%d seconds are read as %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text)
})

describe('a change', () => {
  test('is in per cent of what was before, and in points for rates', () => {
    expect(formatChange(110, 100)).toBe('+10.0%')
    expect(formatChange(50, 100)).toBe('−50.0%')
    expect(formatChange(100, 100)).toBe('±0.0%')
    expect(formatPoints(0.9, 0.95)).toBe('−5.0 points')
  })

  test('is not told where there was nothing before', () => {
    expect(formatChange(100, 0)).toBeUndefined()
    expect(formatChange(100, undefined)).toBeUndefined()
    expect(formatPoints(0.9, null)).toBeUndefined()
  })
})
