import { iso31661Alpha3ToAlpha2 } from 'iso-3166/1-a3-to-1-a2.js'
import { Mistake } from '../errors.js'
import { quote } from '../sanitize.js'

/** The package's smallest table that holds every assigned alpha-2 code. */
const ASSIGNED: ReadonlySet<string> = new Set(Object.values(iso31661Alpha3ToAlpha2))

/** Codes that are often taken for a country's: languages, old and everyday names. */
const COMMON_SLIPS: Readonly<Record<string, string>> = {
  UK: 'GB',
  EN: 'GB',
  EL: 'GR',
  JA: 'JP',
  KO: 'KR',
  ZH: 'CN',
  DA: 'DK',
  CS: 'CZ',
  SP: 'ES',
  ENGLAND: 'GB',
  SCOTLAND: 'GB',
  WALES: 'GB',
  'GREAT BRITAIN': 'GB',
  BRITAIN: 'GB',
  AMERICA: 'US',
  KOREA: 'KR',
  HOLLAND: 'NL',
  BURMA: 'MM',
  UAE: 'AE',
  'VIET NAM': 'VN',
  TURKEY: 'TR',
  MACAU: 'MO',
  'IVORY COAST': 'CI',
  'CZECH REPUBLIC': 'CZ',
}

/**
 * ISO 3166-1 alpha-2 codes, parted by comma, space or line, in any case: `SG, my` is
 * `['SG', 'MY']`, each once and in the order given. Throws a Mistake that names all that are not
 * assigned, with the code that was probably meant.
 */
export function parseCountries(text: string): string[] {
  const words = text.split(/[,\n]/).flatMap(splitUnlessName)
  if (words.length === 0) {
    throw new Mistake('holds no country. Write codes like SG, MY, or leave it out for all.')
  }
  const wrong = words.filter((word) => !isAssigned(word.toUpperCase()))
  if (wrong.length > 0) {
    throw new Mistake(
      `${[...new Set(wrong)].map(describeWrong).join(' ')} Write ISO 3166-1 alpha-2 codes, like SG, MY.`,
    )
  }
  return [...new Set(words.map((word) => word.toUpperCase()))]
}

/** `SG MY` is two codes, `South Korea` is one name. */
function splitUnlessName(piece: string): string[] {
  const words = piece.trim().split(/\s+/).filter(Boolean)
  return words.length > 1 && suggestCode(words.join(' ')) ? [words.join(' ')] : words
}

function isAssigned(code: string): boolean {
  return ASSIGNED.has(code)
}

function describeWrong(word: string): string {
  const code = suggestCode(word)
  return `${quote(word)} is not the code of a country${code ? `, did you mean ${code}?` : '.'}`
}

/** The code behind a common slip, a three-letter code, or an English name. */
function suggestCode(word: string): string | undefined {
  const wanted = fold(word)
  return COMMON_SLIPS[wanted] ?? iso31661Alpha3ToAlpha2[wanted] ?? codeByName(wanted)
}

function codeByName(wanted: string): string | undefined {
  // "Myanmar (Burma)" and "Hong Kong SAR China" are the long names, "Hong Kong" is a short one.
  const lists = (['long', 'short'] as const).map(
    (style) => new Intl.DisplayNames('en', { type: 'region', style }),
  )
  const namesOf = (code: string): string[] =>
    lists.map((names) => fold((names.of(code) ?? '').replace(/\(.*/, '')))
  return [...ASSIGNED].find((code) => namesOf(code).includes(wanted))
}

/** Upper case, without accents and punctuation: `Côte d’Ivoire` and `cote d'ivoire` are one. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll('&', ' and ')
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .toUpperCase()
    .replace(/\s+/g, ' ')
    .trim()
}
