import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJobId } from '../../src/api/job.js'
import { deviceIn, fileNames, newPartialPath } from '../../src/files/folder.js'

/** Ids as wild as they may be, among them those that file systems take amiss. */
const jobIds = fc
  .oneof(
    fc.stringMatching(/^[A-Za-z0-9\-._~!$&'()*+,;=:@]{1,256}$/),
    fc.constantFrom(
      'con',
      'NUL',
      'com1',
      'lpt9.csv',
      'aux.',
      'CONIN$',
      'conout$.csv',
      'clock$',
      '.hidden',
      '...',
      '-',
      'a'.repeat(256),
    ),
    fc.stringMatching(/^\.{0,3}[a:*_]{1,6}$/),
  )
  .filter(isJobId)

/** Few files, and at times so many that their numbers have another length. */
const counts = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(99, 100, 999, 1_200) },
)

describe('the names of a job’s files', () => {
  test.each([
    [1, ['job-1.csv']],
    [2, ['job-1-1.csv', 'job-1-2.csv']],
    [3, ['job-1-1.csv', 'job-1-2.csv', 'job-1-3.csv']],
  ])('of %i are its id, with a number where there are several', (count, names) => {
    expect(fileNames('job-1', count)).toEqual(names)
  })

  test('have the id as it is where that is letters and digits, as the API’s are', () => {
    const id = 'F1T6z9C5tW2QV1pdMzO9xpMXrYEmfnvqORGqpePJGpgzjTJ80TSaZEE7aX2wrgix'

    expect(fileNames(id, 1)).toEqual([`${id}.csv`])
  })

  test('are each one segment of a path on every system', () => {
    fc.assert(
      fc.property(jobIds, counts, (jobId, count) => {
        const odd = fileNames(jobId, count).filter(
          (name) =>
            path.posix.join('/folder', name) !== `/folder/${name}` ||
            path.win32.join('C:\\folder', name) !== `C:\\folder\\${name}` ||
            // What upload-artifact and Windows refuse in a name.
            /["<>|:*?\r\n\\/\0]/.test(name),
        )

        expect(odd).toEqual([])
      }),
    )
  })

  test('are never hidden, never a device, and never end in a dot or a space', () => {
    fc.assert(
      fc.property(jobIds, (jobId) => {
        const [name = ''] = fileNames(jobId, 1)

        expect(name).not.toMatch(/^\./)
        expect(name).not.toMatch(/^(con|conin\$|conout\$|clock\$|prn|aux|nul|com\d|lpt\d)\./i)
        expect(name).toMatch(/[^. ]$/)
        expect(name).toMatch(/\.csv$/)
      }),
    )
  })

  test('are at most 255 bytes, also while the file is not whole', () => {
    fc.assert(
      fc.property(jobIds, counts, (jobId, count) => {
        const long = fileNames(jobId, count).filter(
          (name) => Buffer.byteLength(newPartialPath('', name)) > 255,
        )

        expect(long).toEqual([])
      }),
    )
  })

  test('are different for different files of a job, also where case is nothing', () => {
    fc.assert(
      fc.property(jobIds, counts, (jobId, count) => {
        const names = fileNames(jobId, count).map((name) => name.toLowerCase())

        expect(new Set(names).size).toBe(count)
      }),
    )
  })

  test('are different for different jobs', () => {
    fc.assert(
      fc.property(jobIds, jobIds, (one, other) => {
        fc.pre(one !== other)

        expect(fileNames(one, 1)).not.toEqual(fileNames(other, 1))
      }),
      {
        examples: [
          ['a:b', 'a*b'],
          ['a:b', 'a_b'],
          ['.a', '_a'],
          ['.a', '..a'],
          ['con', '_con'],
        ],
      },
    )
  })

  test('tell jobs apart whose ids differ only past what a name has room for', () => {
    const [one, other] = [`${'a'.repeat(255)}b`, `${'a'.repeat(255)}c`]

    expect(fileNames(one, 1)).not.toEqual(fileNames(other, 1))
  })

  test('tell jobs apart that differ only in case, wherever an id is changed', () => {
    const changed = fc.tuple(fc.stringMatching(/^[a-z]{1,10}$/), fc.constantFrom(':', '*'))
    fc.assert(
      fc.property(changed, ([letters, mark]) => {
        const [lower] = fileNames(`${letters}${mark}`, 1)
        const [upper] = fileNames(`${letters.toUpperCase()}${mark}`, 1)

        expect(lower?.toLowerCase()).not.toBe(upper?.toLowerCase())
      }),
    )
  })

  test('stay the same from run to run', () => {
    expect(fileNames('a:b', 2)).toEqual(['a_b-6783a31eabf6-1.csv', 'a_b-6783a31eabf6-2.csv'])
  })
})

describe('a device of Windows in a path', () => {
  test.each([
    ['C:\\logs\\NUL', 'NUL'],
    ['C:\\aux.\\report.json', 'aux.'],
    ['C:\\con .json', 'con .json'],
    ['C:\\logs/CONOUT$', 'CONOUT$'],
    ['C:\\logs\\com¹.json', 'com¹.json'],
    ['C:\\LPT9\\x', 'LPT9'],
  ])('%s is found', (place, device) => {
    expect(deviceIn(place)).toBe(device)
  })

  test.each(['C:\\logs\\console', 'C:\\nulls\\com10', 'C:\\logs\\my.con', 'C:\\auxiliary.json'])(
    'is not taken for one: %s',
    (place) => {
      expect(deviceIn(place)).toBeUndefined()
    },
  )
})
