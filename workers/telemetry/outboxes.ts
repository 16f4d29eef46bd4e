// The outboxes of the gateway: an isolate hands its rows to one of them, and what they all counted adds up.
import { Failed } from '../../shared/failure.ts'

const OUTBOXES = 2

export interface Outboxes<Outbox> {
  /** Where this isolate's rows go. */
  mine(): Outbox
  ask<T>(question: (outbox: Outbox) => Promise<T>): Promise<T[]>
}

export function openOutboxes<Outbox>(at: (name: string) => Outbox, isolate: string): Outboxes<Outbox> {
  const outboxAt = (place: number): Outbox => at(`outbox-${place}`)
  return {
    mine: () => outboxAt(Number.parseInt(isolate, 16) % OUTBOXES),
    ask: (question) =>
      Promise.all(Array.from({ length: OUTBOXES }, (_, place) => question(outboxAt(place)))).catch(() => {
        throw new Failed({ kind: 'unavailable', what: 'An outbox', retryAfterMs: 1_000 })
      }),
  }
}
