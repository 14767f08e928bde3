// Loaded into a Node.js process with --require: writes down the most memory that it had at a time.
const { readFileSync, writeFileSync } = require('node:fs')
const { isMainThread } = require('node:worker_threads')

/**
 * Linux's own figure for this program alone: what getrusage gives may be that of the process which
 * started it.
 */
function peakBytes() {
  try {
    const [, kB] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
    return Number(kB) * 1024
  } catch {
    return process.resourceUsage().maxRSS * 1024
  }
}

if (isMainThread) {
  process.on('exit', () => {
    writeFileSync(process.env.PEAK_MEMORY_FILE, String(peakBytes()))
  })
}
