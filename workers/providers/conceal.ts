// Keeps credentials out of what callers see: providers repeat what they were sent in their errors. Pure.
import type { EventReader } from '../../shared/dialect.ts'
import type { Piece } from '../../shared/event.ts'
import type { Failure } from '../../shared/failure.ts'

export type Conceal = (text: string) => string

/** A shorter value is no secret, and taking it out would garble ordinary words. */
const SECRET_CHARS = 8

export function concealer(secrets: readonly string[]): Conceal {
  const long = secrets.filter((secret) => secret.length >= SECRET_CHARS)
  return (text) => long.reduce((shown, secret) => shown.replaceAll(secret, '[key]'), text)
}

export function concealFailure(failure: Failure, conceal: Conceal | undefined): Failure {
  if (conceal === undefined) return failure
  const fields = Object.entries(failure).map(([name, value]: [string, unknown]) => [
    name,
    name !== 'kind' && typeof value === 'string' ? conceal(value) : value,
  ])
  return Object.fromEntries(fields) as Failure // the same arm: only its words have changed
}

export function concealPiece(piece: Piece, conceal: Conceal | undefined): Piece {
  if (conceal === undefined || !piece.events.some((event) => event.type === 'error')) return piece
  const events = piece.events.map((event) =>
    event.type === 'error' ? { ...event, failure: concealFailure(event.failure, conceal) } : event,
  )
  return { ...piece, events }
}

export function concealing(reader: EventReader, conceal: Conceal | undefined): EventReader {
  if (conceal === undefined) return reader
  return {
    read: (frame) => concealPiece(reader.read(frame), conceal),
    close: () => concealPiece(reader.close(), conceal),
    get complete() {
      return reader.complete
    },
  }
}
