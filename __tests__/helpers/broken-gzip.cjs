// Preloaded into an action's process: its second gzip file is one that a bug in the action prevents.
const zlib = require('node:zlib')

const { createGzip } = zlib
let count = 0
const value = (options) => {
  count += 1
  if (count === 2) throw new ReferenceError('packer is not defined')
  return createGzip(options)
}
Object.defineProperty(zlib, 'createGzip', { value })
