import {
  appendFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Findings } from '../../src/report/reader.js'
import { ExportReader } from '../../src/report/reader.js'
import { countedByHand, ODD_EXPORT, ODD_REPORT } from '../helpers/odd-export.js'
import { canonical } from '../helpers/plain-report.js'
import {
  csvOfRecords,
  findingsOf,
  type Report,
  reportOf,
  toReport,
} from '../helpers/read-export.js'
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

const reportIn = ({ figures }: Findings): Report => toReport(figures)

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
  test('is read while it grows, and under its final name', async () => {
    const reader = startReader()
    const file = newFile()
    const followed = reader.follow('job-1.csv', file)
    const half = Math.floor(A.length / 2)

    writeFileSync(file, A.slice(0, half))
    followed.grew(half)
    appendFileSync(file, A.slice(half))
    followed.grew(A.length)
    renameSync(file, `${file}.whole`)
    await followed.ended(`${file}.whole`, A.length)

    expect(await reader.findings()).toEqual(findingsOf([A]))
  })

  test('is read where it got its final name before the thread got to open it', async () => {
    const reader = startReader()
    const file = newFile()
    const followed = reader.follow('job-1.csv', file)

    followed.grew(A.length)
    writeFileSync(`${file}.whole`, A)
    await followed.ended(`${file}.whole`, A.length)

    expect(await reader.findings()).toEqual(findingsOf([A]))
  })

  test('tells names that are traps as they are', async () => {
    const reader = startReader()
    const file = newFile()
    writeFileSync(file, ODD_EXPORT)

    await reader.follow('job-1.csv', file).ended(file, ODD_EXPORT.length)

    expect(canonical(countedByHand(reportIn(await reader.findings())))).toBe(canonical(ODD_REPORT))
  })

  test('may begin again before a byte of it is on the disk', async () => {
    const reader = startReader()
    const file = newFile()
    const followed = reader.follow('job-1.csv', file)

    followed.restarted()
    followed.restarted()
    writeFileSync(file, A)
    followed.grew(A.length)
    await followed.ended(file, A.length)

    expect(await reader.findings()).toEqual(findingsOf([A]))
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
    await followed.ended(file, short.length)

    expect(reportIn(await reader.findings())).toEqual(reportOf([short]))
  })

  test.skipIf(process.platform !== 'linux')(
    'is closed when it is read, and when the reader is closed',
    async () => {
      const reader = startReader()
      const folder = createTemporaryFolder()
      const [one = '', two = ''] = ['one', 'two'].map((name) => path.join(folder, name))
      for (const file of [one, two]) writeFileSync(file, A)

      await reader.follow('one', one).ended(one, A.length)
      expect(openIn(folder)).toEqual([])
      const followed = reader.follow('two', two)
      followed.grew(A.length)
      await expect.poll(() => openIn(folder), { timeout: 60_000 }).toHaveLength(1)
      await reader.close()

      expect(openIn(folder)).toEqual([])
      await expect(followed.ended(two, A.length)).rejects.toThrow('the reading thread has ended')
    },
  )
})

describe('small files', () => {
  /** A reader whose threads fail. */
  function startReaderWithoutThreads(): ExportReader {
    const entry = path.join(createTemporaryFolder(), 'reading.cjs')
    const built = JSON.stringify(path.resolve('dist/report-worker/index.js'))
    const check = `if (!require('node:worker_threads').isMainThread) throw new Error('a thread')`
    writeFileSync(entry, `${check}\nmodule.exports = require(${built})`)
    const reader = new ExportReader(entry)
    onTestFinished(() => reader.close())
    return reader
  }

  /** Follows a file of so many bytes to its end. */
  function readWhole(reader: ExportReader, text: string, announced?: number): Promise<void> {
    const file = newFile()
    writeFileSync(file, text)
    const followed = reader.follow('job-1.csv', file)
    followed.announced(announced)
    followed.grew(Math.floor(text.length / 2))
    followed.grew(text.length)
    return followed.ended(file, text.length)
  }

  test('are read in the step itself, as a thread takes longer to start', async () => {
    const reader = startReaderWithoutThreads()

    await readWhole(reader, A, A.length)
    const short = csvOfRecords([{ smscount: 'x' }])
    const file = newFile()
    writeFileSync(file, short)
    await reader.follow('job-1-2.csv', file).ended(file, short.length)

    expect(canonical(reportIn(await reader.findings()))).toBe(
      canonical(reportIn(findingsOf([A, short]))),
    )
  })

  test('may begin again, and be no SMS log', async () => {
    const reader = startReaderWithoutThreads()
    const file = newFile()
    const followed = reader.follow('job-1.csv', file)
    const page = '<html><body>Sign in to the network of this hotel</body></html>\n'
    followed.announced(page.length)
    writeFileSync(file, A)
    followed.grew(page.length)
    truncateSync(file, 0)
    followed.restarted()
    writeFileSync(file, page)
    followed.grew(page.length)

    await expect(followed.ended(file, page.length)).rejects.toThrow('job-1.csv is no SMS log')
    expect((await reader.findings()).figures.records).toBe(0)
  })

  test.each([
    ['large', 8_388_609],
    ['of a size that is not known', undefined],
  ])('are all but those that are %s', async (_, announced) => {
    await expect(readWhole(startReaderWithoutThreads(), A, announced)).rejects.toThrow('a thread')
  })

  test('are together no more than one may be', async () => {
    const reader = startReaderWithoutThreads()

    await readWhole(reader, A, 4_194_304)
    await readWhole(reader, A, 4_194_304)

    await expect(readWhole(reader, A, 1)).rejects.toThrow('a thread')
  })

  test('that are shorter than they were said to be are no figures', async () => {
    const reader = startReaderWithoutThreads()
    const file = newFile()
    writeFileSync(file, A)

    await expect(reader.follow('job-1.csv', file).ended(file, A.length + 1)).rejects.toThrow(
      `${A.length} of ${A.length + 1} bytes were read`,
    )
  })
})

describe('several files', () => {
  test('are one report, with its files in the order in which they were begun', async () => {
    const reader = startReader()
    const texts = [A, B, csvOfRecords([{ smscount: 'x' }]), B, A, B]
    const files = texts.map((text) => {
      const file = newFile()
      writeFileSync(file, text)
      return file
    })
    const followed = files.map((file, at) => reader.follow(`job-${at + 1}.csv`, file))

    const ends = [2, 5, 0, 3, 1, 4].map((at) => {
      const bytes = texts[at]?.length ?? 0
      followed[at]?.grew(Math.floor(bytes / 3))
      followed[at]?.grew(bytes)
      return followed[at]?.ended(files[at] ?? '', bytes)
    })
    await Promise.all(ends)

    const findings = await reader.findings()
    const { files: facts } = findings
    const expected = findingsOf(texts)
    expect(facts).toEqual(expected.files)
    expect(canonical(reportIn(findings))).toBe(canonical(reportIn(expected)))
  })

  test('that are more than there are threads wait for one, and lose nothing', async () => {
    const reader = startReader()
    const files = Array.from({ length: 12 }, () => {
      const file = newFile()
      writeFileSync(file, B)
      return file
    })
    const followed = files.map((file) => reader.follow('job-1.csv', file))
    // All hold or wait for a thread before the first has ended.
    for (const file of followed) file.grew(B.length)

    await Promise.all(followed.map((file, at) => file.ended(files[at] ?? '', B.length)))

    expect((await reader.findings()).figures.records).toBe(12 * 20_000)
  })
})

describe.each([
  ['the step', (text: string) => text.length],
  ['a thread', () => undefined],
])('files that %s reads one after another', (_, announce) => {
  /** Follows a file that is written in halves, and begun anew so many times. */
  async function followWhole(reader: ExportReader, text: string, restarts = 0): Promise<void> {
    const file = newFile()
    const followed = reader.follow('job-1.csv', file)
    followed.announced(announce(text))
    const half = Math.floor(text.length / 2)
    for (let begun = 0; begun < restarts; begun++) {
      writeFileSync(file, B.slice(0, half))
      followed.grew(half)
      truncateSync(file, 0)
      followed.restarted()
    }
    writeFileSync(file, text)
    followed.grew(half)
    followed.grew(text.length)
    await followed.ended(file, text.length)
    // What is read is not needed any more.
    rmSync(file)
  }

  async function expectFindings(reader: ExportReader, texts: readonly string[]): Promise<void> {
    const [found, expected] = [await reader.findings(), findingsOf(texts)]
    const unnamed = (findings: Findings) => findings.files.map((file) => ({ ...file, name: '' }))
    expect(canonical(reportIn(found))).toBe(canonical(reportIn(expected)))
    expect(unnamed(found)).toEqual(unnamed(expected))
  }

  test('keep the figures of those before one that begins again', async () => {
    const reader = startReader()
    const texts = [A, csvOfRecords([{ country: 'ID' }, { smscount: 'x' }]), A]

    for (const [at, text] of texts.entries()) await followWhole(reader, text, at)

    await expectFindings(reader, texts)
  })

  test('may differ in their columns', async () => {
    const reader = startReader()
    const records = csvOfRecords([{}, { operator: 'M1' }, { price_total: '0.5' }])
    const without = (column: string): string => records.replace(column, 'x')
    const turned = records
      .split('\r\n')
      .map((line) => line.split(',').reverse().join(','))
      .join('\r\n')
    const texts = [
      ...[records, without('price_total'), turned, records, without('createdat')],
      ...[`${records.split('\r\n')[0]}\r\n`, turned, without('direction')],
    ]

    for (const text of texts) await followWhole(reader, text)

    await expectFindings(reader, texts)
  })

  test('may be no SMS log in between', async () => {
    const reader = startReader()
    const page = '<html><body>Sign in to the network of this hotel</body></html>\n'

    await followWhole(reader, A)
    await expect(followWhole(reader, page)).rejects.toThrow('is no SMS log')
    await followWhole(reader, B)

    const { figures } = await reader.findings()
    expect(figures.records).toBe(40_000)
  })

  test('may be large and small in any order', async () => {
    const reader = startReader()
    const large = csvOfRecords(Array(90_000).fill({ status_value: 'failed' }))
    expect(large.length).toBeGreaterThan(8_388_608)
    const texts = [A, large, B, large, A]

    for (const [at, text] of texts.entries()) await followWhole(reader, text, at % 2)

    await expectFindings(reader, texts)
  })
})

describe('whoever waits hears of it', () => {
  const END_AT = (kind: string, how: string): string => `
    import { parentPort } from 'node:worker_threads'
    parentPort.on('message', ({ kind }) => { if (kind === '${kind}') { ${how} } })`

  test.each([
    ['ends', 'process.exit(0)', 'the reading thread has ended'],
    ['throws', "throw new RangeError('too much')", 'too much'],
  ])('when the thread %s while a file is read', async (_, how, reason) => {
    const reader = startReader(END_AT('end', how))
    const file = newFile()
    writeFileSync(file, A)
    const followed = reader.follow('job-1.csv', file)
    followed.grew(A.length)

    await expect(followed.ended(file, A.length)).rejects.toThrow(reason)
    await expect(followed.ended(file, A.length)).rejects.toThrow(reason)
  })

  test('when the thread cannot begin', async () => {
    const reader = new ExportReader(path.join(createTemporaryFolder(), 'no-thread.js'))

    const followed = reader.follow('job-1.csv', newFile())
    followed.grew(1)

    await expect(followed.ended('a.csv', 1)).rejects.toThrow(/Cannot find module/)
    await reader.close()
  })

  test('when no thread can be started at all, and not before the file is whole', async () => {
    const followed = new ExportReader('not-absolute.js').follow('job-1.csv', newFile())
    followed.grew(1)

    await expect(followed.ended('a.csv', 1)).rejects.toThrow(/not-absolute/)
  })

  test('when the file is shorter than it was said to be', async () => {
    const file = newFile()
    writeFileSync(file, A)
    const followed = startReader().follow('job-1.csv', file)
    followed.grew(A.length)

    await expect(followed.ended(file, A.length + 1)).rejects.toThrow(
      `${A.length} of ${A.length + 1} bytes were read`,
    )
  })

  test('when the file is not there', async () => {
    const followed = startReader().follow('job-1.csv', newFile())
    followed.grew(1)

    await expect(followed.ended(newFile(), 1)).rejects.toThrow(/ENOENT/)
  })

  test('when the reader is closed', async () => {
    const reader = startReader(END_AT('nothing', ''))
    const file = newFile()
    const followed = reader.follow('a.csv', file)
    followed.grew(1)
    const heard = expect(followed.ended(file, 1)).rejects.toThrow('the reading thread has ended')

    await Promise.resolve()
    await reader.close()

    await heard
  })
})
