import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { EOL } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from '../../scripts/bundle.js'
import { parseFileCommands } from '../helpers/file-commands.js'

mkdirSync('reports', { recursive: true })
const folder = mkdtempSync(path.resolve('reports/run-step-'))
const entry = path.join(folder, 'index.cjs')

beforeAll(async () => {
  const { code } = await bundle(path.resolve('__tests__/runner/steps.ts'))
  writeFileSync(entry, code)
})

afterAll(() => rmSync(folder, { recursive: true }))

let runs = 0

function launch(work: string, env: Record<string, string> = {}) {
  const file = (name: string): string => path.join(folder, `${name}-${runs}`)
  runs += 1
  const files = { output: file('output'), summary: file('summary'), state: file('state') }
  for (const name of Object.values(files)) writeFileSync(name, '')
  const child = spawn(process.execPath, [entry, work], {
    env: {
      SystemRoot: process.env.SystemRoot ?? '',
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      GITHUB_STATE: files.state,
      ...env,
    },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text.replaceAll(EOL, '\n')
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<{
    exitCode: number | null
    lines: string[]
    stderr: string
    outputs: Record<string, string>
    state: Record<string, string>
    summary: string
  }>((resolve) => {
    child.once('close', (exitCode) => {
      const read = (name: string): string => readFileSync(name, 'utf8')
      resolve({
        exitCode,
        lines: stdout.split('\n').slice(0, -1),
        stderr,
        outputs: parseFileCommands(read(files.output)),
        state: parseFileCommands(read(files.state)),
        summary: read(files.summary),
      })
    })
  })
  return { child, ended }
}

const run = (work: string, env?: Record<string, string>) => launch(work, env).ended

describe('a step', () => {
  test('succeeds when its work has come to its end', async () => {
    expect(await run('done')).toMatchObject({ exitCode: 0, lines: ['done'], stderr: '' })
  })

  test('prints no deprecation of what a bundled package uses', async () => {
    expect(await run('deprecated')).toMatchObject({ exitCode: 0, lines: ['done'], stderr: '' })
  })

  test('fails if the process ends before its work has', async () => {
    expect(await run('never')).toMatchObject({
      exitCode: 1,
      lines: [
        expect.stringMatching(/^::error::.* bug in the action: .*stopped.* repository/),
        expect.stringMatching(/^::debug::at /),
      ],
    })
  })

  test('fails with one line that is meant for a reader', async () => {
    expect(await run('failure')).toMatchObject({
      exitCode: 1,
      lines: ['::error::It went wrong.', '::debug::Cause: Error: (address)'],
      stderr: '',
    })
  })

  test('fails for a bug, which is said to be one, with no secret and no address', async () => {
    const { exitCode, lines, stderr } = await run('bug')

    expect(exitCode).toBe(1)
    expect(lines[1]).toMatch(
      /^::error::.* bug in the action: TypeError: cannot read \*\*\* of \(address\)\..* repository/,
    )
    expect(lines[2]).toMatch(/^::debug::at .*index\.cjs:\d+/)
    expect(lines).toHaveLength(3)
    expect(lines.slice(1).join()).not.toMatch(/s3cret|t0ken/)
    expect(stderr).toBe('')
  })

  test('fails for what is thrown and is no error', async () => {
    const { exitCode, lines } = await run('text')

    expect(exitCode).toBe(1)
    expect(lines).toEqual([expect.stringContaining('a bug in the action: only a text.')])
  })

  test.each([
    ['rejection', 'nobody waits'],
    ['exception', 'out of nowhere'],
  ])('fails for an unhandled %s, also where its work goes on to its end', async (work, message) => {
    const { exitCode, lines, stderr } = await run(work)

    expect(exitCode).toBe(1)
    expect(lines[0]).toContain(`a bug in the action: Error: ${message}.`)
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(1)
    expect(stderr).toBe('')
  })

  const signals = process.platform === 'win32' ? [] : (['SIGINT', 'SIGTERM'] as const)

  test.each(signals)('ends at once on %s, as a failure', async (signal) => {
    const { child, ended } = launch('interrupted')
    child.stdout.once('data', () => child.kill(signal))

    expect(await ended).toMatchObject({
      exitCode: 1,
      lines: ['waiting', `::error::Interrupted by ${signal}.`],
    })
  })
})

describe('what a step says', () => {
  test('is plain lines without secrets', async () => {
    const { lines, summary } = await run('words')

    expect(lines).toEqual([
      '::add-mask::s3cret-0123456789',
      '::add-mask::abc',
      'a *** b ::error::c ## [error]d',
      '::notice::n *** n',
      '::warning::w ***',
      '::debug::d ***',
      'abc is too short to be blackened here',
    ])
    expect(summary).toBe('# ***\n')
  })

  test('reaches the next steps', async () => {
    expect((await run('outputs')).outputs).toEqual({ one: 'first\nsecond', two: '' })
  })

  test('fails where an output cannot be written', async () => {
    expect(await run('outputs', { GITHUB_OUTPUT: path.join(folder, 'none') })).toMatchObject({
      exitCode: 1,
      lines: [
        expect.stringMatching(/^::error::The output one .*disk.* GITHUB_OUTPUT/),
        expect.stringMatching(/^::debug::Cause: Error: Missing file at path/),
      ],
    })
  })

  test('is kept for the post step', async () => {
    expect(await run('state')).toMatchObject({
      outputs: { kept: 'nothing' },
      state: { 'a name': 'a text' },
    })
    expect(await run('state', { 'STATE_a name': 'kept' })).toMatchObject({
      outputs: { kept: 'kept' },
    })
  })
})

describe('the inputs of a step', () => {
  test('are masked first, trimmed, and undefined where unset', async () => {
    const { lines, outputs } = await run('inputs', {
      'INPUT_API-KEY': '  the-key-01 ',
      'INPUT_PHONE-NUMBER': '+6598765432',
      INPUT_OTHER: ' a b\n',
      INPUT_UNSET: ' ',
    })

    expect(lines).toEqual([
      '::add-mask::the-key-01',
      '::add-mask::+6598765432',
      '::add-mask::6598765432',
    ])
    expect(JSON.parse(outputs.raw ?? '')).toEqual({
      'api-key': 'the-key-01',
      'phone-number': '+6598765432',
      other: 'a b',
    })
  })

  test('that are secret are not masked where there is nothing to mask', async () => {
    const { lines } = await run('inputs', { 'INPUT_PHONE-NUMBER': '+' })

    expect(lines).toEqual([])
  })
})
