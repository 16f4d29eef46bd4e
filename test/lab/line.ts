// The line between a browser and the gateway, which a test can cut and mend.
import { connect, createServer, type Socket } from 'node:net'

export interface Line {
  /** Where the gateway is reached over it. */
  readonly url: string
  /** Breaks every connection; with `forMs` nobody gets through for so long. */
  cut(forMs?: number): void
  /** Holds everything back that comes from the gateway, as a dead line does, until `mend`. */
  stall(): void
  mend(): void
  stop(): Promise<void>
}

export async function startLine(port: number): Promise<Line> {
  const sockets = new Set<Socket>()
  const ends = new Set<Socket>()
  let downUntil = 0
  let isStalled = false
  const server = createServer((near) => {
    if (Date.now() < downUntil) return void near.resetAndDestroy()
    const far = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        ends.delete(one)
        other.destroy()
      })
    }
    near.pipe(far)
    far.pipe(near)
    ends.add(far)
    if (isStalled) far.pause()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    cut(forMs = 0) {
      downUntil = Date.now() + forMs
      for (const socket of sockets) socket.resetAndDestroy()
    },
    stall() {
      isStalled = true
      for (const far of ends) far.pause()
    },
    mend() {
      isStalled = false
      downUntil = 0
      for (const far of ends) far.resume()
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
