import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { REGIONS } from '../../src/api/link.js'
import { InputError } from '../../src/errors.js'
import { formatReport } from '../../src/report/report.js'
import { Tally } from '../../src/report/tally.js'
import { readStartRequest } from '../../src/start/inputs.js'
import { inCode, tableOf } from '../helpers/markdown-table.js'
import { validInputs } from '../helpers/valid-inputs.js'

interface ActionFile {
  inputs?: Record<string, { description: string; required?: boolean; default?: string }>
  outputs?: Record<string, { description: string }>
  runs: { using: string; main: string; post?: string }
}

const ACTIONS = ['.', ...globSync('*/action.yml').map((file) => path.dirname(file))].map(
  (folder) => ({
    action: path.posix.join(folder, 'action.yml'),
    readme: path.posix.join(folder, 'README.md'),
  }),
)

const DOCUMENTS = [
  ...readdirSync('.').filter((file) => file.endsWith('.md')),
  ...readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
  ...ACTIONS.map(({ readme }) => readme).filter((readme) => readme !== 'README.md'),
]

const readAction = (file: string): ActionFile => parse(readFileSync(file, 'utf8'))

describe.each(ACTIONS)('$readme', ({ action, readme }) => {
  const { inputs = {}, outputs = {}, runs } = readAction(action)
  const markdown = readFileSync(readme, 'utf8')

  test('lists exactly the inputs of the action', () => {
    const listed = tableOf(markdown, 'input').flatMap(([name]) => inCode(name))

    expect(listed.toSorted()).toEqual(Object.keys(inputs).toSorted())
  })

  test('gives each input the default that it has', () => {
    for (const [name, defaultCell] of tableOf(markdown, 'input')) {
      const [input = ''] = inCode(name)
      const declared = inputs[input]?.default || undefined
      expect([input, inCode(defaultCell)[0]]).toEqual([input, declared])
    }
  })

  test('says which inputs are required', () => {
    for (const [name, defaultCell] of tableOf(markdown, 'input')) {
      const [input = ''] = inCode(name)
      expect([input, defaultCell === 'required']).toEqual([input, inputs[input]?.required === true])
    }
  })

  test('lists exactly the outputs of the action', () => {
    const listed = tableOf(markdown, 'output').flatMap(([name]) => inCode(name))

    expect(listed.toSorted()).toEqual(Object.keys(outputs).toSorted())
  })

  test('stands beside an action whose files are there and that runs on Node.js 24', () => {
    expect(runs.using).toBe('node24')
    for (const entry of [runs.main, runs.post].filter((file) => file !== undefined)) {
      expect(existsSync(path.join(path.dirname(action), entry))).toBe(true)
    }
  })
})

describe('the table of moments in README.md', () => {
  const rows = tableOf(readFileSync('README.md', 'utf8'), 'written').map((cells) => ({
    written: inCode(cells[0])[0] ?? '',
    inUtc: inCode(cells[1])[0],
    inSingapore: inCode(cells[2])[0],
  }))

  const sentAs = (from: string, zone: string): string | undefined => {
    const raw = { ...validInputs, from, to: '2026-12-31', 'time-zone': zone }
    try {
      return readStartRequest(raw, Date.parse('2026-11-24T10:20:30Z')).window.from?.sent
    } catch (error) {
      if (error instanceof InputError) return undefined
      throw error
    }
  }

  test.each(rows)('says what $written comes to', ({ written, inUtc, inSingapore }) => {
    expect(sentAs(written, 'UTC')).toBe(inUtc)
    expect(sentAs(written, 'Asia/Singapore')).toBe(inSingapore)
  })
})

describe('the report in download/README.md', () => {
  const markdown = readFileSync('download/README.md', 'utf8')
  const members = Object.keys(JSON.parse(formatReport(new Tally().plain())))

  test('says of each figure how it is computed, in the order of the output', () => {
    expect(tableOf(markdown, 'figure').flatMap(([name]) => inCode(name))).toEqual(members)
  })

  test('is shown with all its members', () => {
    const [, shown = ''] = /^```json\n(.*?)^```/ms.exec(markdown) ?? []

    expect(Object.keys(JSON.parse(shown))).toEqual(members)
  })
})

describe('the regions', () => {
  test.each([
    ...['.', 'download', 'sync', 'cancel'].flatMap((folder) => [
      path.posix.join(folder, 'action.yml'),
      path.posix.join(folder, 'action-types.yml'),
    ]),
    '.github/workflows/export.yml',
    '.github/ISSUE_TEMPLATE/bug.yml',
    'README.md',
    'docs/platform.md',
  ])('are all in %s', (file) => {
    const text = readFileSync(file, 'utf8')

    expect(REGIONS.filter((region) => !text.includes(region))).toEqual([])
  })
})

describe('the examples', () => {
  const names = readdirSync('examples')

  test('are all in the table of README.md', () => {
    const listed = tableOf(readFileSync('README.md', 'utf8'), 'workflow').flatMap(([cell = '']) =>
      [...cell.matchAll(/\(examples\/([^)]+)\)/g)].map(([, name]) => name),
    )

    expect(listed.toSorted()).toEqual(names.toSorted())
  })

  test('with an artifact are all in what docs/platform.md says of Enterprise Server', () => {
    const [paragraph = ''] =
      /^- \*\*Artifacts\*\*.*$/m.exec(readFileSync('docs/platform.md', 'utf8')) ?? []
    const withArtifact = names.filter((name) =>
      /actions\/(up|down)load-artifact@/.test(readFileSync(path.join('examples', name), 'utf8')),
    )

    expect(withArtifact.length).toBeGreaterThan(0)
    expect(withArtifact.filter((name) => !paragraph.includes(name))).toEqual([])
  })
})

describe('the documents', () => {
  test.each(DOCUMENTS)('%s shows no workflow that is not an example, which a test runs', (file) => {
    // What uses an action is a workflow, whatever language it says it is in.
    const shown = [...readFileSync(file, 'utf8').matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(
      ([, language, block = '']) =>
        language === 'yaml' || (language !== 'diff' && /\buses:/.test(block)) ? [block] : [],
    )
    const examples = readdirSync('examples').map((name) =>
      readFileSync(path.join('examples', name), 'utf8'),
    )

    const strangers = shown.filter((block) => !examples.some((example) => holds(example, block)))

    expect(strangers).toEqual([])
  })

  test.each(DOCUMENTS)('%s links to files and headings that are there', (file) => {
    const markdown = readFileSync(file, 'utf8')
    const links = [...markdown.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, to]) => String(to))

    for (const link of links) {
      const [target, heading] = link.split('#')
      const linked = target ? path.join(path.dirname(file), target) : file
      expect([link, existsSync(linked)]).toEqual([link, true])
      if (heading) {
        const anchors = readFileSync(linked, 'utf8')
          .split('\n')
          .filter((line) => line.startsWith('#'))
          .map((line) => anchorOf(line))
        expect(anchors).toContain(heading)
      }
    }
  })

  test.each(DOCUMENTS)('%s shows pictures that are there', (file) => {
    const markdown = readFileSync(file, 'utf8')
    const shown = [...markdown.matchAll(/ (?:src|srcset)="([^"]+)"/g)].map(([, to]) => String(to))

    for (const picture of shown) {
      expect([picture, existsSync(path.join(path.dirname(file), picture))]).toEqual([picture, true])
    }
  })

  test('the source points to headings of the facts that are there', () => {
    const headings = readFileSync('docs/api.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .map(anchorOf)
    const pointers = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(path.join('src', file), 'utf8').matchAll(/docs\/api\.md#([\w-]+)/g),
      ])
      .map(([, heading]) => String(heading))

    expect(pointers.length).toBeGreaterThan(0)
    expect(pointers.filter((heading) => !headings.includes(heading))).toEqual([])
  })
})

/** Whether a block is a part of a workflow, which may stand further to the right there. */
function holds(workflow: string, block: string): boolean {
  return [0, 2, 4, 6, 8, 10].some((width) =>
    workflow.includes(block.replace(/^(?=.)/gm, ' '.repeat(width))),
  )
}

/** As GitHub makes it from a heading. */
function anchorOf(line: string): string {
  return line
    .replace(/^#+ /, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replace(/\s/g, '-')
}
