// Whole-process time of the start action against the least that could do the same: interleaved,
// in an order that changes each round, medians of many rounds.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROUNDS = Number(process.env.ROUNDS ?? 41)
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
const outputFile = path.join(folder, 'output')
const summaryFile = path.join(folder, 'summary')

const server = http.createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    response.writeHead(202, { 'content-type': 'application/json' })
    response.end('{"jobId":"F1T6z9C5tW2QV1pdMzO9xpMXrYEmfnvqORGqpePJGpgzjTJ80TSaZEE7aX2wrgix"}')
  })
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const apiUrl = `http://127.0.0.1:${server.address().port}`

const inputs = {
  'INPUT_API-KEY': 'key-of-the-benchmark',
  'INPUT_SUBACCOUNT-ID': 'acme_sg',
  'INPUT_API-URL': apiUrl,
  INPUT_REGION: 'asia-pacific',
  'INPUT_REQUEST-TIMEOUT': '30s',
  INPUT_RETRIES: '5',
  INPUT_FROM: '2026-10-01',
  INPUT_TO: '2026-11-01',
  'INPUT_TIME-ZONE': 'UTC',
  INPUT_LIMIT: '0',
  GITHUB_OUTPUT: outputFile,
  GITHUB_STEP_SUMMARY: summaryFile,
}
const node = process.execPath
const start = [node, [path.join(root, 'dist/start/index.js')]]
const contestants = {
  'node -e 0': { command: [node, ['-e', '0']], env: inputs },
  'hand-written node:http': {
    command: [node, [path.join(root, 'bench/hand-written.cjs')]],
    env: inputs,
  },
  'start, UTC': { command: start, env: inputs },
  'start, date math in UTC': {
    command: start,
    env: { ...inputs, INPUT_FROM: 'now-1M/M', INPUT_TO: 'now/M' },
  },
  'start, Asia/Singapore': {
    command: start,
    env: { ...inputs, 'INPUT_TIME-ZONE': 'Asia/Singapore' },
  },
  curl: {
    command: [
      'curl',
      [
        '-sS',
        '-o',
        outputFile,
        '-H',
        'authorization: Bearer key-of-the-benchmark',
        '-H',
        'content-type: application/json',
        '-d',
        '{"from":"2026-10-01","to":"2026-11-01","limit":0}',
        `${apiUrl}/api/v1/subaccounts/acme_sg/messages/exports`,
      ],
    ],
    env: {},
  },
}

function timeOnce({ command: [program, args], env }) {
  writeFileSync(outputFile, '')
  writeFileSync(summaryFile, '')
  return new Promise((resolve, reject) => {
    const begun = process.hrtime.bigint()
    const child = spawn(program, args, { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' })
    child.on('error', reject)
    child.on('exit', (code) => {
      const ms = Number(process.hrtime.bigint() - begun) / 1e6
      if (code === 0) resolve(ms)
      else reject(new Error(`${program} ${args[0]} ended with ${code}`))
    })
  })
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

const times = new Map(Object.keys(contestants).map((name) => [name, []]))
for (let round = -2; round < ROUNDS; round++) {
  const names = Object.keys(contestants).sort(() => Math.random() - 0.5)
  for (const name of names) {
    const ms = await timeOnce(contestants[name]).catch((error) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (round >= 0 && ms !== undefined) times.get(name).push(ms)
  }
}

const floor = median(times.get('hand-written node:http'))
console.log(
  `Start-up, whole process, median of ${ROUNDS} interleaved rounds, Node.js ${process.version}\n`,
)
console.log('| what | ms | ratio |\n|---|---|---|')
for (const [name, values] of times) {
  if (values.length === 0) console.log(`| ${name} | not on this machine | |`)
  else
    console.log(
      `| ${name} | ${median(values).toFixed(0)} | ${(median(values) / floor).toFixed(2)} |`,
    )
}
console.log('\n| bundle | kB |\n|---|---|')
for (const name of readdirSync(path.join(root, 'dist'))) {
  const bytes = readFileSync(path.join(root, 'dist', name, 'index.js')).length
  console.log(`| dist/${name}/index.js | ${(bytes / 1000).toFixed(1)} |`)
}
server.close()
rmSync(folder, { recursive: true })
