/** The rows of the table whose header begins with a word: the texts of their cells. */
export function tableOf(markdown: string, firstHeader: string): string[][] {
  const lines = markdown.split('\n')
  const header = lines.findIndex((line) => new RegExp(`^\\| ${firstHeader} +\\|`).test(line))
  const rows = lines.slice(header + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows.slice(0, end).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** The texts that stand in backticks. */
export const inCode = (cell = ''): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => String(name))
