'use strict'
if (parseInt(process.versions.node, 10) >= 20) {
  module.exports = require('./main.js')
} else {
  console.log(
    '::error::Node.js ' + process.versions.node + ' is too old for this action, which needs 20 ' +
      'or newer. It comes with the runner, or with the image of the job: update that.'
  )
  process.exitCode = 1
}
