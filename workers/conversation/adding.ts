// Where a turn that has ended belongs, and what is written down of it: once, and behind the newest, unless it was told to
// stand elsewhere. Thinks over store.ts.
import type { Seal } from '../../shared/seal.ts'
import { keepAnchor } from './anchor.ts'
import { itemOf } from './item.ts'
import type { Place } from './joining.ts'
import type { Node } from './node.ts'
import { type ConversationStore, NO_INSTRUCTIONS, questionOf } from './store.ts'
import { gist, isInstruction, type Served, type StoredMessage } from './transcript.ts'

/** A message and what it counts. */
export interface Weighed {
  readonly message: StoredMessage
  readonly tokens: number
}

export interface Told {
  readonly id: string
  readonly at: number
  readonly place: Place
  /** What the client said, instructions included; nothing where a question is answered again. */
  readonly question: readonly Weighed[]
  readonly answer: Weighed
  /** The answer broke off; what there was of it is kept. */
  readonly cut: boolean
  readonly model: string
  readonly served?: Served
  /** The tokens are counted, and not estimated. */
  readonly isCounted?: boolean
}

type Ended = Pick<Told, 'answer' | 'cut' | 'model'> & { readonly served: Served | undefined }

/** False for a turn that is known already, or whose conversation was erased while it was answered. */
export function openAdding(store: ConversationStore, seal: Pick<Seal, 'marks'>): (told: Told) => boolean {
  /** A turn of which only a part was heard has come to its end after all. */
  const mend = (node: Node, { answer, cut, model, served }: Ended): boolean => {
    const part = node.items.length - 1
    store.writeMessage(node.position, part, answer.message)
    const [mark = ''] = seal.marks(gist([...questionOf(store, node), answer.message]))
    store.amend({
      ...node,
      cut,
      model,
      mark,
      served: served ?? null,
      isCounted: false,
      items: [...node.items.slice(0, part), itemOf(answer.message, answer.tokens)],
      pathTokens: node.pathTokens + answer.tokens - (node.items[part]?.tokens ?? 0),
    })
    return true
  }

  return ({ id, at, place, question, answer, cut, model, served, isCounted }) => {
    const known = store.find(id)
    if (known !== undefined) return known.cut && mend(known, { answer, cut, model, served })
    const base = place.base === null ? undefined : store.find(place.base)
    if (place.base !== null && base === undefined) return false // erased while it was answered
    const again = place.again === undefined ? undefined : store.find(place.again)
    if (place.again !== undefined && again === undefined) return false
    const parent = place.isFixed ? base : store.head()
    const position = store.nextPosition()
    const said = question.filter(({ message }) => !isInstruction(message))
    const asked = again === undefined ? said.map(({ message }) => message) : questionOf(store, again)
    const questionItems =
      again === undefined
        ? said.map(({ message, tokens }) => itemOf(message, tokens))
        : again.items.slice(0, -1)
    const items = [...questionItems, itemOf(answer.message, answer.tokens)]
    if (again === undefined)
      for (const [number, { message }] of said.entries()) store.writeMessage(position, number, message)
    store.writeMessage(position, items.length - 1, answer.message)
    const [mark = ''] = seal.marks(gist([...asked, answer.message]))
    store.put({
      position,
      id,
      parent: parent?.position ?? null,
      question: again?.question ?? position,
      depth: (parent?.depth ?? 0) + 1,
      said: (parent?.said ?? 0) + items.length,
      at,
      cut,
      model,
      served: served ?? null,
      items,
      isCounted: place.isCounted === true && isCounted === true,
      mark,
      pathTokens: (parent?.pathTokens ?? 0) + items.reduce((sum, { tokens }) => sum + tokens, 0),
      instructions: instruct(store, question, parent),
      summary: parent?.summary ?? null,
    })
    keepAnchor(store, place.anchor)
    return true
  }
}

/** The instructions that hold after a question: its leading ones in the place of the earlier, others beside them. */
function instruct(
  store: ConversationStore,
  question: readonly Weighed[],
  parent: Node | undefined,
): number | null {
  const earlier = parent?.instructions ?? null
  const own = question.filter(({ message }) => isInstruction(message))
  if (own.length === 0) return earlier
  const first = question.findIndex(({ message }) => !isInstruction(message))
  const leads = first !== 0
  const kept = leads ? NO_INSTRUCTIONS : (store.instructions(earlier) ?? NO_INSTRUCTIONS)
  return store.addInstructions({
    messages: [...kept.messages, ...own.map(({ message }) => message)],
    tokens: own.reduce((sum, { tokens }) => sum + tokens, kept.tokens),
  })
}
