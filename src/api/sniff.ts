/** A page may begin with blank lines: so far is looked for what comes after them. */
const MAX_BLANK_BYTES = 65_536

const BYTE_ORDER_MARK = '\xef\xbb\xbf'

/** What comes in place of a file, in words for a message. */
export type Impostor = 'a page' | 'JSON' | 'an archive' | 'packed bytes' | 'a PDF document'

/** How files begin that are no text; packed ones are those whose packing nobody has announced. */
const SIGNATURES: readonly (readonly [bytes: string, Impostor])[] = [
  ['PK\x03\x04', 'an archive'],
  ['7z\xbc\xaf\x27\x1c', 'an archive'],
  ['Rar!', 'an archive'],
  ['\x1f\x8b', 'packed bytes'],
  ['BZh', 'packed bytes'],
  ['\xfd7zX', 'packed bytes'],
  ['\x28\xb5\x2f\xfd', 'packed bytes'],
  ['%PDF', 'a PDF document'],
]

/** What the type of a body says that it is; undefined where it may be a CSV file. */
export function impostorByType(contentType = ''): Impostor | undefined {
  if (/^application\/(.+\+)?json/i.test(contentType)) return 'JSON'
  return /^(text\/html|application\/xhtml)/i.test(contentType) ? 'a page' : undefined
}

/** The first bytes of a file, which are looked at while they are blank: a page may come byte by byte. */
export class FileBeginning {
  #seen: string | undefined = ''

  /** Takes the next bytes; gives what they show to be no CSV file. */
  look(chunk: Buffer): Impostor | undefined {
    if (this.#seen === undefined) return undefined
    const beginning = this.#seen + chunk.subarray(0, MAX_BLANK_BYTES).toString('latin1')
    const text = beginning.startsWith(BYTE_ORDER_MARK) ? beginning.slice(3) : beginning
    const [first] = text.trimStart()
    const isBlank = first === undefined && beginning.length < MAX_BLANK_BYTES
    this.#seen = isBlank || beginning.length <= BYTE_ORDER_MARK.length ? beginning : undefined
    const signature = SIGNATURES.find(([bytes]) => beginning.startsWith(bytes))
    if (signature) return signature[1]
    if (first === '<') return 'a page'
    return first === '{' || first === '[' ? 'JSON' : undefined
  }
}
