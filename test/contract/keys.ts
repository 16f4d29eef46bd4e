// A server that some keys are dead for, and keys in every form that vendors give: for the vendors' suite.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Seen {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Doorkeeper {
  readonly origin: string
  readonly seen: Seen[]
  /** What a call must not bear anywhere in its headers, to get in. */
  dead: string | undefined
  close(): Promise<void>
}

/** Answers every call with an empty JSON object, and one that bears what is dead with the status given. */
export async function openDoor(status: () => number): Promise<Doorkeeper> {
  const seen: Seen[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      seen.push({ url: request.url ?? '', headers: request.headers, body })
      const isDead = door.dead !== undefined && JSON.stringify(request.headers).includes(door.dead)
      response.writeHead(isDead ? status() : 200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on TCP
  const door: Doorkeeper = {
    origin: `http://127.0.0.1:${port}`,
    seen,
    dead: undefined,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return door
}

/** A key, and the part of it by which a call made with it is known. */
export interface Sample {
  readonly key: string
  readonly mark: string
}

/** Two keys of a vendor, in the form that it gives them. */
export function sampleKeys(): readonly [Sample, Sample] {
  return [
    { key: 'sk-first-0123456789abcdef', mark: 'sk-first-0123456789abcdef' },
    { key: 'sk-second-0123456789abcdef', mark: 'sk-second-0123456789abcdef' },
  ]
}
