import { iso31661Alpha3ToAlpha2 } from 'iso-3166/1-a3-to-1-a2.js'
import { didYouMean, Mistake, readSlips } from '../errors.js'
import { quote } from '../sanitize.js'
import { parseJsonTexts } from './values.js'

/** All assigned alpha-2 codes, from the package's smallest table, and Kosovo's, which is in use. */
const CODES: ReadonlySet<string> = new Set([...Object.values(iso31661Alpha3ToAlpha2), 'XK'])

/**
 * Names and codes that are often written for a country, folded: languages, old and everyday names.
 * Where two states share a short name, their full names stand here.
 */
const SLIPS =
  readSlips(`GB: UK EN ENGLAND SCOTLAND WALES BRITAIN GREATBRITAIN NORTHERNIRELAND|GR: EL|JP: JA|KR: KO KOREA|
CN: ZH|DK: DA|CZ: CS CZECHREPUBLIC|ES: SP|US: AMERICA STATES|NL: HOLLAND|MM: BURMA|
AE: UAE EMIRATES|VN: VIETNAM|TR: TURKEY|MO: MACAU|CI: IVORYCOAST|VA: VATICAN HOLYSEE|
MK: MACEDONIA|SZ: SWAZILAND|CV: CAPEVERDE|TL: EASTTIMOR|RU: RUSSIANFEDERATION|
BN: BRUNEIDARUSSALAM|SY: SYRIANARABREPUBLIC|LA: LAOPEOPLESDEMOCRATICREPUBLIC|PS: PALESTINE|
XK: XKX KOSOVO|KP: DEMOCRATICPEOPLESREPUBLICOFKOREA DPRK|TW: REPUBLICOFCHINA ROC|
CD: DEMOCRATICREPUBLICOFTHECONGO DRC ZAIRE|CG: REPUBLICOFTHECONGO|CH: SWISS|
IE: EIRE REPUBLICOFIRELAND`)

/** The formal words in front of a state's short name. */
const STYLE =
  /^(?:the )?(?:(?:democratic|peoples|federal|federated|islamic|socialist|united) )*(?:(?:republic|kingdom|states?|union|sultanate|commonwealth) of )?(?:the )?/i

/** A message names this many wrong words, and the number of the others. */
const MAX_NAMED = 5

/**
 * ISO 3166-1 alpha-2 codes, separated by comma, space or line, or as a JSON array, in any case: `SG,
 * my` and `["SG","my"]` are `['SG', 'MY']`, each once and in the order given. Throws a Mistake that
 * names the codes that are not assigned, with the ones that were probably meant.
 */
export function parseCountries(text: string): string[] {
  const words = (parseJsonTexts(text) ?? [text])
    .flatMap((item) => item.split(/[,\n]/))
    .flatMap(splitUnlessName)
  if (words.length === 0) {
    throw new Mistake('holds no country. Write codes like SG, MY, or leave it out for all.')
  }
  const wrong = [...new Set(words.filter((word) => !isCode(word)))]
  if (wrong.length > 0) throw new Mistake(describeMistake(text, wrong))
  return [...new Set(words.map((word) => word.toUpperCase()))]
}

/** `SG MY` is two codes, `South Korea` is one name. */
function splitUnlessName(piece: string): string[] {
  const words = piece.split(/\s+/).filter(Boolean)
  const name = words.join(' ')
  return !words.every(isCode) && suggestCode(name) ? [name] : words
}

function isCode(word: string): boolean {
  return CODES.has(word.toUpperCase())
}

function describeMistake(text: string, wrong: readonly string[]): string {
  const codes = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word && !/^(?:and|or)$/i.test(word))
  if (codes.length > 0 && codes.length <= MAX_NAMED && codes.every(isCode)) {
    return `${quote(text)} holds more than codes, did you mean ${codes.join(', ').toUpperCase()}?`
  }
  const named = wrong
    .slice(0, MAX_NAMED)
    .map((word) => `${quote(word)} is not the code of a country${didYouMean(suggestCode(word))}`)
  const more = wrong.length > MAX_NAMED ? ` And ${wrong.length - MAX_NAMED} more are not.` : ''
  return `${named.join(' ')}${more} Write ISO 3166-1 alpha-2 codes, like SG, MY.`
}

/** The code that is meant by a common slip, a three-letter code or an English name. */
function suggestCode(word: string): string | undefined {
  const plain = word
    .replace(/&/g, ' and ')
    .replace(/[’'.]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  return [plain, plain.replace(STYLE, '')].map((name) => codeOf(fold(name))).find(Boolean)
}

function codeOf(folded: string): string | undefined {
  return (
    SLIPS.get(folded) ??
    (Object.hasOwn(iso31661Alpha3ToAlpha2, folded) ? iso31661Alpha3ToAlpha2[folded] : undefined) ??
    codesByName().get(folded)
  )
}

let byName: ReadonlyMap<string, string> | undefined

/** By English names, folded. `Hong Kong SAR China` is a long name, `Hong Kong` a short one. */
function codesByName(): ReadonlyMap<string, string> {
  byName ??= new Map(
    (['short', 'long'] as const).flatMap((style) => {
      const names = new Intl.DisplayNames('en', { type: 'region', style })
      return [...CODES].map((code): [string, string] => [
        fold((names.of(code) ?? '').replace(/\(.*/, '')),
        code,
      ])
    }),
  )
  return byName
}

/** Only letters and digits, upper case, without accents: `Côte d’Ivoire` equals `cote d'ivoire`. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll('&', 'and')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toUpperCase()
}
