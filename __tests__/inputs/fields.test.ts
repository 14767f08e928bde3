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
    expect(required('one', parse, 'Look there.')({ one: 'a' })).toBe('A')
    expect(optional('one', parse)({ one: 'a' })).toBe('A')
  })

  test('that may be left out is undefined then', () => {
    expect(optional('one', parse)({})).toBeUndefined()
  })

  test('that must be given says so, with its hint', () => {
    expect(() => required('one', parse, 'Look there.')({})).toThrow(
      /^one: .*required.* Look there\.$/,
    )
  })

  test('with a bug in its parser is no mistake of the user’s', () => {
    expect(() => optional('one', parse)({ one: 'bug' })).toThrow('a bug')
    expect(() => fields({ one: optional('one', parse) })({ one: 'bug' })).toThrow('a bug')
  })
})

describe('two inputs that were swapped', () => {
  const key = 'kEy-0123'
  const number = '+65 6123 4567'
  const messageOf = (input: string, raw: Record<string, string>): string => {
    try {
      optional(input, (text) => {
        throw new Mistake(`${text} is bad.`)
      })(raw)
    } catch (error) {
      expect(error).toBeInstanceOf(InputError)
      return (error as InputError).message
    }
    return expect.unreachable()
  }

  test('are told by the key within another, which is not shown', () => {
    const message = messageOf('path', { 'api-key': key, path: `x${key}x` })

    expect(message).toMatch(/^path: .*api-key/)
    expect(message).not.toContain(key)
  })

  test('are told by the number within another, in any spacing, which is not shown', () => {
    const message = messageOf('limit', { 'phone-number': number, limit: 'no. 656-123-4567' })

    expect(message).toMatch(/^limit: .*phone-number/)
    expect(message).not.toContain('4567')
  })

  test.each([
    ['path', { path: 'logs' }],
    ['path', { 'api-key': key, path: 'logs' }],
    // A key or a number has more characters.
    ['path', { 'api-key': 'logs', path: 'logs' }],
    ['path', { 'phone-number': '123456', path: '123456' }],
    ['path', { 'phone-number': number, path: '612' }],
    ['api-key', { 'api-key': 'logs' }],
    ['api-key', { 'api-key': '1234567', 'phone-number': '1234567' }],
    ['phone-number', { 'phone-number': number }],
  ])('are none where %s has its own text: %j', (input, raw: Record<string, string>) => {
    expect(messageOf(input, raw)).toBe(`${input}: ${raw[input]} is bad.`)
  })

  test('are told by a number of seven digits', () => {
    const message = messageOf('path', { 'phone-number': '1234567', path: '1234567' })

    expect(message).toMatch(/^path: .*phone-number/)
  })
})

describe('fields', () => {
  const read = fields({
    one: required('one', parse, 'Look there.'),
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
