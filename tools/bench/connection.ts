// One client connection, kept alive: sends a request, reads its reply to the end, says when its parts came and whether
// it was whole. Raw sockets, because on a small machine a full HTTP client would be most of what is measured.
import { connect, type Socket } from 'node:net'

export interface Reply {
  /** Milliseconds from sending to the first content of a stream, or to the end of a whole reply. */
  readonly firstMs: number
  readonly totalMs: number
  /** What was wrong with it; absent when it was an answer from beginning to end. */
  readonly error?: string
}

const FIRST_CONTENT = /"content":"[^"]/
const TIMEOUT_MS = 20_000

export class Connection {
  private socket: Socket | undefined
  private onData: (part: string) => void = () => undefined
  private onLost: (why: string) => void = () => undefined
  private readonly port: number
  private readonly bytes: () => string
  private readonly stream: boolean

  constructor(port: number, bytes: () => string, stream: boolean) {
    this.port = port
    this.bytes = bytes
    this.stream = stream
  }

  async ask(): Promise<Reply> {
    const socket = this.socket ?? (await this.open())
    return new Promise((resolve) => {
      const startedAt = performance.now()
      let text = ''
      let body: BodyReader | undefined
      let firstMs: number | undefined
      const done = (error: string | undefined): void => {
        clearTimeout(timer)
        this.onData = this.onLost = () => undefined
        const totalMs = performance.now() - startedAt
        const timing = { firstMs: firstMs ?? totalMs, totalMs }
        resolve(error === undefined ? timing : { ...timing, error })
        if (error !== undefined) this.close()
      }
      const timer = setTimeout(() => done('timeout'), TIMEOUT_MS)
      this.onLost = done
      this.onData = (part) => {
        text += part
        body ??= openBody(text)
        if (body === undefined) return
        if (this.stream && firstMs === undefined && FIRST_CONTENT.test(text))
          firstMs = performance.now() - startedAt
        if (body.ended(text)) done(objection(text, this.stream))
      }
      socket.write(this.bytes())
    })
  }

  close(): void {
    this.socket?.destroy()
    this.socket = undefined
  }

  private open(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: this.port, noDelay: true })
      socket.setEncoding('latin1')
      socket.on('data', (part: string) => this.onData(part))
      socket.once('error', (error) => {
        this.onLost(error.message)
        reject(error)
      })
      socket.once('close', () => {
        this.socket = undefined
        this.onLost('closed')
      })
      socket.once('connect', () => {
        this.socket = socket
        resolve(socket)
      })
    })
  }
}

interface BodyReader {
  /** Has the reply's last byte come? `text` is all of it so far. */
  ended(text: string): boolean
}

function openBody(text: string): BodyReader | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = text.slice(0, headEnd)
  const start = headEnd + 4
  const declared = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (declared !== undefined) return { ended: (all) => all.length >= start + Number(declared) }
  let next = start
  return {
    ended(all) {
      for (;;) {
        const lineEnd = all.indexOf('\r\n', next)
        if (lineEnd < 0) return false
        const size = Number.parseInt(all.slice(next, lineEnd), 16)
        if (all.length < lineEnd + 2 + size + 2) return false
        next = lineEnd + 2 + size + 2
        if (size === 0) return true
      }
    },
  }
}

function objection(text: string, stream: boolean): string | undefined {
  if (!text.startsWith('HTTP/1.1 200')) return text.slice(0, text.indexOf('\r\n')).slice(9)
  if (!FIRST_CONTENT.test(text)) return 'no content'
  return stream && !text.slice(-80).includes('[DONE]') ? 'no [DONE]' : undefined
}
