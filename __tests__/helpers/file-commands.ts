/** `name<<delimiter`, lines, `delimiter`: as the runner reads its files; a later one wins. */
export function parseFileCommands(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/)
  const values: Record<string, string> = {}
  for (let line = 0; line < lines.length; line++) {
    const [name, delimiter] = (lines[line] ?? '').split('<<')
    if (!name || delimiter === undefined) continue
    const end = lines.indexOf(delimiter, line + 1)
    if (end < 0) throw new Error(`No end of the value of ${name}`)
    values[name] = lines.slice(line + 1, end).join('\n')
    line = end
  }
  return values
}
