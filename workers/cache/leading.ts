// Tells an answer to its object while it passes on its way to the client.
import type { Batch, ModelEvent } from '../../shared/event.ts'
import type { Answer, Cx } from '../service.ts'
import { ENTRY_CHARS } from './keeper.ts'
import { writeLine } from './line.ts'
import { anonymous } from './record.ts'

export interface Lead {
  /** Call with the answer, once there is one. One that is given though it is doubted is not told on. */
  tell(answer: Answer, batches: Answer['batches'], isDoubted: boolean): Answer['batches']
  /** There will be none. */
  drop(): void
}

export interface Leading {
  /** Takes the lines; the object's `hear`. */
  readonly hear: (lines: ReadableStream<Uint8Array>) => Promise<unknown>
  /** Of the question, in base64, where it may be asked in other words. Asked for at the end. */
  readonly vector: () => Promise<string | undefined>
}

const encoder = new TextEncoder()

export function openLead({ hear, vector }: Leading, cx: Cx): Lead {
  const { readable, writable } = new IdentityTransformStream()
  const writer = writable.getWriter()
  let length = 0
  let isOver = false
  const { promise: over, resolve } = Promise.withResolvers<void>()

  /** Nobody waits for it: the client is not held up by those who read along. */
  const write = (text: string): void => {
    length += text.length
    if (isOver) return
    if (length > ENTRY_CHARS) return drop()
    writer.write(encoder.encode(text)).catch(stop)
  }

  const stop = (): void => {
    isOver = true
    resolve()
  }

  const drop = (): void => {
    if (isOver) return
    stop()
    writer.abort(new Error('not told to its end')).catch(() => undefined) // the other side may be gone first
  }

  const close = async (events: readonly ModelEvent[]): Promise<void> => {
    const finish = events.find((event) => event.type === 'finish')
    if (finish?.usage === undefined) return drop()
    const { usage, costMicros } = finish
    const known = await vector().catch(() => undefined) // then it is found in the same words only
    write(
      writeLine({
        kind: 'end',
        closing: {
          usage,
          ...(costMicros === undefined ? {} : { costMicros }),
          ...(known === undefined ? {} : { vector: known }),
        },
      }),
    )
    if (isOver) return
    await writer.close().catch(() => undefined) // the other side may be gone first
    stop()
  }

  cx.defer(Promise.all([hear(readable).catch(stop), over]))
  cx.signal.addEventListener('abort', drop, { once: true })

  return {
    drop,
    async *tell({ target, dropped }, batches, isDoubted) {
      if (isDoubted) drop()
      const { provider, model, name } = target
      write(writeLine({ kind: 'begin', origin: { provider, model, name, dropped } }))
      let isTold = false
      try {
        for await (const batch of batches) {
          const events = eventsIn(batch)
          if (batch.some(({ seam }) => seam !== undefined)) drop() // two models said it
          if (events.length > 0) write(writeLine({ kind: 'events', events: events.map(anonymous) }))
          // Before the last of it is passed on, since nobody may ask for more.
          if (events.some(({ type }) => type === 'finish')) {
            isTold = true
            cx.signal.removeEventListener('abort', drop)
            cx.defer(close(events))
          }
          yield batch
        }
      } finally {
        if (!isTold) drop()
      }
    },
  }
}

const eventsIn = (batch: Batch): readonly ModelEvent[] => batch.flatMap(({ events }) => events)
