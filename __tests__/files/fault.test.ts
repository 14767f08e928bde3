import { constants } from 'node:os'
import { describe, expect, test } from 'vitest'
import { explainFault, explainReadFault } from '../../src/files/folder.js'

const withCode = (code: unknown): Error => Object.assign(new Error('/home/me/logs'), { code })

describe('a fault of the disk', () => {
  test.each([
    ['ENOSPC', 'the disk is full (ENOSPC)'],
    ['EDQUOT', 'the disk quota is used up (EDQUOT)'],
    ['EACCES', 'it may not be written (EACCES)'],
    ['EPERM', 'it may not be written (EPERM)'],
    ['EROFS', 'the disk is read-only (EROFS)'],
    ['ENOTDIR', 'a file stands in its place (ENOTDIR)'],
    ['EEXIST', 'a file stands in its place (EEXIST)'],
    ['EISDIR', 'a folder stands in its place (EISDIR)'],
    ['ENAMETOOLONG', 'its name is too long (ENAMETOOLONG)'],
    ['EMFILE', 'too many files are open (EMFILE)'],
    ['EFBIG', 'the file is larger than the disk takes (EFBIG)'],
    ['EIO', 'the disk failed (EIO)'],
    ['EBUSY', 'another program uses it (EBUSY)'],
  ])('%s is: %s', (code, words) => {
    expect(explainFault(withCode(code))).toBe(words)
  })

  test('of a used up quota, for which Node.js has no name, is told all the same', () => {
    const code = `Unknown system error -${constants.errno.EDQUOT}`

    expect(explainFault(withCode(code))).toBe('the disk quota is used up (EDQUOT)')
  })

  test('that is not known has its code alone', () => {
    expect(explainFault(withCode('EXDEV'))).toBe('it cannot be written (EXDEV)')
  })

  test.each([withCode('::error::x'), withCode(42), new Error('text'), 'text', undefined])(
    'that is %s has no words but ours',
    (error) => {
      expect(explainFault(error)).toBe('it cannot be written')
    },
  )
})

describe('a fault of reading', () => {
  test.each([
    ['ENOENT', 'it is not there (ENOENT)'],
    ['EACCES', 'it may not be read (EACCES)'],
    ['EPERM', 'it may not be read (EPERM)'],
    ['ENOTDIR', 'a file stands in its place (ENOTDIR)'],
    ['EIO', 'the disk failed (EIO)'],
    ['EXDEV', 'it cannot be read (EXDEV)'],
    ['::error::x', 'it cannot be read'],
  ])('%s is: %s', (code, words) => {
    expect(explainReadFault(withCode(code))).toBe(words)
  })
})
