// What answers of the Responses API leave elsewhere. It is written down under the name of the conversation and of the
// response, in objects of their own and as soon as they are asked for, so that erasing one takes along what is its.
import type { ModelRequest } from '../../shared/request.ts'
import { insist } from '../insist.ts'
import type { Cx } from '../service.ts'
import type { Trace } from '../traces.ts'
import { nameOf } from './ids.ts'
import type { ConversationObjects } from './recall.ts'

/** As no client can name a conversation. */
export const ownerOf = (keyId: string, kind: 'conv' | 'resp', id: string): string =>
  nameOf(keyId, `${kind === 'conv' ? 'conversation' : 'response'}/${id}`)

export function noteElsewhere(
  objects: Pick<ConversationObjects, 'forgo'>,
  { keyId, request, traces }: { keyId: string; request: ModelRequest; traces: readonly Trace[] },
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
    const leaving = { name, isListed: true, keepMs, sums: false, traces }
    cx.defer(insist(() => objects.forgo(name, cx.id, { wasHeard: false, leaving })))
  }
}
