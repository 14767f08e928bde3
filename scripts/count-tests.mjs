// Prints `N passed, N failed` from the test runner's report, and fails unless all has passed.
// Usage: count-tests.mjs REPORT FAILED_CHECKS
import { readFileSync } from 'node:fs'

const [file, failedChecks] = process.argv.slice(2)

function readReport() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    console.log(`There is no report of the tests: ${error.message}`)
    return { numPassedTests: 0, numFailedTests: 0, success: false }
  }
}

const { numPassedTests: passed, numFailedTests, success } = readReport()
// A file that cannot be loaded fails no test of its own, and is a failure all the same.
const failedTests = success ? numFailedTests : Math.max(1, numFailedTests)
const failed = failedTests + Number(failedChecks)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
