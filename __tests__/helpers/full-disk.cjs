// Preloaded into an action's process: the disk is full for files of the name in TEST_FULL, of which it
// takes a half.
const files = require('node:fs/promises')

const { open } = files
files.open = async (file, ...rest) => {
  const handle = await open(file, ...rest)
  if (!String(file).includes(`.${process.env.TEST_FULL}.`)) return handle
  const { writev } = handle
  let isFull = false
  handle.writev = async (buffers, position) => {
    if (isFull) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
    isFull = true
    const half = buffers[0].subarray(0, buffers[0].length / 2)
    return writev.call(handle, [half], position)
  }
  return handle
}
