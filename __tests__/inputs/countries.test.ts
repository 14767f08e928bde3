import fc from 'fast-check'
import { iso31661 } from 'iso-3166/1.js'
import { describe, expect, test } from 'vitest'
import { Mistake } from '../../src/errors.js'
import { parseCountries } from '../../src/inputs/countries.js'

const ASSIGNED = iso31661.map(({ alpha2 }) => alpha2)

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
      .filter((code) => !ASSIGNED.includes(code))

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
  ])('are not called %s: that is %s', (text, code) => {
    expect(() => parseCountries(text)).toThrow(Mistake)
    expect(() => parseCountries(text)).toThrow(
      `is not the code of a country, did you mean ${code}?`,
    )
  })

  test('that are wrong are all named at once, each once', () => {
    expect(() => parseCountries('UK, SG, XX, South Korea, uk')).toThrow(
      /^"UK" is not the code of a country, did you mean GB\? "XX" is not the code of a country\. "South Korea" is not the code of a country, did you mean KR\? "uk" is not the code of a country, did you mean GB\? Write ISO 3166-1 alpha-2 codes, like SG, MY\.$/,
    )
  })

  test.each([',', ' , ,\n', ', '])('cannot be nothing but separators: %j', (text) => {
    expect(() => parseCountries(text)).toThrow(
      'holds no country. Write codes like SG, MY, or leave it out for all.',
    )
  })

  test('are codes or a mistake, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          for (const code of parseCountries(text)) expect(ASSIGNED).toContain(code)
        } catch (error) {
          expect(error).toBeInstanceOf(Mistake)
        }
      }),
    )
  })
})
