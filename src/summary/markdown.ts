import { sanitizeAnswer } from '../sanitize.js'

const MAX_NAME_LENGTH = 60

/**
 * A name from a file as Markdown: on one line, shortened, with nothing in it that Markdown, HTML or
 * a link would begin with.
 */
export function escapeName(name: string): string {
  return escapeText(sanitizeAnswer(name, { maxLength: MAX_NAME_LENGTH }))
}

/** `Singapore (SG)`; what is not a country's code stays as it is. */
export function describeCountry(name: string): string {
  if (!/^[A-Z]{2}$/i.test(name)) return escapeName(name)
  const country = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(
    name.toUpperCase(),
  )
  return country === undefined ? escapeName(name) : `${escapeName(country)} (${name.toUpperCase()})`
}

/**
 * What Markdown, HTML and GitHub read as more than text, each as an entity. A pipe would end a
 * cell, `www.` would begin a link, `:name:` would be a picture. GitHub looks for `a@example.com`,
 * `xmpp:a@example.com` and `@name` once entities are read, so a word joiner parts these.
 */
function escapeText(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>()#+!|~&@/"$=]|(?<!\d):|:(?!\d)/g, asEntity)
    .replace(/(?<=www)\./gi, asEntity)
    .replaceAll('&#64;', '&#64;&#8288;')
}

function asEntity(mark: string): string {
  return `&#${mark.charCodeAt(0)};`
}

/** Code, of what can hold neither a back-tick nor a pipe: an id, a file's name, a hash. */
export function formatCode(text: string): string {
  return `\`${text}\``
}

/** A column of a table: its heading, and on which side its cells stand. */
export type Heading = readonly [text: string, side: 'left' | 'right']

export function left(...headings: readonly string[]): Heading[] {
  return headings.map((text) => [text, 'left'])
}

export function right(...headings: readonly string[]): Heading[] {
  return headings.map((text) => [text, 'right'])
}

/** A table of cells that are Markdown. */
export function formatTable(
  headings: readonly Heading[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(headings.map(([text]) => text)),
    line(headings.map(([, side]) => (side === 'right' ? '---:' : ':---'))),
    ...rows.map(line),
  ].join('\n')
}

/** What is shown only when it is asked for. The empty lines let Markdown begin again. */
export function formatDetails(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`
}

/** Kept on one line: a number without its unit says little. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0')
}

/** Blocks as one text, which other summaries of the same job can follow. */
export function joinBlocks(blocks: readonly string[]): string {
  return blocks.map((block) => `${block}\n\n`).join('')
}
