import { describe, expect, test } from 'vitest'
import { InputError, Mistake } from '../../src/errors.js'
import { fields, optional, required } from '../../src/inputs/fields.js'

const parse = (text: string): string => {
  if (text === 'bad') throw new Mistake('is bad.')
  if (text === 'bug') throw new TypeError('a bug')
  return text.toUpperCase()
}

describe('a field', () => {
  test('is its input, parsed', () => {
    expect(required('one', parse)({ one: 'a' })).toBe('A')
    expect(optional('one', parse)({ one: 'a' })).toBe('A')
  })

  test('that may be left out is undefined then', () => {
    expect(optional('one', parse)({})).toBeUndefined()
  })

  test('that must be given says so, with its hint', () => {
    expect(() => required('one', parse)({})).toThrow(/^one: .*required/)
    expect(() => required('one', parse, 'Look there.')({})).toThrow(
      /^one: .*required.* Look there\.$/,
    )
  })

  test('with a bug in its parser is no mistake of the user’s', () => {
    expect(() => optional('one', parse)({ one: 'bug' })).toThrow('a bug')
    expect(() => fields({ one: optional('one', parse) })({ one: 'bug' })).toThrow('a bug')
  })
})

describe('fields', () => {
  const read = fields({
    one: required('one', parse),
    group: fields({ two: optional('two', parse), three: optional('three', parse) }),
  })

  test('are read together', () => {
    expect(read({ one: 'a', three: 'c' })).toEqual({
      one: 'A',
      group: { two: undefined, three: 'C' },
    })
  })

  test('throw all their mistakes at once, also those of a group within', () => {
    try {
      read({ two: 'bad', three: 'bad' })
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(InputError)
      expect((error as InputError).mistakes).toEqual([
        { input: 'one', text: expect.stringContaining('required') },
        { input: 'two', text: 'is bad.' },
        { input: 'three', text: 'is bad.' },
      ])
      expect((error as InputError).message).toMatch(
        /^one: .*required.*\ntwo: is bad\.\nthree: is bad\.$/,
      )
    }
  })
})
