import fc from 'fast-check'
import { iso31661 } from 'iso-3166/1.js'
import { describe, expect, test } from 'vitest'
import { Mistake } from '../../src/errors.js'
import { parseCountries } from '../../src/inputs/countries.js'
import { mistakeOf } from '../helpers/mistakes.js'

const ASSIGNED = iso31661.map(({ alpha2 }) => alpha2)

/** Kosovo's is not assigned, and everybody uses it. */
const TAKEN = [...ASSIGNED, 'XK']

describe('countries', () => {
  test.each([
    ['SG', ['SG']],
    ['SG, MY', ['SG', 'MY']],
    ['sg my', ['SG', 'MY']],
    ['SG\nMY\n', ['SG', 'MY']],
    [' ,SG,, MY , ', ['SG', 'MY']],
    ['SG,MY,SG,sg', ['SG', 'MY']],
    ['MY\tSG\r\nUS', ['MY', 'SG', 'US']],
    ['SG  MY', ['SG', 'MY']],
    ['["US","SG"]', ['US', 'SG']],
    ['[ "us" ]', ['US']],
    ['["US, SG", "MY"]', ['US', 'SG', 'MY']],
    ['xk', ['XK']],
    // Together they are Chad's name.
    ['CH AD', ['CH', 'AD']],
  ])('%j are %j', (text, codes) => {
    expect(parseCountries(text)).toEqual(codes)
  })

  test('are each of the 249 that are assigned', () => {
    expect(ASSIGNED).toHaveLength(249)
    expect(parseCountries(ASSIGNED.join(' '))).toEqual(ASSIGNED)
  })

  test('are no other two letters', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
    const others = letters
      .flatMap((first) => letters.map((second) => first + second))
      .filter((code) => !TAKEN.includes(code))

    for (const code of others) expect(() => parseCountries(code)).toThrow(Mistake)
  })

  test.each([
    ['UK', 'GB'],
    ['uk', 'GB'],
    ['EN', 'GB'],
    ['USA', 'US'],
    ['SGP', 'SG'],
    ['gbr', 'GB'],
    ['Singapore', 'SG'],
    ['germany', 'DE'],
    ['South Korea', 'KR'],
    ['Korea', 'KR'],
    ['United Kingdom', 'GB'],
    ['United States', 'US'],
    ['UAE', 'AE'],
    ['Hong Kong', 'HK'],
    ['Macau', 'MO'],
    ['Taiwan', 'TW'],
    ['Vietnam', 'VN'],
    ['Viet Nam', 'VN'],
    ['Turkey', 'TR'],
    ['Türkiye', 'TR'],
    ['Russia', 'RU'],
    ['Czech Republic', 'CZ'],
    ['Czechia', 'CZ'],
    ['Ivory Coast', 'CI'],
    ['Cote d’Ivoire', 'CI'],
    ["Côte d'Ivoire", 'CI'],
    ['Myanmar', 'MM'],
    ['Burma', 'MM'],
    ['England', 'GB'],
    ['Great Britain', 'GB'],
    ['EL', 'GR'],
    ['JA', 'JP'],
    ['Brunei', 'BN'],
    ['Laos', 'LA'],
    ['Bosnia & Herzegovina', 'BA'],
    ['Bosnia and Herzegovina', 'BA'],
    ['Trinidad&Tobago', 'TT'],
    ['  South   Korea ', 'KR'],
    ['Hong Kong SAR China', 'HK'],
    ['hongkong', 'HK'],
    ['Republic of Korea', 'KR'],
    ["Democratic People's Republic of Korea", 'KP'],
    ['Republic of China', 'TW'],
    ["People's Republic of China", 'CN'],
    ['the Netherlands', 'NL'],
    ['Republic of the Philippines', 'PH'],
    ['Russian Federation', 'RU'],
    ['Democratic Republic of the Congo', 'CD'],
    ['Vatican', 'VA'],
    ['Macedonia', 'MK'],
    ['Swaziland', 'SZ'],
    ['Kosovo', 'XK'],
    ['XKX', 'XK'],
    ['["Germany"]', 'DE'],
    ['US Virgin Islands', 'VI'],
    ['Kingdom of Spain', 'ES'],
    ['Kingdom-of-Spain', 'ES'],
    ['Cocos', 'CC'],
  ])('are not called %s: that is %s', (text, code) => {
    expect(mistakeOf(parseCountries, text)).toContain(` ${code}?`)
  })

  test.each([
    ['US and SG', 'US, SG'],
    ['US & SG', 'US, SG'],
    ['US;SG', 'US, SG'],
    ['us|sg|my', 'US, SG, MY'],
    ["'US', 'SG'", 'US, SG'],
    ['"US"', 'US'],
    ['[US, SG]', 'US, SG'],
    ["['US']", 'US'],
    ['US;SG;MY;ID;TH', 'US, SG, MY, ID, TH'],
    ['["SG"', 'SG'],
  ])('are not parted as in %s: %s is meant', (text, codes) => {
    expect(mistakeOf(parseCountries, text)).toContain(` ${codes}?`)
  })

  test('that are wrong are named at once, each once', () => {
    const mistake = mistakeOf(parseCountries, 'UK, SG, XX, South Korea, uk')

    expect(mistake).toMatch(/"UK" .*GB\? "XX" .* "South Korea" .*KR\? "uk" .*GB\? /)
    expect(mistake.match(/"XX"/g)).toHaveLength(1)
    expect(mistake).not.toContain('"SG"')
  })

  test.each([
    ['foo bar', ['"foo"', '"bar"']],
    ['SG;Poland', ['"SG;Poland"']],
    ['Andorra;SG', ['"Andorra;SG"']],
    ['...', ['"..."']],
    ['US;SG;MY;ID;TH;VN', ['"US;SG;MY;ID;TH;VN"']],
    ['[1, 2]', ['"[1"', '"2]"']],
    ['["SG", 1]', ['"1]"']],
  ])('that cannot be guessed are quoted with no suggestion: %s', (text, quoted) => {
    const mistake = mistakeOf(parseCountries, text)

    for (const word of quoted) expect(mistake).toContain(`${word} is not`)
    expect(mistake).not.toContain('did you mean')
  })

  test.each([
    [5, /^(?!.*more)/],
    [6, /"x4".* 1 more/],
  ])('of which %d are wrong are named up to the fifth', (count, expected) => {
    const words = Array.from({ length: count }, (_, index) => `x${index}`)
    const mistake = mistakeOf(parseCountries, words.join(' '))

    expect(mistake).toMatch(expected)
    expect(mistake).not.toContain('"x5"')
  })

  test('that are wrong by the thousand are counted, and that takes no time', () => {
    const words = Array.from({ length: 20_000 }, (_, index) => `x${index}`)

    expect(mistakeOf(parseCountries, words.join(' '))).toMatch(/"x0".*"x4".* 19995 more/)
  })

  test.each([',', ' , ,\n', ', '])('cannot be nothing but separators: %j', (text) => {
    expect(mistakeOf(parseCountries, text)).toMatch(/no country.*SG, MY/)
  })

  test('are codes or a mistake, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          for (const code of parseCountries(text)) expect(TAKEN).toContain(code)
        } catch (error) {
          expect(error).toBeInstanceOf(Mistake)
        }
      }),
    )
  })
})
