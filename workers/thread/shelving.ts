// What clients are shown of a thread, and have changed or erased: responses, the conversation, and items of both.
import type { Listed } from './keeper.ts'
import type { PageQuery } from './page.ts'
import type { Parts } from './parts.ts'
import type { StoredConversation } from './store.ts'

/** An item, and the response that it came with. */
export interface Wanted {
  readonly id: string
  readonly response: string
}

export interface Shelving {
  /** The events of a response after one, and those to come; undefined without the response, false without its events. */
  follow(id: string, afterEvent: number): Promise<ReadableStream<Uint8Array> | false | undefined>
  /** The Response; undefined where there is none. */
  read(id: string): Promise<string | undefined>
  inputItems(id: string, query: PageQuery): Promise<Listed>
  remove(id: string): Promise<boolean>
  /** Items by their ids; those that are not there are left out. */
  items(wanted: readonly Wanted[]): Promise<string>
  itemsHere(wanted: readonly Wanted[]): string
  putConversation(conversation: StoredConversation, items: string): Promise<void>
  conversation(id: string): StoredConversation | undefined
  removeConversation(id: string): Promise<boolean>
  listItems(conversationId: string, query: PageQuery): Listed
  addItems(conversationId: string, items: string): Promise<Listed>
  item(conversationId: string, itemId: string): string | undefined
  removeItem(conversationId: string, itemId: string): boolean
  note(itemIds: readonly string[], response: string): Promise<void>
  whereabouts(itemIds: readonly string[]): Promise<Record<string, string>>
}

export function openShelving(parts: Parts): Shelving {
  const { store, keeper, places, journal, late, loose, find, change, erase, schedule } = parts

  const addItems = async (conversationId: string, items: string): Promise<Listed> => {
    loose.write()
    const added = change(() => keeper.addItems(conversationId, items, Date.now()))
    await schedule()
    return added
  }

  const itemsHere = (wanted: readonly Wanted[]): string =>
    JSON.stringify(
      wanted.map(({ id, response }) => keeper.item(id, response)).filter((item) => item !== undefined),
    )

  return {
    async follow(id, afterEvent) {
      if ((await find(id)) === undefined) return undefined
      return journal.find(id, Date.now()) !== undefined && journal.follow(id, afterEvent)
    },
    read: async (id) => (await find(id)) && store.text(id, 'response'),
    async inputItems(id, query) {
      await find(id)
      return keeper.inputItems(id, query)
    },
    async remove(id) {
      if ((await find(id)) === undefined) return false
      await erase([id])
      return true
    },
    async items(wanted) {
      for (const { response } of wanted) await find(response)
      return itemsHere(wanted)
    },
    itemsHere,
    async putConversation(conversation, items) {
      store.putConversation(conversation, Date.now())
      await addItems(conversation.id, items)
    },
    conversation: (id) => (keeper.isConversation(id) ? store.conversation() : undefined),
    async removeConversation(id) {
      if (!keeper.isConversation(id)) return false
      change(() => {
        loose.leave()
        keeper.removeConversation()
      })
      await erase(store.all().flatMap((kept) => (kept.upto === null ? [] : [kept.id])))
      return true
    },
    listItems(conversationId, query) {
      loose.write() // whoever reads sees what could not be written till now
      return keeper.listItems(conversationId, query)
    },
    addItems,
    item(conversationId, itemId) {
      loose.write()
      const item = keeper.isConversation(conversationId) ? keeper.item(itemId) : undefined
      return item && JSON.stringify(item)
    },
    removeItem: (conversationId, itemId) =>
      keeper.isConversation(conversationId) && change(() => keeper.removeItem(itemId)),
    async note(itemIds, response) {
      places.note(itemIds, response, Date.now())
      late.wake()
      await schedule()
    },
    async whereabouts(itemIds) {
      const found: Record<string, string> = {}
      for (const id of itemIds) {
        const response = await late.wait(() => places.find(id))
        if (response === undefined) return found // one missing item is enough to refuse the question
        found[id] = response
      }
      return found
    },
  }
}
