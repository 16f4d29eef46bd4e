// A client without manners: sends a request over a bare socket and leaves as it likes.
import { connect, type Socket } from 'node:net'

export interface Visit {
  /** What came back so far. */
  received(): string
  /** Says goodbye as a closing program does (FIN). */
  close(): void
  /** Slams the door (RST), as a crashed program or a lost network does. */
  reset(): void
}

export function visit(
  port: number,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Visit {
  let received = ''
  const socket: Socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined) // leaving is the point
  socket.setEncoding('utf8').on('data', (text) => (received += String(text)))
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`)
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
  return {
    received: () => received,
    close: () => void socket.destroy(),
    reset: () => void socket.resetAndDestroy(),
  }
}
