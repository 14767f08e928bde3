// A server that answers nothing, and ends with the first request.
const http = require('node:http')

const server = http.createServer((_request, response) => {
  response.writeHead(204, { connection: 'close' }).end()
  server.close()
})
server.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}`))
