// The floor of merge-reports: the records of all files added up.
const { appendFileSync, readdirSync, readFileSync } = require('node:fs')

const folder = process.env.INPUT_PATH
let records = 0
for (const name of readdirSync(folder)) {
  records += JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')).figures.records
}
appendFileSync(process.env.GITHUB_OUTPUT, `records=${records}\n`)
appendFileSync(process.env.GITHUB_STEP_SUMMARY, `${records} records\n`)
console.log(records)
