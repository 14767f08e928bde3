// An action for the tests of the runner's room: it does what its argument says.
import { StepError } from '../../src/errors.js'
import { keepForPost, keptByMain, readRawInputs } from '../../src/runner/environment.js'
import { runStep } from '../../src/runner/run-step.js'
import type { Step } from '../../src/step.js'

const SECRET = 's3cret-0123456789'

const works: Record<string, (step: Step) => Promise<void>> = {
  done: async (step) => step.info('done'),
  never: () => new Promise(() => undefined),
  failure: async () => {
    throw new StepError('It went wrong.', { cause: new Error('https://a.example/s3cret-path') })
  },
  bug: async (step) => {
    step.mask(SECRET)
    throw new TypeError(`cannot read ${SECRET} of https://a.example/t0ken`)
  },
  text: async () => {
    throw 'only a text'
  },
  deprecated: async (step) => {
    process.emitWarning('an old API', 'DeprecationWarning', 'DEP0000')
    step.info('done')
  },
  rejection: async (step) => {
    void Promise.reject(new Error('nobody waits'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    step.info('went on')
  },
  exception: async (step) => {
    setTimeout(() => {
      throw new Error('out of nowhere')
    }, 1)
    await new Promise((resolve) => setTimeout(resolve, 50))
    step.info('went on')
  },
  interrupted: async (step) => {
    step.info('waiting')
    const hour = setTimeout(() => undefined, 3_600_000)
    await new Promise((_, reject) => {
      step.signal.addEventListener('abort', () => {
        clearTimeout(hour)
        reject(step.signal.reason)
      })
    })
  },
  words: async (step) => {
    step.mask(SECRET)
    step.mask('abc')
    step.info(`a ${SECRET} b\n::error::c ##[error]d`)
    step.notice(`n ${SECRET}\nn`)
    step.warning(`w ${SECRET}`)
    step.debug(`d ${SECRET}`)
    step.info('abc is too short to be blackened here')
    step.addSummary(`# ${SECRET}\n`)
  },
  outputs: async (step) => {
    step.setOutput('one', 'first\nsecond')
    step.setOutput('two', '')
  },
  inputs: async (step) => {
    const raw = readRawInputs(['api-key', 'phone-number', 'other', 'unset'], step)
    step.setOutput('raw', JSON.stringify(raw))
  },
  state: async (step) => {
    step.setOutput('kept', keptByMain('a name') ?? 'nothing')
    keepForPost('a name', 'a text')
  },
}

runStep(works[process.argv[2] ?? ''] as (step: Step) => Promise<void>)
