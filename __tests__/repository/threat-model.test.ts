import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { inCode, tableOf } from '../helpers/markdown-table.js'

const ACTIONS = ['.', ...globSync('*/action.yml').map((file) => path.dirname(file))]

const threatModel = readFileSync('docs/threat-model.md', 'utf8')

/** A promise's number, and the test that guards it: a file, and a title in it. */
const promises = tableOf(threatModel, 'no.').map(([number = '', promise = '', guard = '']) => ({
  number,
  promise,
  file: path.join('docs', /\]\(([^)]+)\)/.exec(guard)?.[1] ?? ''),
  title: inCode(guard)[0] ?? '',
}))

/** The titles of the tests in a file, as its source writes them. */
function titlesIn(file: string): string[] {
  const source = readFileSync(file, 'utf8')
  return [
    ...source.matchAll(/(?<=[(\s])(['"`])((?:\\.|(?!\1)[^\\])*)\1,(?= (?:async )?\(|$)/gm),
  ].map(([, , title = '']) => title)
}

describe('what each input can do, in docs/threat-model.md', () => {
  const told = tableOf(threatModel, 'input').flatMap(([inputs]) => inCode(inputs))

  test.each(ACTIONS)('is said of all inputs of the action in %s', (folder) => {
    const { inputs } = parse(readFileSync(path.join(folder, 'action.yml'), 'utf8'))

    expect(Object.keys(inputs).filter((input) => !told.includes(input))).toEqual([])
  })
})

describe('the promises in docs/threat-model.md', () => {
  test.each(promises)('$number is guarded by a test that is there', ({ file, title }) => {
    expect(titlesIn(file)).toContain(title)
  })
})
