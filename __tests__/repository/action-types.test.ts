import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readCancelRequest } from '../../src/cancel/cancel.js'
import { readDownloadRequest } from '../../src/download/inputs.js'
import { InputError } from '../../src/errors.js'
import type { RawInputs } from '../../src/inputs/fields.js'
import { readMergeRequest } from '../../src/merge-reports/merge.js'
import { readSandboxConfig } from '../../src/sandbox/inputs.js'
import { readStartRequest } from '../../src/start/inputs.js'
import { readSyncRequest } from '../../src/sync/inputs.js'
import { validInputs } from '../helpers/valid-inputs.js'

/** A type as github-actions-typing knows it, with all that its schema requires or allows. */
type Type =
  | { type: 'string' | 'boolean' | 'integer' | 'float' }
  | { type: 'integer'; name?: string; 'named-values': Record<string, number> }
  | { type: 'enum'; name?: string; 'allowed-values': string[] }
  | { type: 'list'; separator: string; 'list-item': Exclude<Type, { type: 'list' }> }

type Types = Record<'inputs' | 'outputs', Record<string, Type>>

const KEYS = {
  string: ['type'],
  boolean: ['type'],
  integer: ['type', 'named-values', 'name'],
  float: ['type'],
  enum: ['type', 'allowed-values', 'name'],
  list: ['type', 'separator', 'list-item'],
}

const places = { cwd: '/srv/repo', home: '/home' }
const job = { ...validInputs, 'job-id': 'abc123' }

/** Each action with its reader, and inputs without which that would refuse any other. */
const ACTIONS = [
  {
    folder: '.',
    base: { ...validInputs, from: '2026-11-01', to: '2026-11-08' },
    read: (raw: RawInputs) => readStartRequest(raw, Date.parse('2026-11-24T10:20:30Z')),
  },
  { folder: 'download', base: job, read: (raw: RawInputs) => readDownloadRequest(raw, places) },
  {
    folder: 'sync',
    base: { ...validInputs, from: '2026-11-01' },
    read: (raw: RawInputs) => readSyncRequest(raw, places, Date.parse('2026-11-24T10:20:30Z')),
  },
  { folder: 'cancel', base: job, read: readCancelRequest },
  {
    folder: 'merge-reports',
    base: { path: 'reports' },
    read: (raw: RawInputs) => readMergeRequest(raw, places),
  },
  { folder: 'sandbox', base: {}, read: readSandboxConfig },
]

/** Several items of each list, as a tool would join them. */
const LISTS: Record<string, string[]> = { country: ['SG', 'MY'], 'max-cost': ['EUR 5', 'USD 7'] }

const readYaml = (file: string) => parse(readFileSync(file, 'utf8'))

/** What is wrong with the type itself, by the schema of github-actions-typing. */
function faultsOf(type: Type): string[] {
  const allowed = KEYS[type.type]
  if (allowed === undefined) return [`${type.type} is no type`]
  const strangers = Object.keys(type).filter((key) => !allowed.includes(key))
  if ('named-values' in type) {
    const wrong = Object.values(type['named-values']).filter((value) => !Number.isInteger(value))
    return [...strangers, ...wrong.map(String)]
  }
  if (type.type === 'enum') {
    const values = type['allowed-values']
    return values.length > 0 && values.every((value) => typeof value === 'string')
      ? strangers
      : [...strangers, 'allowed-values']
  }
  if (type.type === 'list') {
    const item = type['list-item']
    return [...strangers, ...(type.separator ? [] : ['separator']), ...faultsOf(item)]
  }
  return strangers
}

describe.each(ACTIONS)('the types of $folder', ({ folder, base, read }) => {
  const action = readYaml(`${folder}/action.yml`)
  const types: Types = readYaml(`${folder}/action-types.yml`)

  /** What the action says of a value of an input; undefined where it takes it. */
  const refusal = (input: string, value: string): string | undefined => {
    try {
      read({ ...base, [input]: value })
      return undefined
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      return error.mistakes.find((mistake) => mistake.input === input)?.text
    }
  }

  test.each(['inputs', 'outputs'] as const)('are of exactly the %s that it has', (part) => {
    expect(Object.keys(types)).toEqual(['inputs', 'outputs'])
    expect(Object.keys(types[part])).toEqual(Object.keys(action[part]))
  })

  test('are such as the format knows', () => {
    const faults = Object.values({ ...types.inputs, ...types.outputs }).flatMap(faultsOf)

    expect(faults).toEqual([])
  })

  test.each(Object.entries(types.inputs))('say of %s what the action takes', (input, type) => {
    const says = (value: string) => refusal(input, value)

    switch (type.type) {
      case 'enum': {
        const choices = type['allowed-values']
        expect(says('none-of-these')).toContain(`one of ${choices.join(', ')}.`)
        expect(choices.map(says)).toEqual(choices.map(() => undefined))
        break
      }
      case 'integer': {
        expect(['7', '12'].map(says)).toEqual([undefined, undefined])
        expect(says('7.5')).toContain('whole number from')
        if ('named-values' in type) {
          const named = Object.values(type['named-values']).map(String)
          expect(named.map(says)).toEqual(named.map(() => undefined))
        }
        break
      }
      case 'float':
        expect(['7', '7.5'].map(says)).toEqual([undefined, undefined])
        expect(says('seven')).toBeDefined()
        break
      case 'boolean':
        expect(['true', 'false'].map(says)).toEqual([undefined, undefined])
        expect(says('maybe')).toContain('true nor false')
        break
      case 'list': {
        const joined = LISTS[input]?.join(type.separator) ?? ''
        expect(says(joined)).toBeUndefined()
        expect(says('none of these')).toBeDefined()
        break
      }
      default:
        // A text that is in truth one of the others would be refused in their words.
        expect(says('none-of-these') ?? '').not.toMatch(
          / one of |whole number from|percentage|true nor false/,
        )
    }
  })
})
