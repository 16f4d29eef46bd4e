// An answer on its way from the object that keeps it to a client: with signs of life, and with an error for its last event
// where the object was stopped before the end. What is cut off never looks whole.
import type { ClientDialect } from '../../shared/dialect.ts'
import { Failed } from '../../shared/failure.ts'
import { END } from '../journal/journal.ts'
import { COMMENT, type Heartbeat, heartbeat } from './heartbeat.ts'

/** How the bytes are cut: not at all, into events, or into the elements of one array. */
export type Framing = 'whole' | 'events' | 'array'

export interface Relaying {
  readonly status: number
  readonly headers: Headers
  /** Ends with END where it is whole. */
  readonly body: ReadableStream<Uint8Array>
  readonly framing: Framing
  readonly dialect: ClientDialect
  readonly requestId: string
  /** A stream that is silent for so long gets a sign of life; 0 for none. */
  readonly keepAliveMs: number
  readonly now: () => number
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export async function relay(relaying: Relaying): Promise<Response> {
  const { status, headers, body, framing } = relaying
  if (framing !== 'whole') return new Response(streamOf(relaying), { status, headers })
  const bytes = new Uint8Array(await new Response(body).arrayBuffer().catch(lost))
  if (bytes.at(-1) !== END) throw new Failed({ kind: 'lost' })
  return new Response(bytes.subarray(0, -1), { status, headers })
}

const lost = (): never => {
  throw new Failed({ kind: 'lost' })
}

function streamOf({
  body,
  framing,
  dialect,
  requestId,
  keepAliveMs,
  now,
}: Relaying): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let heart: Heartbeat | undefined
  let last: Uint8Array | undefined

  const read = async (): Promise<Uint8Array | undefined> => {
    try {
      return (await reader.read()).value
    } catch {
      return undefined // the object is gone, and with it what it had to say
    }
  }

  const lastWords = (): string => {
    const failure = { kind: 'lost' } as const
    const events = Number(lastId(last)?.split('.').at(-1) ?? 0)
    const told =
      dialect.writeLoss?.(failure, requestId, events) ?? dialect.writeFailure(failure, requestId).body
    const json = JSON.stringify(told)
    if (framing === 'array') return `${last === undefined ? '[' : ',\n'}${json}]`
    return `${typeof told['type'] === 'string' ? `event: ${told['type']}\n` : ''}data: ${json}\n\n`
  }

  return new ReadableStream<Uint8Array>({
    start(controller) {
      heart = heartbeat(keepAliveMs, now, () => {
        // A client that does not read is not silent but slow.
        if ((controller.desiredSize ?? 0) <= 0) return
        const beat = dialect.heartbeat ?? COMMENT
        const id = beat.startsWith('event:') ? lastId(last) : undefined
        controller.enqueue(encoder.encode(id === undefined ? beat : `id: ${id}\n${beat}`))
      })
    },
    async pull(controller) {
      const bytes = await read()
      heart?.touch()
      const isEnd = bytes?.at(-1) === END
      const text = isEnd ? bytes?.subarray(0, -1) : bytes
      if (text !== undefined && text.byteLength > 0) {
        last = text
        controller.enqueue(text)
      }
      if (bytes !== undefined && !isEnd) return
      heart?.stop()
      if (!isEnd) controller.enqueue(encoder.encode(lastWords()))
      controller.close()
    },
    async cancel(reason) {
      heart?.stop()
      await reader.cancel(reason)
    },
  })
}

/** The id of the last event in a text. */
function lastId(bytes: Uint8Array | undefined): string | undefined {
  const text = decoder.decode(bytes)
  return /^id: (\S+)$/m.exec(text.slice(Math.max(0, text.lastIndexOf('\nid: ') + 1)))?.[1]
}
