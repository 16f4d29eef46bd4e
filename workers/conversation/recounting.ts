// Tokens of what was said are estimated when it is stored, at four bytes each, and counted once they could matter: digits,
// other scripts and random letters take more. What was counted is kept in place of the estimate. Thinks over store.ts.
import { MARKER_TOKENS } from '../../shared/context/item.ts'
import type { CountMessage } from './item.ts'
import type { Node } from './node.ts'
import type { ConversationStore } from './store.ts'

/** No tokenizer makes more tokens of a text than it has bytes: this is as wrong as an estimate can be. */
export const MOST_WRONG = 4

/**
 * Counts the turns up to `last` that can be sent. One that is counted already has been walked to before, and what is
 * behind it was counted then, as far as the room reached.
 */
export function recount(
  store: ConversationStore,
  last: Node | undefined,
  {
    room,
    continues,
    count,
  }: { readonly room: number; readonly continues: boolean; readonly count: CountMessage },
): void {
  const reached = Number(store.fact('counted') ?? 0)
  const walked: { readonly node: Node; readonly items: Node['items'] }[] = []
  let left = room
  let hasUser = !continues
  for (const node of store.path(last?.position ?? null)) {
    if (node.isCounted && room <= reached) break
    const items = node.isCounted ? node.items : countedItems(store, node, count)
    walked.push({ node, items })
    left -= items.reduce((sum, { speaker, tokens }) => sum + leanOf(speaker, tokens), 0)
    if (left < 0 && hasUser) break
    hasUser ||= items.some(({ speaker }) => speaker === 'user')
  }
  let more = 0
  for (const { node, items } of walked.toReversed()) {
    more += tokensOf(items) - tokensOf(node.items)
    if (!node.isCounted || more !== 0)
      store.recount({ ...node, items, isCounted: true, pathTokens: node.pathTokens + more })
  }
  if (walked.length > 0 && room > reached) store.setFact('counted', String(room))
}

const countedItems = (store: ConversationStore, node: Node, count: CountMessage): Node['items'] =>
  node.items.map((item, part) => ({ ...item, tokens: count(store.readMessage(node, part)) }))

/** What a long result takes once it is left out. */
const leanOf = (speaker: string, tokens: number): number =>
  speaker === 'result' ? Math.min(tokens, MARKER_TOKENS) : tokens

const tokensOf = (items: Node['items']): number => items.reduce((sum, { tokens }) => sum + tokens, 0)
