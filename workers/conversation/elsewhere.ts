// What answers of the Responses API leave elsewhere. It is written down under the name of the conversation and of the
// response, in objects of their own and as soon as they are asked for, so that erasing one takes along what is its.
import type { ModelRequest } from '../../shared/request.ts'
import { insist } from '../insist.ts'
import type { Cx, Fate } from '../service.ts'
import type { Trace } from '../traces.ts'
import { nameOf } from './ids.ts'
import type { Asked, ConversationObjects } from './recall.ts'
import type { Leaving } from './spoken.ts'

/** As no client can name a conversation. */
export const ownerOf = (keyId: string, kind: 'conv' | 'resp', id: string): string =>
  nameOf(keyId, `${kind === 'conv' ? 'conversation' : 'response'}/${id}`)

export interface Left {
  readonly keyId: string
  readonly request: ModelRequest
  readonly traces: readonly Trace[]
}

export function noteElsewhere(
  objects: Pick<ConversationObjects, 'forgo'>,
  { keyId, request, traces }: Left,
  cx: Cx,
): void {
  const { id, conversationId, store } = request.response ?? {}
  if (traces.length === 0) return
  const owners = [
    ...(conversationId === undefined ? [] : [ownerOf(keyId, 'conv', conversationId)]),
    ...(id === undefined || store !== true ? [] : [ownerOf(keyId, 'resp', id)]),
  ]
  const keepMs = Math.max(0, ...traces.map(({ until }) => until)) - cx.now()
  for (const name of owners) {
    const leaving = leavingAt(name, traces, keepMs)
    cx.defer(insist(() => objects.forgo(name, cx.id, { wasHeard: false, leaving })))
  }
}

/** A conversation that is erased while a response is answered in it takes along what that leaves after its erasing. */
export function openFollowing(
  { objects, fate }: { objects: Pick<ConversationObjects, 'forgo'>; fate: Promise<Fate> },
  { keyId, request, traces }: Left,
  cx: Cx,
): Pick<Asked, 'kept' | 'close'> {
  const { conversationId } = request.response ?? {}
  return {
    kept: fate,
    async close() {
      if (conversationId === undefined || traces.length === 0 || (await fate) !== 'erased') return
      const leaving = leavingAt(ownerOf(keyId, 'conv', conversationId), traces, 0)
      await insist(() => objects.forgo(leaving.name, cx.id, { wasHeard: false, leaving, isErased: true }))
    },
  }
}

const leavingAt = (name: string, traces: readonly Trace[], keepMs: number): Leaving => ({
  name,
  isListed: true,
  keepMs,
  sums: false,
  traces,
})
