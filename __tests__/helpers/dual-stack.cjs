// Loaded into a step by NODE_OPTIONS: localhost has an address that is far away, and one that no way
// leads to, as the hosts of the internet have for a runner without IPv6.
const dns = require('node:dns')
const { TCP } = process.binding('tcp_wrap')

const HANDSHAKE_MS = Number(process.env.TEST_HANDSHAKE_MS)
const ENETUNREACH = -101
const near = { address: '127.0.0.1', family: 4 }
const unreachable = { address: '2001:db8::1', family: 6 }
const silent = { address: '192.0.2.1', family: 4 }
const ADDRESSES = {
  'far first': [near, unreachable],
  'far last': [unreachable, near],
  'silent first': [silent, near],
}

dns.lookup = (_, options, callback) => {
  const found = ADDRESSES[process.env.TEST_ADDRESSES]
  setImmediate(() => (options.all ? callback(null, found) : callback(null, near.address, 4)))
}

const { connect } = TCP.prototype
TCP.prototype.connect = function (request, address, port) {
  if (address === silent.address) return 0
  setTimeout(() => connect.call(this, request, address, port), HANDSHAKE_MS)
  return 0
}
TCP.prototype.connect6 = () => ENETUNREACH
