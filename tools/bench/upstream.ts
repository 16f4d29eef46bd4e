// The provider of the benchmark, a process of its own: answers as fast as one can, so that what is measured is the
// gateway before it. Speaks just enough HTTP for that. Prints its port, ends on SIGTERM.
import { createServer, type Socket } from 'node:net'
import { BURST, PACE_MS, PACED, PACED_MODEL, WHOLE } from './answers.ts'

/** The whole of a request in `text`, or undefined while bytes are missing. */
function takeRequest(text: string): { readonly body: string; readonly rest: string } | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = text.slice(0, headEnd)
  const start = headEnd + 4
  const declared = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (declared !== undefined) {
    const end = start + Number(declared)
    return text.length < end ? undefined : { body: text.slice(start, end), rest: text.slice(end) }
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { body: '', rest: text.slice(start) }
  const end = text.indexOf('\r\n0\r\n\r\n', start)
  return end < 0 ? undefined : { body: text.slice(start, end), rest: text.slice(end + 7) }
}

function answer(socket: Socket, body: string): void {
  if (!/"stream": *true/.test(body)) socket.write(WHOLE)
  else if (body.includes(PACED_MODEL)) pace(socket)
  else socket.write(BURST)
}

function pace(socket: Socket): void {
  let next = 0
  const step = (): void => {
    socket.write(PACED[next] ?? '')
    next += 1
    if (next === PACED.length || socket.destroyed) clearInterval(timer)
  }
  const timer = setInterval(step, PACE_MS)
  step()
}

const server = createServer({ noDelay: true }, (socket) => {
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part
    for (let request = takeRequest(text); request !== undefined; request = takeRequest(text)) {
      text = request.rest
      answer(socket, request.body)
    }
  })
  socket.on('error', () => socket.destroy()) // a client may leave at any time
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' ? address?.port : address)
})
process.on('SIGTERM', () => process.exit(0))
process.stdin.resume().on('end', () => process.exit(0)) // whoever started us is gone
