// A request for more vectors than a vendor makes in one call, cut into several, and their answers put together. Pure.
import type { Piece } from '../../event.ts'
import type { ModelRequest } from '../../request.ts'
import { noUsage, type Usage } from '../../usage.ts'
import { answered } from './reply.ts'

/** The same request for at most so many inputs each, in order. */
export function cut(request: ModelRequest, most: number): readonly ModelRequest[] {
  const { messages, embedding, native } = request
  if (embedding === undefined || messages.length <= most) return [request]
  const { tokens } = embedding
  const { input } = native.body
  return Array.from({ length: Math.ceil(messages.length / most) }, (_, part) => {
    const [from, to] = [part * most, (part + 1) * most]
    return {
      ...request,
      messages: messages.slice(from, to),
      // Inputs are texts or token ids, never both, so their places are the same.
      embedding: { ...embedding, ...(tokens === undefined ? {} : { tokens: tokens.slice(from, to) }) },
      native: {
        ...native,
        body: { ...native.body, ...(Array.isArray(input) ? { input: input.slice(from, to) } : {}) },
      },
    }
  })
}

/** One answer of several. An error among them is the answer. */
export function put(answers: readonly (readonly Piece[])[]): Piece[] {
  const events = answers.map((pieces) => pieces.flatMap((piece) => piece.events))
  const failure = events.flat().find((event) => event.type === 'error')
  if (failure !== undefined) return [{ events: [failure] }]
  const start = events[0]?.find((event) => event.type === 'start')
  const vectors = events.flatMap((one) => {
    const own = one.flatMap((event) => (event.type === 'embedding' ? [event] : []))
    return own.toSorted((a, b) => a.index - b.index).map(({ vector }) => vector)
  })
  const usages = events.map((one) => one.find((event) => event.type === 'finish')?.usage)
  return [
    {
      events: answered(vectors, {
        ...(start === undefined ? {} : { id: start.id, model: start.model }),
        usage: sum(usages),
      }),
    },
  ]
}

/** Unknown as soon as one part is: a sum of some would be too little. */
function sum(usages: readonly (Usage | undefined)[]): Usage | undefined {
  if (usages.includes(undefined)) return undefined
  return { ...noUsage, input: usages.reduce((all, one) => all + (one?.input ?? 0), 0) }
}
