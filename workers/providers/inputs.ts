// Calls a provider as often as it takes to embed all inputs of a request: one attempt, all or nothing.
import { cut, put } from '../../shared/dialects/embeddings/parts.ts'
import type { Piece } from '../../shared/event.ts'
import { Failed, failureOf } from '../../shared/failure.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Answer, Cx, Service } from '../service.ts'

/** A request on Cloudflare may wait for the heads of six connections at once; others need some too. */
const AT_ONCE = 4

interface Call {
  readonly request: ModelRequest
  readonly onHead?: (headMs: number, status: number) => void
}

/** `most` says how many inputs a call may have; undefined for any number. */
export const inParts =
  <In extends Call>(one: Service<In, Answer>, most: (call: In) => number | undefined): Service<In, Answer> =>
  async (call, cx) => {
    const parts = cut(call.request, most(call) ?? Number.POSITIVE_INFINITY)
    if (parts.length === 1) return one(call, cx)
    const stop = new AbortController()
    const inside: Cx = { ...cx, signal: AbortSignal.any([cx.signal, stop.signal]) }
    const { onHead, ...rest } = call
    const answers: Piece[][] = []
    let first: Answer | undefined
    let next = 0
    const work = async (): Promise<void> => {
      for (let part = next++; part < parts.length; part = next++) {
        if (inside.signal.aborted) throw new Failed(failureOf(inside.signal.reason))
        const request = parts[part] ?? call.request
        const listen = part === 0 && onHead !== undefined ? { onHead } : {}
        const answer = await one({ ...(rest as In), request, ...listen }, inside) // the same call but for what is named here
        if (part === 0) first = answer
        answers[part] = await read(answer)
      }
    }
    try {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, parts.length) }, work))
    } catch (error) {
      stop.abort(new Failed({ kind: 'cancelled' })) // nobody wants the other parts any more
      throw error
    }
    if (first === undefined)
      throw new Failed({ kind: 'internal', message: 'no part of an embedding was asked' })
    return { ...first, batches: once(put(answers)) }
  }

async function read({ batches }: Answer): Promise<Piece[]> {
  const pieces: Piece[] = []
  for await (const batch of batches) pieces.push(...batch)
  for (const event of pieces.flatMap((piece) => piece.events))
    if (event.type === 'error') throw new Failed(event.failure)
  return pieces.map(({ events }) => ({ events })) // what came with them is as large again
}

async function* once(batch: readonly Piece[]): AsyncGenerator<readonly Piece[], void, undefined> {
  yield batch
}
