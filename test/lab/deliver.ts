// Puts an answer on the connection the way a behaviour says: late, in pieces, garbled, cut.
import type { ServerResponse } from 'node:http'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import { createGzip, gzipSync } from 'node:zlib'
import type { Behaviour, Cut } from './behaviour.ts'
import type { StreamEvent } from './wire.ts'

export interface Delivery {
  readonly response: ServerResponse
  readonly behaviour: Behaviour
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
  /** Aborts when nothing is to be waited for any more: what is left of the answer goes out at once. */
  readonly hurry?: AbortSignal
  readonly headers: Readonly<Record<string, string>>
  /** Called with the number of events sent so far. */
  readonly onSent: (events: number) => void
}

export async function deliverBody(delivery: Delivery, status: number, body: string): Promise<void> {
  const { response, behaviour, headers } = delivery
  await pause(delivery, behaviour.headAfterMs)
  if (behaviour.cutAfter === 'nothing') return cut(response, behaviour.cut ?? 'reset')
  const bytes = behaviour.gzip === true ? gzipSync(body) : Buffer.from(body)
  response.writeHead(status, {
    'content-length': bytes.byteLength,
    ...(behaviour.gzip === true ? { 'content-encoding': 'gzip' } : {}),
    ...headers,
  })
  if (behaviour.cutAfter === undefined) return void response.end(bytes)
  // A whole reply has no events: it is cut in its middle.
  await write(response, bytes.subarray(0, Math.floor(bytes.byteLength / 2)))
  await cut(response, behaviour.cut ?? 'reset')
}

/** The end marker is one of the events, where there is one. The first `lead` of them come before any content. */
export async function deliverStream(
  delivery: Delivery,
  events: readonly StreamEvent[],
  lead: number,
): Promise<void> {
  const { response, behaviour, headers, onSent } = delivery
  await pause(delivery, behaviour.headAfterMs)
  if (behaviour.cutAfter === 'nothing') return cut(response, behaviour.cut ?? 'reset')
  response.writeHead(behaviour.status ?? 200, {
    ...(behaviour.gzip === true ? { 'content-encoding': 'gzip' } : {}),
    ...headers,
  })
  response.flushHeaders()
  const send = sender(response, behaviour)
  for (const [at, event] of events.entries()) {
    if (at === behaviour.stallAfter) await pause(delivery, behaviour.stallMs ?? 3_600_000)
    if (at === behaviour.cutAfter) {
      if (behaviour.cutInside === true && !(event instanceof Uint8Array))
        await write(response, halfOf(frameOf(behaviour, at, event)))
      return cut(response, behaviour.cut ?? 'fin')
    }
    if (at === lead) await pause(delivery, behaviour.firstAfterMs)
    else if (at > lead && behaviour.everyMs !== undefined) await pause(delivery, behaviour.everyMs)
    await send(event instanceof Uint8Array ? event : frameOf(behaviour, at, event))
    onSent(at + 1)
  }
  await send(undefined)
}

/** Waits so long, or until there is a hurry; throws once the client has gone. */
async function pause({ signal, hurry }: Delivery, ms = 0): Promise<void> {
  if (hurry === undefined) return wait(ms, undefined, { signal })
  try {
    await wait(ms, undefined, { signal: AbortSignal.any([signal, hurry]) })
  } catch (error) {
    if (signal.aborted || !hurry.aborted) throw error
  }
}

function frameOf(
  behaviour: Behaviour,
  at: number,
  { event, data }: { event?: string; data: string },
): string {
  const end = behaviour.lineEnd ?? '\n'
  const field = behaviour.tight === true ? 'data:' : 'data: '
  const insert = behaviour.insert?.find((candidate) => candidate.at === at)
  const bom = behaviour.bom === true && at === 0 ? '\uFEFF' : ''
  const comment = behaviour.comments === true ? `: keep-alive${end}${end}` : ''
  const name = event === undefined ? '' : `${field.replace('data', 'event')}${event}${end}`
  const frame = insert?.replace === true ? '' : `${name}${field}${data}${end}${end}`
  return bom + comment + (insert?.text ?? '') + frame
}

function halfOf(frame: string): Buffer {
  const bytes = Buffer.from(frame)
  const long = bytes.findIndex((byte: number) => byte >= 0xc0)
  return bytes.subarray(0, long === -1 ? Math.floor(bytes.byteLength / 2) : long + 1)
}

type Send = (text: string | Uint8Array | undefined) => Promise<void>

/** Writes text; `undefined` ends the body properly. */
function sender(response: ServerResponse, behaviour: Behaviour): Send {
  if (behaviour.gzip === true) {
    const gzip = createGzip()
    gzip.pipe(response)
    return async (text) => {
      if (text === undefined) return void gzip.end()
      gzip.write(text)
      await new Promise<void>((resolve) => gzip.flush(resolve))
    }
  }
  return async (text) => {
    if (text === undefined) return void response.end()
    const bytes = Buffer.from(text)
    if (behaviour.everyByte !== true) return write(response, bytes)
    for (const byte of bytes) {
      await write(response, Buffer.of(byte))
      await setImmediate()
    }
  }
}

/** Waits only where the client reads slower than we write. */
async function write(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (response.write(bytes) || response.destroyed) return
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
}

/** A reset throws away what the client has not read yet, so what was written gets a moment to arrive; a FIN does not. */
const SETTLE_MS = { fin: 30, reset: 400 }

export async function cut(response: ServerResponse, how: Cut): Promise<void> {
  const { socket } = response
  if (how === 'end') return void response.end()
  if (response.headersSent) await wait(SETTLE_MS[how])
  if (how === 'reset') socket?.resetAndDestroy()
  else socket?.end(() => socket.destroy())
}
