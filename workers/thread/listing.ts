// Items as clients list them, by their names: what stands on other pages is not opened.
import type { Ref } from './line.ts'
import type { PageQuery } from './page.ts'
import { pathFrom, startBefore } from './path.ts'
import type { ThreadStore } from './store.ts'

export interface Named {
  readonly id: string
  readonly ref: Ref
}

/** What a response was told: what came before and its own input, the newest first. */
export function* toldTo(store: ThreadStore, id: string): Generator<Named> {
  const line = store.line(id)
  for (let at = (line?.inputs ?? 0) - 1; at >= 0; at -= 1)
    yield { id: line?.entries[at]?.id ?? '', ref: { response: id, at } }
  // Where one before it was erased, what is left to show is its own.
  const before = store.gap(id) === undefined ? startBefore(store, id) : undefined
  if (before === undefined) return
  for (const { all } of pathFrom(store, before).turns())
    for (const { ref, entry } of all.toReversed()) yield { id: entry.id, ref }
}

export function* inConversation(store: ThreadStore, order: PageQuery['order']): Generator<Named> {
  const rows = order === 'desc' ? store.itemsDown(Number.MAX_SAFE_INTEGER) : store.itemsUp(0)
  for (const { position, entry } of rows) yield { id: entry.id, ref: { response: null, at: position } }
}
