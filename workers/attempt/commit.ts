// Holds an answer back until its first content, so that everything before that can still fail over.
import { type Batch, isContent, type ModelEvent, type Piece } from '../../shared/event.ts'
import { Failed, failureOf } from '../../shared/failure.ts'
import type { Answer, Layer, Service } from '../service.ts'
import { scope, within } from './clock.ts'
import type { Call } from './deadline.ts'

export const commit: Layer<Call, Answer> =
  (inner: Service<Call, Answer>): Service<Call, Answer> =>
  async (call, cx) => {
    const { cx: inside, abort } = scope(cx)
    const answer = await inner(call, inside)
    const limit = call.request.stream ? call.target.timeouts.firstTokenMs : call.target.timeouts.replyMs
    try {
      const held = await within(limit, 'first-token', untilContent(answer.batches), abort)
      return { ...answer, batches: resume(held, answer.batches) }
    } catch (error) {
      abort(new Failed(failureOf(error)))
      void answer.batches.return(undefined) // not awaited: it waits for a read that is only now being cancelled
      throw error
    }
  }

/** Role chunks, pings and empty deltas are kept; an error among them is still a failed attempt. */
async function untilContent(batches: AsyncGenerator<Batch>): Promise<Batch> {
  const held: Piece[] = []
  for (;;) {
    const next = await batches.next()
    if (next.done === true) throw empty()
    held.push(...next.value)
    const events = next.value.flatMap((piece) => piece.events)
    for (const event of events) {
      if (event.type === 'error') throw new Failed(event.failure)
    }
    if (events.some(isContent)) return held
    const finish = events.find((event) => event.type === 'finish')
    if (finish !== undefined) {
      if (isSilent(finish)) throw empty()
      return held
    }
  }
}

/** A model that stops without a word has not answered; one that ran into its limit or a filter has. */
const isSilent = (finish: Extract<ModelEvent, { type: 'finish' }>): boolean =>
  finish.reason === 'stop' || finish.reason === 'other'

const empty = (): Failed => new Failed({ kind: 'malformed', reason: 'an answer without content' })

async function* resume(
  held: Batch,
  rest: AsyncGenerator<Batch, void, undefined>,
): AsyncGenerator<Batch, void, undefined> {
  try {
    yield held
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}
