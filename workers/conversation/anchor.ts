// From where on a conversation was sent the last time, as its storage has it.
import type { Anchor } from '../../shared/context/chooser.ts'
import type { ConversationStore } from './store.ts'

export function anchorIn(store: ConversationStore): Anchor | undefined {
  const kept = store.fact('anchor')
  return kept === undefined ? undefined : (JSON.parse(kept) as Anchor) // written below
}

export function keepAnchor(store: ConversationStore, anchor: Anchor | undefined): void {
  if (anchor === undefined) return
  const json = JSON.stringify(anchor)
  if (store.fact('anchor') !== json) store.setFact('anchor', json)
}
