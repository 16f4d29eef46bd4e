// What is erased of a thread is gone wherever it stands: a response from the line of those that went on from it, an item
// from the responses that it came with, and both from what was summed up.
import { isFields, listOf } from '../../shared/fields.ts'
import { entriesOf, lineFor, saidEntries } from './measuring.ts'
import { responseIn } from './recalled.ts'
import { itemsIn, type ThreadStore } from './store.ts'

export interface Erasing {
  /** Nothing goes on from those behind them any more. */
  removeResponses(ids: readonly string[]): void
  removeConversation(): void
  /** False where there is no such item. */
  removeItem(itemId: string): boolean
}

/** Those that go on from each response. */
function childrenIn(store: Pick<ThreadStore, 'parents'>): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>()
  for (const [id, parent] of store.parents()) {
    const known = children.get(parent ?? '')
    if (parent !== null && known === undefined) children.set(parent, [id])
    else if (parent !== null) known?.push(id)
  }
  return children
}

export function openErasing(store: ThreadStore): Erasing {
  /** Those that go on from these, or from what goes on from them. */
  const behind = (ids: readonly string[], children = childrenIn(store)): string[] => {
    const found = ids.flatMap((id) => children.get(id) ?? [])
    for (let at = 0; at < found.length; at += 1) found.push(...(children.get(found[at] ?? '') ?? []))
    return found
  }

  /** An item is taken out of a response's texts; what is known of it is counted anew. */
  const strike = (id: string, itemId: string): void => {
    const [kept, line] = [store.find(id), store.line(id)]
    if (kept === undefined || line === undefined) return
    const input = itemsIn(store.text(id, 'input')).filter((item) => item['id'] !== itemId)
    const response = responseIn(store.text(id, 'response'))
    const output = listOf(response['output']).filter((item) => !isFields(item) || item['id'] !== itemId)
    store.putText(id, 'input', JSON.stringify(input))
    store.putText(id, 'response', JSON.stringify({ ...response, output }))
    const known = line.entries.filter((entry) => entry.id !== itemId)
    const isWhole = known.length === input.length + saidEntries({ ...response, output }).length
    const { parent, upto } = kept
    const { anchor, summary } = line.sent
    store.putLine(
      id,
      lineFor(store, {
        id,
        parent,
        upto,
        input: isWhole ? known.slice(0, input.length) : entriesOf(input),
        said: isWhole ? known.slice(input.length) : saidEntries({ ...response, output }),
        place: { anchor, summary },
      }),
    )
  }

  /** Lines that are shorter now, from the oldest on. */
  const measure = (ids: readonly string[]): void => {
    for (const id of ids) {
      const [kept, line] = [store.find(id), store.line(id)]
      if (kept === undefined || line === undefined) continue
      const { parent, upto } = kept
      const [input, said] = [line.entries.slice(0, line.inputs), line.entries.slice(line.inputs)]
      const measured = lineFor(store, {
        id,
        parent,
        upto,
        input,
        said,
        place: { anchor: null, summary: null },
      })
      store.putLine(id, measured)
    }
  }

  return {
    removeResponses(ids) {
      const children = childrenIn(store)
      for (const id of ids) {
        for (const one of behind([id], children)) if (store.gap(one) === undefined) store.putGap(one, id)
        store.remove(id)
      }
      if (ids.length > 0) store.forgetSummaries()
    },
    removeConversation() {
      store.removeConversation()
      store.forgetSummaries()
    },
    removeItem(itemId) {
      const positions = store.positionsOf(itemId)
      if (positions.length === 0) return false
      const oldest = positions[0] ?? 0
      const holds = (id: string): boolean =>
        store.line(id)?.entries.some((entry) => entry.id === itemId) === true
      // It came with one that was told less than it; those that were told it are shorter now.
      const made = store.all().filter(({ id, upto }) => upto !== null && (upto >= oldest || holds(id)))
      for (const position of positions.toReversed()) store.removeItem(position)
      const sent = store.sent()
      const gone = new Set(positions)
      const pins = sent.pins.filter(({ response, at }) => response !== null || !gone.has(at))
      store.putSent({ pins, summary: null, anchor: null })
      store.forgetSummaries()
      for (const { id } of made) if (holds(id)) strike(id, itemId)
      const ids = made.toSorted((a, b) => a.createdAt - b.createdAt).map(({ id }) => id)
      measure([...ids, ...behind(ids)])
      return true
    },
  }
}
