import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

/** Stands in a message where something is put in at run time. */
export const HOLE = '…'

/** What a step fails with, or what such a message is made of. Those of JavaScript are bugs of ours. */
const FAILURES = /^(?!TypeError$)\w*(\wError|Mistake|Fault)$/

/** Tables of what has gone wrong, whose members become part of a message. Each has to be there. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  'api/connection-fault.ts': ['BY_CODE'],
  'files/folder.ts': ['ANYWAY', 'WRITING', 'READING'],
}

/** Functions and methods that put messages together. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  'api/http.ts': ['#look'],
  'api/route.ts': ['#describeRefusal', 'parseProxy'],
  'api/response.ts': ['readJob', 'describeError'],
  'download/thresholds.ts': ['rateFailures', 'costFailures'],
  'inputs/connection.ts': ['describeMistake'],
  'window/window.ts': ['findMistake'],
}

export interface FailureMessage {
  /** Below src. */
  readonly file: string
  /** With `…` for what is put in at run time. */
  readonly text: string
}

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

/** Every message, or piece of one, with which a step can fail, as the sources write it. */
export function failureMessages(): FailureMessage[] {
  return sourceFiles().flatMap((file) => messagesIn(file).map((text) => ({ file, text })))
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

function messagesIn(file: string): string[] {
  const source = parse(file)
  const messages = new Set<string>()
  const unseen = new Set([...(TABLES[file] ?? []), ...(FUNCTIONS[file] ?? [])])
  const take = (node: ts.Node): void => {
    for (const text of textsOf(node, source)) messages.add(text)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && FAILURES.test(node.expression.getText(source))) {
      const [message] = node.arguments ?? []
      if (message) take(message)
    }
    const isTable = ts.isVariableDeclaration(node) && isNamed(TABLES, node.name)
    const isFunction =
      (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) &&
      isNamed(FUNCTIONS, node.name)
    if (isTable || isFunction) {
      unseen.delete(node.name?.getText(source) ?? '')
      for (const literal of sentencesIn(node)) messages.add(literal)
    }
    // A mistake in an input: { input: 'from', text: '…' }.
    if (ts.isPropertyAssignment(node) && node.name.getText(source) === 'text') {
      if (node.parent.getText(source).includes('input')) take(node.initializer)
    }
    ts.forEachChild(node, visit)
  }
  const isNamed = (names: Readonly<Record<string, readonly string[]>>, name?: ts.Node): boolean =>
    name !== undefined && names[file]?.includes(name.getText(source)) === true
  visit(source)
  if (unseen.size > 0) throw new Error(`${file} has no ${[...unseen].join(', ')} any more`)
  return [...messages]
}

/** The texts that an expression can come to; none where it is not written out. */
function textsOf(node: ts.Node, source: ts.SourceFile): string[] {
  const literal = literalOf(node)
  if (literal !== undefined) return /\p{L}{2}/u.test(literal) ? [literal] : []
  if (ts.isConditionalExpression(node)) {
    return [...textsOf(node.whenTrue, source), ...textsOf(node.whenFalse, source)]
  }
  if (ts.isIdentifier(node)) {
    const { initializer } = declarationsOf(node.text, source)[0] ?? {}
    return initializer ? textsOf(initializer, source) : []
  }
  return []
}

function declarationsOf(name: string, source: ts.SourceFile): ts.VariableDeclaration[] {
  const found: ts.VariableDeclaration[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText(source) === name) found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The literals below a node that are more than a word. */
function sentencesIn(node: ts.Node): string[] {
  const literal = literalOf(node)
  if (literal !== undefined) return /\p{L}{2}.* \p{L}{2}/u.test(literal) ? [literal] : []
  const found: string[] = []
  ts.forEachChild(node, (child) => {
    found.push(...sentencesIn(child))
  })
  return found
}

function literalOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return node.head.text + node.templateSpans.map(({ literal }) => HOLE + literal.text).join('')
}
