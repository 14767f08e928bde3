import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

/** Stands in a message where something is put in at run time. */
export const HOLE = '…'

/** Every text that the sources write out, in messages or not; none of their comments. */
export function textsInSources(): string[] {
  return sourceFiles().flatMap((file) => {
    const texts: string[] = []
    const visit = (node: ts.Node): void => {
      const literal = literalOf(node)
      if (literal !== undefined) texts.push(literal)
      ts.forEachChild(node, visit)
    }
    visit(parse(file))
    return texts
  })
}

function sourceFiles(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.split(path.sep).join('/'))
}

function parse(file: string): ts.SourceFile {
  const text = readFileSync(path.join('src', file), 'utf8')
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
}

function literalOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return node.head.text + node.templateSpans.map(({ literal }) => HOLE + literal.text).join('')
}
