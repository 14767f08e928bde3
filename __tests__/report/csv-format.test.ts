import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { FileReading } from '../../src/report/file-reading.js'
import { csvOfRecords, findingsOf } from '../helpers/read-export.js'

const PLAIN = csvOfRecords([{ operator: 'Télécom' }, { country: 'ID' }, { smscount: '3' }])

function utf16(text: string, order: 'le' | 'be', mark: string): Buffer {
  const bytes = Buffer.from(mark + text, 'utf16le')
  return order === 'le' ? bytes : bytes.swap16()
}

describe('an SMS log in another form is read as one in commas and UTF-8', () => {
  test.each([
    ['semicolons', PLAIN.replaceAll(',', ';')],
    ['tabs', PLAIN.replaceAll(',', '\t')],
    ['bars', PLAIN.replaceAll(',', '|')],
    ['lone CR line ends', PLAIN.replaceAll('\r\n', '\r')],
    ['CR doubled before LF', PLAIN.replaceAll('\r\n', '\r\r\n')],
    ['LF line ends', PLAIN.replaceAll('\r\n', '\n')],
    ['a mark and blank lines first', `\uFEFF\r\n\r\n${PLAIN}`],
    ['a header in quotes', PLAIN.replace(/^.*/, (line) => line.replace(/\w+/g, '"$&"'))],
    ['UTF-16 and a mark', utf16(PLAIN, 'le', '\uFEFF')],
    ['UTF-16 without a mark', utf16(PLAIN, 'le', '')],
    ['UTF-16 the other way round and a mark', utf16(PLAIN, 'be', '\uFEFF')],
    ['UTF-16 the other way round without a mark', utf16(PLAIN, 'be', '')],
    [
      'UTF-16 and tabs, as spreadsheets save it',
      utf16(PLAIN.replaceAll(',', '\t'), 'le', '\uFEFF'),
    ],
  ])('with %s', (_, file) => {
    const expected = findingsOf([PLAIN]).figures

    expect(findingsOf([file]).figures).toEqual(expected)
    expect(findingsOf([file], 1).figures).toEqual(expected)
    expect(expected.records).toBe(3)
  })
})

describe('a file that is no SMS log says what it looks like', () => {
  const looksLike = (file: string | Buffer, bytesAtATime: number): string | undefined => {
    const reading = new FileReading()
    const bytes = Buffer.from(file)
    for (let at = 0; at < bytes.length; at += bytesAtATime) {
      reading.push(bytes.subarray(at, at + bytesAtATime))
    }
    reading.end()
    return reading.foreign?.looksLike
  }

  test.each([
    ['plain text', 'The service is not available.\n', /plain text/],
    ['plain text without an end', 'Not available', /plain text/],
    ['blanks', '\n \r\n', /blanks/],
    ['gzip that was not announced', gzipSync(PLAIN), /binary/],
    ['an archive', Buffer.from('PK\x03\x04\x14\0\0\0\x08\0sms.csv\n', 'latin1'), /binary/],
    ['records without a header row', PLAIN.replace(/^.*\r\n/, ''), /header row/],
    ['a table of something else', 'id;name\n1;x\n', /other columns/],
    ['one line that never ends', 'x'.repeat(200_000), /plain text/],
  ])('%s', (_, file, expected) => {
    expect(looksLike(file, 65_536)).toMatch(expected)
    expect(looksLike(file, 7)).toMatch(expected)
  })

  test('an SMS log is none of them, also with one column that is known', () => {
    expect(looksLike(PLAIN, 7)).toBeUndefined()
    expect(looksLike('Body,x\n1,2\n', 7)).toBeUndefined()
  })
})
