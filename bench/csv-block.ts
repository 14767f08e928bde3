import { createTemplates, formatRow, HEADER_LINE } from '../src/sandbox/rows.ts'

const MAX_BLOCK_BYTES = 4_194_304
const SEED = 1
const FIRST_INSTANT = Date.parse('2026-10-01T00:00:00Z')
const MONTH_MS = 31 * 86_400_000

/** A CSV file as one block of rows that is repeated: it costs no time to make. */
export interface RepeatedCsv {
  readonly header: Buffer
  readonly block: Buffer
  readonly times: number
  readonly bytes: number
  readonly records: number
}

/** Rows of the sandbox over a month, about so many bytes of them. */
export function repeatedCsv(bytes: number, subaccountId: string): RepeatedCsv {
  const header = Buffer.from(HEADER_LINE)
  const { block, rows } = createBlock(Math.min(bytes, MAX_BLOCK_BYTES), subaccountId)
  const times = Math.max(1, Math.round(bytes / block.length))
  return {
    header,
    block,
    times,
    bytes: header.length + times * block.length,
    records: times * rows,
  }
}

function createBlock(bytes: number, subaccountId: string): { block: Buffer; rows: number } {
  const templates = createTemplates(SEED, { subaccountId })
  const total = templates.reduce((sum, template) => sum + template.bytes, 0)
  const rows = Math.max(1, Math.floor((bytes / total) * templates.length))
  const texts = Array.from({ length: rows }, (_, index) => {
    const template = templates[index % templates.length]
    if (template === undefined) throw new Error('the sandbox has no rows')
    const createdAt = Math.floor(FIRST_INSTANT + (MONTH_MS * index) / rows)
    return formatRow(template, { seed: SEED, index, createdAt })
  })
  return { block: Buffer.from(texts.join('')), rows }
}
