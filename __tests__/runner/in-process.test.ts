import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { EOL, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { InputError, StepError } from '../../src/errors.js'
import { keepForPost, keptByMain, readRawInputs } from '../../src/runner/environment.js'
import { runStep } from '../../src/runner/run-step.js'
import type { Step } from '../../src/step.js'
import { RecordedStep } from '../helpers/recorded-step.js'

const EVENTS = ['SIGINT', 'SIGTERM', 'uncaughtException', 'beforeExit'] as const

let folder: string
let written: string
const listenersBefore = new Map(EVENTS.map((name) => [name, process.listeners(name as 'exit')]))

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'runner-'))
  written = ''
  process.exitCode = undefined
  for (const name of ['output', 'summary', 'state']) writeFileSync(path.join(folder, name), '')
  vi.stubEnv('GITHUB_OUTPUT', path.join(folder, 'output'))
  vi.stubEnv('GITHUB_STEP_SUMMARY', path.join(folder, 'summary'))
  vi.stubEnv('GITHUB_STATE', path.join(folder, 'state'))
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text).replaceAll(EOL, '\n')
    return true
  })
})

afterEach(() => {
  process.exitCode = undefined
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  for (const name of EVENTS) {
    for (const listener of process.listeners(name as 'exit')) {
      if (!listenersBefore.get(name)?.includes(listener)) process.off(name as 'exit', listener)
    }
  }
  rmSync(folder, { recursive: true })
})

function emitBeforeExit(): void {
  for (const listener of process.listeners('beforeExit')) {
    if (!listenersBefore.get('beforeExit')?.includes(listener as never)) listener.call(process, 0)
  }
}

/** What Node.js does with an error that nobody has caught, but for vitest's own ear. */
function emitException(error: Error): void {
  for (const listener of process.listeners('uncaughtException')) {
    if (!listenersBefore.get('uncaughtException')?.includes(listener as never)) {
      listener(error, 'uncaughtException')
    }
  }
}

/** Runs work as a step, until it has settled. */
async function settled(work: (step: Step) => Promise<void>): Promise<void> {
  let done: Promise<void> | undefined
  runStep((step) => {
    done = work(step)
    return done
  })
  await done?.catch(() => undefined)
  await new Promise((resolve) => setImmediate(resolve))
}

describe('the exit code of a step', () => {
  test('is a failure’s from its first line, and a success’s after its last', async () => {
    await settled(async (step) => {
      step.info('at work')
      expect(process.exitCode).toBe(1)
    })

    expect(process.exitCode).toBe(0)
    expect(written).toBe('at work\n')
  })

  test('stays a failure’s where the work fails', async () => {
    await settled(async () => {
      throw new StepError('It went wrong.')
    })

    expect(process.exitCode).toBe(1)
    expect(written).toBe('::error::It went wrong.\n')
  })

  test('stays a failure’s where something else fails first', async () => {
    await settled(async () => {
      emitException(new Error('out of nowhere'))
      emitException(new Error('and another'))
    })

    expect(process.exitCode).toBe(1)
    expect(written).toContain('a bug in the action: Error: out of nowhere.')
    expect(written).not.toContain('and another')
  })

  test('is a failure’s where the process runs out of work', async () => {
    runStep(() => new Promise(() => undefined))
    for (const _ of [1, 2]) emitBeforeExit()

    expect(process.exitCode).toBe(1)
    expect(written.match(/the step stopped before it came to its end/g)).toHaveLength(1)
  })
})

describe('a step', () => {
  test('reports each mistake in its inputs by the input’s name', async () => {
    await settled(async () => {
      throw new InputError([
        { input: 'one', text: 'is wrong.' },
        { input: 'two', text: 'is\nworse.' },
      ])
    })

    expect(written).toBe(
      '::error title=Input one::one: is wrong.\n::error title=Input two::two: is worse.\n',
    )
  })

  test.each([
    'Request timeout: /api/v1/messages/download/t0ken-0123456789',
    "cannot open '/api/v1/t0ken-0123456789?sig=t0ken'",
  ])('shows no path in a bug or in a cause: that of a link is a secret: %s', async (message) => {
    await settled(async () => {
      throw new Error(message)
    })
    await settled(async () => {
      throw new StepError('It went wrong.', { cause: new Error(message) })
    })

    expect(written.match(/\(path\)/g)).toHaveLength(2)
    expect(written).not.toContain('t0ken')
  })

  test('hears of a signal', async () => {
    let reason: unknown
    await settled(async ({ signal }) => {
      const ours = process.listeners('SIGTERM').at(-1)
      ours?.('SIGTERM')
      reason = signal.reason
    })

    expect(reason).toMatchObject({ name: 'InterruptedError', message: 'Interrupted by SIGTERM.' })
  })

  test('speaks, and hands things on', async () => {
    await settled(async (step) => {
      step.mask('s3cret')
      step.notice('n s3cret')
      step.warning('w')
      step.debug('d')
      step.setOutput('name', 'value')
      step.addSummary('# s3cret')
    })

    expect(written).toBe('::add-mask::s3cret\n::notice::n ***\n::warning::w\n::debug::d\n')
    expect(readFileSync(path.join(folder, 'output'), 'utf8')).toMatch(/^name<<\S+\nvalue\n/)
    expect(readFileSync(path.join(folder, 'summary'), 'utf8')).toBe('# ***')
  })

  test('says which output cannot be written', async () => {
    vi.stubEnv('GITHUB_OUTPUT', path.join(folder, 'none'))

    await settled(async (step) => step.setOutput('name', 'value'))

    expect(written).toMatch(/^::error::The output name could not be written\./)
  })

  test('has a warning where its summary cannot be written, and goes on', async () => {
    vi.stubEnv('GITHUB_STEP_SUMMARY', path.join(folder, 'none'))

    await settled(async (step) => {
      step.addSummary('# text')
      step.info('went on')
    })

    expect(process.exitCode).toBe(0)
    expect(written).toMatch(/^::warning::The job summary could not be written.*\nwent on\n$/)
  })

  test('says that it failed even where saying why fails', async () => {
    await settled(async () => {
      throw Object.defineProperty(new Error(), 'message', {
        get() {
          throw new Error('no message')
        },
      })
    })

    expect(process.exitCode).toBe(1)
    expect(written).toMatch(/^\n::error::The step failed.*\n$/)
  })

  test('shows nothing of what an error said before its message was changed', async () => {
    const error = new Error('no answer from https://sms.8x8.com/messages/download/t0ken')
    // Its stack is written when it is first looked at, with the message of that moment.
    expect(error.stack).toContain('t0ken')
    error.message = 'nobody has answered'

    await settled(async () => {
      throw error
    })

    expect(written).toContain('a bug in the action: Error: nobody has answered.')
    expect(written).not.toContain('t0ken')
  })

  test('reports what is thrown and is no error', async () => {
    await settled(async () => {
      throw 'text'
    })

    expect(written).toContain('a bug in the action: text.')
  })
})

describe('the runner', () => {
  test('hands over inputs, secrets masked first', () => {
    vi.stubEnv('INPUT_API-KEY', ' kEy-01234 ')
    vi.stubEnv('INPUT_PHONE-NUMBER', '+6598765432')
    vi.stubEnv('INPUT_FROM', '')
    const step = new RecordedStep()

    const raw = readRawInputs(['from', 'api-key', 'phone-number', 'to'], step)

    expect(raw).toEqual({ 'api-key': 'kEy-01234', 'phone-number': '+6598765432' })
    expect(step.events).toEqual(['mask: kEy-01234', 'mask: +6598765432', 'mask: 6598765432'])
  })

  test('hands over inputs without what nobody can see, which is masked with it and without', () => {
    vi.stubEnv('INPUT_TIME-ZONE', 'Europe/London\u200b')
    vi.stubEnv('INPUT_TO', '\ufeff \u00a0')
    vi.stubEnv('INPUT_PHONE-NUMBER', '\u202a+65\u00a09876\u00a05432\u202c')
    const step = new RecordedStep()

    const raw = readRawInputs(['time-zone', 'to', 'phone-number'], step)

    expect(raw).toEqual({ 'time-zone': 'Europe/London', 'phone-number': '+65 9876 5432' })
    expect(step.events).toEqual(
      expect.arrayContaining([
        'mask: \u202a+65\u00a09876\u00a05432\u202c',
        'mask: +65 9876 5432',
        'mask: 6598765432',
      ]),
    )
  })

  test('hands over inputs whose names have no dashes, as some runners write them', () => {
    vi.stubEnv('INPUT_API_KEY', 'kEy-01234')
    vi.stubEnv('INPUT_TIME-ZONE', '')
    vi.stubEnv('INPUT_TIME_ZONE', 'Asia/Singapore')
    const step = new RecordedStep()

    expect(readRawInputs(['api-key', 'time-zone'], step)).toEqual({ 'api-key': 'kEy-01234' })
    expect(step.events).toEqual(['mask: kEy-01234'])
  })

  test.each(['-', '', ' ', '******'])('has nothing blackened by a key of %j', (key) => {
    vi.stubEnv('INPUT_API-KEY', key)
    const step = new RecordedStep()

    readRawInputs(['api-key'], step)

    expect(step.events).toEqual([])
  })

  test('names its file for the post step where that is not there', () => {
    vi.stubEnv('GITHUB_STATE', path.join(folder, 'none'))

    expect(() => keepForPost('url', 'text')).toThrow(StepError)
    expect(() => keepForPost('url', 'text')).toThrow(/url.*GITHUB_STATE/)
  })

  test('keeps texts for the post step', () => {
    vi.stubEnv('STATE_url', 'http://127.0.0.1:1')

    keepForPost('name', 'text')

    expect(readFileSync(path.join(folder, 'state'), 'utf8')).toMatch(/^name<<\S+\ntext\n/)
    expect([keptByMain('url'), keptByMain('none')]).toEqual(['http://127.0.0.1:1', undefined])
  })
})
