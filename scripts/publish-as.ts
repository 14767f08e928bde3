// Sets whose repository this is, wherever it is named: workflows, examples, documents, badge, tests,
// CODEOWNERS. Run again, it moves all of that to another owner.
// Usage: npm run publish-as -- OWNER [CODEOWNER], where CODEOWNER is @OWNER/maintainers if not given
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const NAME = '8x8-sms-log-export'

/** A user or an organization, as GitHub lets them be called. */
const OWNER = /^[a-z\d](-?[a-z\d]){0,38}$/i

const [owner = '', codeOwner = `@${owner}/maintainers`] = process.argv.slice(2)
const { repository } = JSON.parse(readFileSync('package.json', 'utf8'))
const [, before = ''] = new RegExp(`^github:(.+)/${NAME}$`).exec(repository) ?? []

if (!existsSync('node_modules/@biomejs/biome')) {
  console.error('Run npm ci first: the files are formatted afterwards.')
  process.exit(1)
}
if (!OWNER.test(owner) || !/^@[\w-]+(\/[\w.-]+)?$/.test(codeOwner)) {
  console.error('Usage: npm run publish-as -- OWNER [@USER or @ORGANIZATION/TEAM for CODEOWNERS]')
  process.exit(1)
}

/** In a regular expression the slash behind it is escaped. */
const address = new RegExp(`(?<![\\w.-])${before}(?=\\\\?/${NAME})`, 'g')
const files = execFileSync('git', ['ls-files', '-z', '--', ':!dist', ':!*.png'], {
  encoding: 'utf8',
})
const changed: string[] = []
for (const file of files.split('\0').filter(Boolean)) {
  const text = readFileSync(file, 'utf8')
  const isOwners = file === '.github/CODEOWNERS'
  const published = isOwners ? `* ${codeOwner}\n` : text.replace(address, owner)
  if (published === text) continue
  writeFileSync(file, published)
  changed.push(file)
}
if (changed.length === 0) {
  console.log(`Nothing to change: this is ${owner}/${NAME}, and ${codeOwner} owns the code.`)
  process.exit()
}
// A name that is longer or shorter moves the columns of tables, and breaks lines elsewhere.
const biome = ['node_modules/@biomejs/biome/bin/biome', 'check', '--write']
execFileSync(process.execPath, [...biome, '--files-ignore-unknown=true', ...changed], {
  stdio: 'pipe',
})
console.log(`${changed.length} files now say ${owner}/${NAME}, and ${codeOwner} owns the code.`)
