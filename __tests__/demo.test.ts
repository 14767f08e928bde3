import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('the demo starts a job, downloads, and ends with the report on the page', () => {
  const shown = execFileSync(process.execPath, ['scripts/demo.ts'], { encoding: 'utf8' })

  expect(shown).toMatch(/^ {2}Started job [A-Za-z0-9]{64}\.$/m)
  expect(shown.match(/^ {2}Saved \S+-[12]\.csv: /gm)).toHaveLength(2)
  const [first = '', later = ''] = shown.split('… a day later')
  expect(first).toMatch(/^ {2}7 days to export: .* missing/m)
  expect(later).toMatch(/^ {2}\d days to export: .* is missing; .* not settled/m)
  expect(shown.match(/^ {2}output complete = true$/gm)).toHaveLength(2)
  expect(shown).toContain('  The sandbox has ended.')
  const [, page = ''] = shown.split('\nJob summary\n')
  expect(page).toMatch(/^### SMS log export started$/m)
  expect(page).toMatch(/^### SMS logs of `acme_sg`$/m)
  expect(page).toContain('xychart-beta')
  expect(page).not.toContain('▶')
  expect(page).toMatch(/^### .*archive/im)
  expect(shown).not.toMatch(/api-key[:=] *(?!\*\*\*)\S/)
})
