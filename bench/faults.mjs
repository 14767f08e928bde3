// What each way to start a job does when the wire, the server or a gateway misbehaves. It prints
// what docs/comparison.md shows. `npm run bench:faults -- FOLDER` takes a clone of
// fjogeleit/http-request-action along.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { answer, JOB_ID, started, startWireServer } from '../__tests__/helpers/wire-server.ts'
import { FAULTS } from './faults/list.mjs'
import { peersOf } from './faults/peers.mjs'

const MAX_RUN_MS = 15_000
const ROUNDS = Number(process.env.ROUNDS ?? 21)
const API_KEY = 'key-of-the-benchmark-4711'

/** Runs a peer to its end, or for 15 s, with nothing of this process's environment but PATH. */
async function run({ command: [program, args], env }, apiUrl) {
  const folder = mkdtempSync(path.join(tmpdir(), 'faults-'))
  const file = (name) => path.join(folder, name)
  for (const name of ['output', 'summary', 'state', 'env']) writeFileSync(file(name), '')
  const child = spawn(program, args, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      GITHUB_OUTPUT: file('output'),
      GITHUB_STEP_SUMMARY: file('summary'),
      GITHUB_STATE: file('state'),
      GITHUB_ENV: file('env'),
      GITHUB_WORKSPACE: folder,
      ...env(apiUrl, API_KEY),
    },
    detached: true, // a group of its own, so that a pipe ends with its shell
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      log += text
    })
  }
  let hasEnded = true
  const limit = setTimeout(() => {
    hasEnded = false
    process.kill(-child.pid, 'SIGKILL')
  }, MAX_RUN_MS)
  const exitCode = await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(limit)
  const outputs = parseOutputs(readFileSync(file('output'), 'utf8'))
  rmSync(folder, { recursive: true })
  return { exitCode, hasEnded, log, outputs }
}

/** As the runner reads the file: `name=value`, or lines up to a delimiter. A later one wins. */
function parseOutputs(text) {
  const lines = text.split('\n')
  const outputs = {}
  for (let at = 0; at < lines.length; at++) {
    const [, name, delimiter] = /^([^=]+?)<<(.+)$/.exec(lines[at]) ?? []
    if (name !== undefined) {
      const end = lines.indexOf(delimiter, at)
      outputs[name] = lines.slice(at + 1, end).join('\n')
      at = end
      continue
    }
    const [, plain, value] = /^([^=]+)=(.*)$/.exec(lines[at]) ?? []
    if (plain !== undefined) outputs[plain] = value
  }
  return outputs
}

/** What is wrong with the way in which a peer met a fault, in a few words each. */
function judge(peer, { right }, { ended, posts, keyWentOn }) {
  const { exitCode, hasEnded, log, outputs } = ended
  const isStart = exitCode === 0
  const jobId = peer.jobIdOf(outputs) ?? ''
  const hasJob = isStart && jobId === JOB_ID
  const visible = log.replace(/^::(add-mask|debug)::.*$/gm, '')
  return [
    !hasEnded && 'still runs after 15 s',
    hasEnded && isStart && jobId === '' && 'exits 0 without an id',
    jobId !== '' && jobId !== JOB_ID && 'outputs an invalid id',
    hasEnded && !isStart && !right.exitCodes.includes(1) && 'fails',
    !right.posts.includes(posts) && `starts ${posts} times`,
    hasJob && right.posts.includes(posts) && !right.exitCodes.includes(0) && 'exits 0',
    keyWentOn && 'sends the key on',
    visible.includes(API_KEY) && 'prints the key',
    /^::(warning|error)::evil|^[^:\n]*##\[error\]evil/m.test(visible) &&
      'lets the server start a workflow command',
  ].filter(Boolean)
}

/** Resets the first connection before a byte of it is read, and hands on all later ones. */
async function resetFirst(port) {
  let isFirst = true
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined)
    if (isFirst) socket.resetAndDestroy()
    else {
      const onward = net.connect(port, '127.0.0.1')
      onward.on('error', () => undefined)
      socket.pipe(onward).pipe(socket)
    }
    isFirst = false
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}

/** One peer at one fault, each with a server of its own. */
async function meet(peer, fault) {
  const elsewhere = await startWireServer(answer(202, '{"jobId":"id-of-another-server"}'))
  const server = await startWireServer(fault.react(elsewhere.url))
  const front = fault.isResetFirst ? await resetFirst(server.port) : undefined
  const ended = await run(peer, front?.url ?? server.url)
  const posts = server.requests.length
  const keyWentOn = elsewhere.requests.some((request) => request.includes(API_KEY))
  front?.close()
  await Promise.all([server.close(), elsewhere.close()])
  const wrongs = judge(peer, fault, { ended, posts, keyWentOn })
  return { wrongs, isKeyInDebugLines: /^::debug::.*key-of-the-benchmark/m.test(ended.log) }
}

/** Whole-process time of each, in ms: medians of interleaved rounds against a server that is well. */
async function timeStartUp(peers) {
  const server = await startWireServer(started)
  const times = peers.map(() => [])
  for (let round = -2; round < ROUNDS; round++) {
    for (const [at, peer] of peers.entries()) {
      const begun = performance.now()
      await run(peer, server.url)
      if (round >= 0) times[at].push(performance.now() - begun)
    }
  }
  await server.close()
  return times.map((values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)])
}

const row = (cells) => console.log(`| ${cells.join(' | ')} |`)

const peers = peersOf(process.argv[2])
const rights = peers.map(() => 0)
const leaks = peers.map(() => false)
row(['fault', ...peers.map(({ name }) => name)])
row(['---', ...peers.map(() => '---')])
for (const fault of FAULTS) {
  const met = await Promise.all(peers.map((peer) => meet(peer, fault)))
  for (const [at, { wrongs, isKeyInDebugLines }] of met.entries()) {
    if (wrongs.length === 0) rights[at] += 1
    if (isKeyInDebugLines) leaks[at] = true
  }
  row([fault.name, ...met.map(({ wrongs }) => wrongs.join(', ') || 'right')])
}
row([`right, of ${FAULTS.length}`, ...rights])
row(['the key in debug lines', ...leaks.map((leaks) => (leaks ? 'yes' : 'no'))])
row(['start-up, ms', ...(await timeStartUp(peers)).map((ms) => ms.toFixed(0))])
