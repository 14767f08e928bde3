import { Window } from 'happy-dom'
import { marked, type Token, type Tokens } from 'marked'

/** A page as GitHub's Markdown reads it: tables, code blocks, and raw HTML. */
export interface MarkdownPage {
  readonly tables: readonly Table[]
  /** The sources of the blocks that GitHub draws. */
  readonly charts: readonly string[]
  /** Every tag, with its attributes. */
  readonly html: readonly string[]
  /** Addresses of links and of pictures. */
  readonly links: readonly string[]
  /** All that a reader sees. */
  readonly text: string
}

export interface Table {
  readonly headings: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Where Markdown becomes what is seen. */
const shown = new Window().document

/** Reads Markdown with GitHub's extensions. */
export function readPage(markdown: string): MarkdownPage {
  const tables: Table[] = []
  const charts: string[] = []
  const html: string[] = []
  const links: string[] = []
  const tokens = marked.lexer(markdown, { gfm: true })
  void marked.walkTokens(tokens, (token: Token) => {
    if (token.type === 'html') html.push(...(token.raw.match(/<[^>]*>/g) ?? []))
    if (token.type === 'link' || token.type === 'image') links.push(String(token.href))
    if (token.type === 'code' && token.lang === 'mermaid') charts.push(String(token.text))
    if (token.type === 'table') {
      const { header, rows } = token as Tokens.Table
      tables.push({
        headings: header.map(({ text }) => plain(text)),
        rows: rows.map((cells) => cells.map(({ text }) => plain(text))),
      })
    }
  })
  const page = shown.createElement('div')
  page.innerHTML = marked.parser(tokens)
  return { tables, charts, html, links, text: page.textContent }
}

/** The table whose first heading is this. */
export function tableWith(page: MarkdownPage, heading: string): Table {
  const table = page.tables.find(({ headings }) => headings[0] === heading)
  if (table === undefined) throw new Error(`no table begins with ${heading}`)
  return table
}

/** A cell's text as it is seen: breaks of lines as one blank. */
function plain(markdown: string): string {
  const html = String(marked.parseInline(markdown)).replaceAll('<br>', ' ')
  return textOf(html).replaceAll('\u00a0', ' ')
}

/** Most cells hold no markup: a document is made for the others alone. */
function textOf(html: string): string {
  if (!/[<&]/.test(html)) return html
  const cell = shown.createElement('div')
  cell.innerHTML = html
  return cell.textContent
}
