// Items that a question only names, found where they are kept.
import { isReference } from '../../shared/dialects/openai-responses/items.ts'
import { Failed } from '../../shared/failure.ts'
import type { Fields } from '../../shared/fields.ts'
import { responseOf, threadOf } from './ids.ts'
import { PLACES } from './places.ts'
import { reached } from './reached.ts'
import { itemsIn } from './store.ts'
import type { Thread, Threads } from './threads.ts'

export interface Where {
  readonly threads: Threads
  readonly keyId: string
  /** What the question goes on from. */
  readonly ownThread: (() => Thread) | undefined
}

/** A question that names more answers than this by their items is not looked up in all of them. */
const MOST_THREADS = 64

/** The input with the items themselves where it only names them. */
export async function resolve(
  { threads, keyId, ownThread }: Where,
  input: readonly Fields[],
  history: readonly Fields[],
): Promise<readonly Fields[]> {
  const known = new Map(history.map((item) => [item['id'], item]))
  const named = input.filter(isReference).map(({ id }) => String(id))
  const untold = named.filter((id) => !known.has(id))
  // What the model is not told of its own conversation any more may be named all the same.
  if (ownThread !== undefined && untold.length > 0) {
    const wished = untold.map((id) => ({ id, response: responseOf(id) ?? '' }))
    for (const item of itemsIn(await reached(ownThread().itemsHere(wished)))) known.set(item['id'], item)
  }
  const ids = untold.filter((id) => !known.has(id))
  const elsewhere = ids.filter((id) => responseOf(id) === undefined)
  const noted = elsewhere.length === 0 ? {} : await reached(threads(keyId, PLACES).whereabouts(elsewhere))
  const wanted = new Map<string, { id: string; response: string }[]>()
  for (const id of ids) {
    const response = responseOf(id) ?? noted[id] ?? ''
    const thread = threadOf(response, 'resp')
    if (thread === undefined) throw noItem(id)
    wanted.set(thread, [...(wanted.get(thread) ?? []), { id, response }])
  }
  if (wanted.size > MOST_THREADS) {
    const message = `Invalid 'input': its references lead to ${wanted.size} conversations, at most ${MOST_THREADS} are looked up.`
    throw new Failed({ kind: 'invalid-request', message, param: 'input' })
  }
  const found = await Promise.all(
    [...wanted].map(([name, items]) => reached(threads(keyId, name).items(items))),
  )
  for (const item of found.flatMap(itemsIn)) known.set(item['id'], item)
  return input.map((item) => {
    if (!isReference(item)) return item
    const referred = known.get(item['id'])
    if (referred === undefined) throw noItem(String(item['id']))
    return referred
  })
}

const noItem = (id: string): Failed =>
  new Failed({ kind: 'not-found', message: `Item with id '${id}' not found.`, param: 'input' })
