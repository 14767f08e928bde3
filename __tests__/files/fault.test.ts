import { constants } from 'node:os'
import { describe, expect, test } from 'vitest'
import { explainFault } from '../../src/files/folder.js'

const withCode = (code: unknown): Error => Object.assign(new Error('/home/me/logs'), { code })

describe('a fault of the disk', () => {
  test.each([
    ['ENOSPC', 'full'],
    ['EDQUOT', 'quota'],
    ['EACCES', 'written'],
    ['EPERM', 'written'],
    ['EROFS', 'read-only'],
    ['ENOTDIR', 'a file'],
    ['EEXIST', 'a file'],
    ['EISDIR', 'a folder'],
    ['ENAMETOOLONG', 'too long'],
    ['EMFILE', 'too many files'],
    ['EFBIG', 'larger'],
    ['EIO', 'disk'],
    ['EBUSY', 'another program'],
  ])('%s is named, and told: %s', (code, fact) => {
    expect(explainFault(withCode(code))).toMatch(new RegExp(`${fact}.* \\(${code}\\)$`))
  })

  test('of a used up quota, for which Node.js has no name, is told all the same', () => {
    const code = `Unknown system error -${constants.errno.EDQUOT}`

    expect(explainFault(withCode(code))).toMatch(/quota.* \(EDQUOT\)$/)
  })

  test('that is not known has its code alone', () => {
    expect(explainFault(withCode('EXDEV'))).toMatch(/^[a-z ]+ \(EXDEV\)$/)
  })

  test.each(['UNKNOWN', 'Unknown system error -9'])('%s is one, too', (code) => {
    expect(explainFault(withCode(code))).toContain(code)
  })

  test.each([
    withCode('::error::x'),
    withCode(42),
    withCode('ERR_INVALID_ARG_TYPE'),
    new Error('text'),
    'text',
    undefined,
  ])('is none where the system has no part in it: %s is thrown as it is', (error) => {
    const thrownBy = (explain: (error: unknown) => string): unknown => {
      try {
        return explain(error)
      } catch (thrown) {
        return { thrown }
      }
    }

    expect(thrownBy(explainFault)).toEqual({ thrown: error })
    expect(thrownBy((error) => explainFault(error, 'read'))).toEqual({ thrown: error })
  })
})

describe('a fault of reading', () => {
  test.each([
    ['ENOENT', 'no such'],
    ['EACCES', 'read'],
    ['EPERM', 'read'],
    ['ENOTDIR', 'a file'],
    ['EIO', 'disk'],
    ['EXDEV', 'read'],
  ])('%s is named, and told: %s', (code, fact) => {
    expect(explainFault(withCode(code), 'read')).toMatch(new RegExp(`${fact}.* \\(${code}\\)$`))
  })
})
