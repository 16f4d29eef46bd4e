// Reads along with an answer that another request has asked for.
import type { Batch, ModelEvent } from '../../shared/event.ts'
import { isContent } from '../../shared/event.ts'
import type { Failure } from '../../shared/failure.ts'
import { type Closing, type Line, linesOf, readLine } from './line.ts'
import type { Origin } from './record.ts'

export interface Following {
  readonly origin: Origin
  readonly batches: AsyncGenerator<Batch, void, undefined>
  /** What it cost the one who asked, once it has ended. */
  readonly closing: () => Closing | undefined
}

export interface Patience {
  /** For the first content; for the end, where nothing is told before it. */
  readonly firstMs: number
  /** For each line after it. */
  readonly idleMs: number
  /** Is it told while it comes? Else nothing is until all of it is there. */
  readonly stream: boolean
  readonly signal: AbortSignal
}

/** Who asked has left, or was too slow: whoever can go on with the answer does. */
const GONE: Failure = {
  kind: 'unreachable',
  reason: 'the request that shared its answer ended before it did',
}

/** Undefined where nothing came of it, so that nothing was told. */
export async function follow(
  stream: ReadableStream<Uint8Array>,
  { firstMs, idleMs, stream: isStream, signal }: Patience,
): Promise<Following | undefined> {
  const lines = linesOf(stream)
  const held: ModelEvent[] = []
  let origin: Origin | undefined
  let closing: Closing | undefined

  /** The next line; undefined where none came in time, or none will. */
  const next = async (waitMs: number): Promise<Line | undefined> => {
    const text = await within(
      waitMs,
      signal,
      lines.next().catch(() => undefined),
    )
    const line = text?.done === false ? readLine(text.value) : undefined
    if (line?.kind === 'end') ({ closing } = line)
    return line
  }
  /** Not awaited: it waits for a read that may hang. */
  const leave = (): void => {
    lines.return(undefined).catch(() => undefined)
    if (!stream.locked) stream.cancel().catch(() => undefined)
  }

  const until = Date.now() + firstMs
  for (;;) {
    const line = await next(Math.max(1, until - Date.now()))
    if (line === undefined || signal.aborted) {
      leave()
      return undefined
    }
    if (line.kind === 'begin') ({ origin } = line)
    if (line.kind === 'events') held.push(...line.events)
    const isEnough = isStream
      ? held.some(isContent) || held.some(({ type }) => type === 'finish')
      : held.some(({ type }) => type === 'finish')
    if (held.some(({ type }) => type === 'error')) {
      leave()
      return undefined // it is no answer
    }
    if (isEnough) break
  }
  if (origin === undefined) return undefined

  async function* tell(): AsyncGenerator<Batch, void, undefined> {
    try {
      for (let events: readonly ModelEvent[] = held; ;) {
        const isLast = events.some(({ type }) => type === 'finish')
        if (isLast) await next(CLOSING_MS)
        const broken = events.some(({ type }) => type === 'error')
        if (broken) break
        if (events.length > 0) yield events.map((event) => ({ events: [event] }))
        if (isLast) return
        const line = await next(idleMs)
        if (line === undefined || line.kind === 'end') break
        events = line.kind === 'events' ? line.events : []
      }
      yield [{ events: [{ type: 'error', failure: GONE }] }]
    } finally {
      leave()
    }
  }
  return { origin, batches: tell(), closing: () => closing }
}

/** What it cost is said right after its last event. */
const CLOSING_MS = 250

async function within<T>(ms: number, signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | null = null
  let leave = (): void => undefined
  const over = new Promise<undefined>((resolve) => {
    leave = () => resolve(undefined)
    timer = setTimeout(leave, ms)
    signal.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
}
