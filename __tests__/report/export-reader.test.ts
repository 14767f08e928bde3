import { EventEmitter } from 'node:events'
import {
  appendFileSync,
  closeSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ExportReader } from '../../src/report/export-reader.js'
import type { Findings } from '../../src/report/findings.js'
import { readInThread } from '../../src/report/reading-thread.js'
import { type Report, toReport } from '../../src/report/report.js'
import type { Answer, Order } from '../../src/report/thread-messages.js'
import { ODD_EXPORT, ODD_REPORT } from '../helpers/odd-export.js'
import { canonical } from '../helpers/plain-report.js'
import { csvOfRecords, findingsOf, reportOf } from '../helpers/read-export.js'
import { createTemporaryFolder } from '../helpers/temporary-folder.js'

/** A reader with the built thread, or with a script of its own. */
function startReader(script?: string): ExportReader {
  let entry = path.resolve('dist/report-worker/index.js')
  if (script !== undefined) {
    entry = path.join(createTemporaryFolder(), 'thread.mjs')
    writeFileSync(entry, script)
  }
  const reader = new ExportReader(entry)
  onTestFinished(() => reader.close())
  return reader
}

const newFile = (): string => path.join(createTemporaryFolder(), 'a.csv.part')

const reportIn = ({ figures }: Findings): Report =>
  JSON.parse(JSON.stringify(toReport(figures))) as Report

const A = csvOfRecords(Array(20_000).fill({ smscount: '2' }))
const B = csvOfRecords(Array(20_000).fill({ operator: 'M1', price_total: '1' }))

/** Handles of this process on files of a folder, where the system tells. */
function openIn(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((handle) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${handle}`)
      return target.startsWith(folder) ? [target] : []
    } catch {
      return []
    }
  })
}

describe('a file that is followed', () => {
  test('is read while it grows, also under another name', async () => {
    const reader = startReader()
    const file = newFile()
    const followed = reader.follow('job-1.csv', file)
    const half = Math.floor(A.length / 2)

    writeFileSync(file, A.slice(0, half))
    followed.grew(half)
    appendFileSync(file, A.slice(half))
    followed.grew(A.length)
    renameSync(file, `${file}.whole`)

    const expected = findingsOf([A])
    expect(await followed.ended(A.length)).toEqual(expected.files[0])
    expect(await reader.findings()).toEqual(expected)
  })

  test('tells names that are traps as they are', async () => {
    const reader = startReader()
    const file = newFile()
    const followed = reader.follow('job-1.csv', file)
    writeFileSync(file, ODD_EXPORT)
    followed.grew(ODD_EXPORT.length)

    await followed.ended(ODD_EXPORT.length)

    expect(canonical(reportIn(await reader.findings()))).toBe(canonical(ODD_REPORT))
  })

  test('may begin again before a byte of it is on the disk', async () => {
    const reader = startReader()
    const file = newFile()
    const followed = reader.follow('job-1.csv', file)

    followed.restarted()
    followed.restarted()
    writeFileSync(file, A)
    followed.grew(A.length)

    expect(await followed.ended(A.length)).toEqual(findingsOf([A]).files[0])
  })

  test('may begin again in the middle, also as a shorter one', async () => {
    const reader = startReader()
    const file = newFile()
    const followed = reader.follow('job-1.csv', file)
    const short = csvOfRecords([{}])

    for (const text of [A, B, short]) {
      writeFileSync(file, text)
      followed.grew(text.length)
      truncateSync(file, 0)
      followed.restarted()
    }
    writeFileSync(file, short)
    followed.grew(short.length)

    expect(await followed.ended(short.length)).toEqual(findingsOf([short]).files[0])
    expect(reportIn(await reader.findings())).toEqual(reportOf([short]))
  })

  test.skipIf(process.platform !== 'linux')(
    'is closed when it is read, and when the reader is closed',
    async () => {
      const reader = startReader()
      const folder = createTemporaryFolder()
      const [one, two] = ['one', 'two'].map((name) => {
        writeFileSync(path.join(folder, name), A)
        const followed = reader.follow(name, path.join(folder, name))
        followed.grew(A.length)
        return followed
      })
      expect(openIn(folder)).toHaveLength(2)

      await one?.ended(A.length)
      expect(openIn(folder)).toHaveLength(1)
      await reader.close()

      expect(openIn(folder)).toEqual([])
      await expect(two?.ended(A.length)).rejects.toThrow('the reading thread has ended')
    },
  )

  test('that is not there is an error where it is said to have grown', () => {
    const followed = startReader().follow('job-1.csv', newFile())

    expect(() => followed.grew(1)).toThrow(/ENOENT/)
  })
})

test('several files are one report, in the order in which they were begun', async () => {
  const reader = startReader()
  const texts = [A, B, csvOfRecords([{ smscount: 'x' }]), B]
  const followed = texts.map((text, index) => {
    const file = newFile()
    writeFileSync(file, text)
    return reader.follow(`job-${index + 1}.csv`, file)
  })

  for (const at of [2, 0, 3, 1]) {
    const bytes = texts[at]?.length ?? 0
    followed[at]?.grew(Math.floor(bytes / 3))
    followed[at]?.grew(bytes)
    await followed[at]?.ended(bytes)
  }

  expect(await reader.findings()).toEqual(findingsOf(texts))
})

describe('whoever waits hears of it', () => {
  const END_AT = (kind: string, how: string): string => `
    import { parentPort } from 'node:worker_threads'
    parentPort.on('message', ({ kind }) => { if (kind === '${kind}') { ${how} } })`

  test.each([
    ['ends', 'process.exit(0)', 'the reading thread has ended'],
    ['throws', "throw new RangeError('too much')", 'too much'],
  ])('when the thread %s while a file is read', async (_, how, reason) => {
    const reader = startReader(END_AT('ended', how))
    const file = newFile()
    writeFileSync(file, A)
    const followed = reader.follow('job-1.csv', file)
    followed.grew(A.length)

    await expect(followed.ended(A.length)).rejects.toThrow(reason)

    await expect(reader.findings()).rejects.toThrow(reason)
    await expect(followed.ended(A.length)).rejects.toThrow(reason)
  })

  test('when the thread ends while findings are asked for', async () => {
    const reader = startReader(END_AT('finish', 'process.exit(1)'))

    await expect(reader.findings()).rejects.toThrow('the reading thread has ended')
  })

  test('when the thread cannot begin', async () => {
    const reader = new ExportReader(path.join(createTemporaryFolder(), 'no-thread.js'))

    await expect(reader.findings()).rejects.toThrow(/Cannot find module/)
    await reader.close()
  })

  test('when the file is shorter than it was said to be', async () => {
    const reader = startReader()
    const file = newFile()
    writeFileSync(file, A)
    const followed = reader.follow('job-1.csv', file)
    followed.grew(A.length)

    await expect(followed.ended(A.length + 1)).rejects.toThrow(
      `${A.length} of ${A.length + 1} bytes were read`,
    )
  })

  test('when the reader is closed', async () => {
    const reader = startReader(END_AT('nothing', ''))
    const findings = reader.findings()
    const heard = expect(findings).rejects.toThrow('the reading thread has ended')

    await reader.close()

    await heard
  })
})

describe('the thread', () => {
  /** It runs in this process, and answers at once. */
  function startThread(): { tell(order: Order): Answer[] } {
    const port = new EventEmitter()
    let answers: Answer[] = []
    readInThread({
      on: (event, listener) => port.on(event, listener),
      postMessage: (answer) => answers.push(answer),
    })
    return {
      tell(order) {
        answers = []
        port.emit('message', order)
        return answers
      },
    }
  }

  function openFile(text: string): { descriptor: number; file: string } {
    const file = newFile()
    writeFileSync(file, text)
    const descriptor = openSync(file, 'r')
    onTestFinished(() => closeSync(descriptor))
    return { descriptor, file }
  }

  test('reads to what is on the disk, and answers to the end and to the finish alone', () => {
    const thread = startThread()
    const { descriptor } = openFile(A)

    expect([
      thread.tell({ kind: 'follow', file: 0, name: 'a', descriptor }),
      thread.tell({ kind: 'grew', file: 0, bytes: 100 }),
      thread.tell({ kind: 'grew', file: 0, bytes: A.length }),
    ]).toEqual([[], [], []])
    expect(thread.tell({ kind: 'ended', file: 0, bytes: A.length })).toEqual([
      { kind: 'read', file: 0, facts: { ...findingsOf([A]).files[0], name: 'a' } },
    ])
    expect(thread.tell({ kind: 'finish' })).toMatchObject([
      { kind: 'findings', findings: { figures: { records: 20_000, parts: 40_000 } } },
    ])
  })

  test('waits for the word where a file was cut before it got to read it', () => {
    const thread = startThread()
    const { descriptor, file } = openFile(A)
    thread.tell({ kind: 'follow', file: 0, name: 'a', descriptor })
    thread.tell({ kind: 'grew', file: 0, bytes: 5_000 })
    truncateSync(file, 0)

    expect(thread.tell({ kind: 'grew', file: 0, bytes: A.length })).toEqual([])
    thread.tell({ kind: 'restarted', file: 0 })
    writeFileSync(file, B)
    thread.tell({ kind: 'ended', file: 0, bytes: B.length })

    const [answer] = thread.tell({ kind: 'finish' })
    expect(answer?.kind === 'findings' && reportIn(answer.findings)).toEqual(reportOf([B]))
  })

  test('takes no word of a file that it does not follow', () => {
    expect(() => startThread().tell({ kind: 'restarted', file: 3 })).toThrow('no file 3')
  })

  test('takes the end of a file that has fewer bytes for a failure', () => {
    const thread = startThread()
    const { descriptor } = openFile('a,b\n')
    thread.tell({ kind: 'follow', file: 0, name: 'a', descriptor })

    expect(() => thread.tell({ kind: 'ended', file: 0, bytes: 5 })).toThrow(
      '4 of 5 bytes were read',
    )
  })
})
