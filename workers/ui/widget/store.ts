// What this browser keeps: conversations, and which of them is open. Every tab of the site sees the same; each change reads
// what is there, so that two tabs cannot undo each other's.
import { begin, type Conversation } from './conversation.ts'
import { newId } from './id.ts'

export interface Store {
  read(id: string): Conversation | undefined
  /** Newest first, those among them of which the gateway has still to be told that they are erased. */
  list(): readonly Conversation[]
  current(): Conversation
  open(id: string): void
  fresh(): Conversation
  /** Returns what it is then. */
  update(id: string, change: (now: Conversation) => Conversation): Conversation
  remove(id: string): void
  /** False where the browser does not keep it. */
  isKept(): boolean
  /** Calls back when another tab has changed something. */
  watch(changed: (id: string) => void): () => void
}

/** So many conversations are kept; older ones go. */
const MOST = 30

export function openStore(space: string): Store {
  const prefix = `minnow:${space}:`
  const memory = new Map<string, string>() // what the browser had no room for
  let kept = true

  const get = (name: string): string | null => {
    const held = memory.get(name)
    if (held !== undefined) return held
    try {
      return localStorage.getItem(prefix + name)
    } catch {
      return null // the browser lets this page keep nothing
    }
  }
  const set = (name: string, value: string): void => {
    try {
      localStorage.setItem(prefix + name, value)
      memory.delete(name)
    } catch {
      kept = false
      memory.set(name, value)
    }
  }
  const drop = (name: string): void => {
    memory.delete(name)
    try {
      localStorage.removeItem(prefix + name)
    } catch {
      // then there was nothing either
    }
  }
  const json = <T>(name: string): T | undefined => {
    const text = get(name)
    if (text === null) return undefined
    try {
      return JSON.parse(text) as T // written below, or else dropped
    } catch {
      return drop(name) as undefined
    }
  }

  const ids = (): readonly string[] => json<string[]>('all') ?? []
  const read = (id: string): Conversation | undefined => json<Conversation>(`c:${id}`)
  const write = (conversation: Conversation): void => {
    const { id } = conversation
    set(`c:${id}`, JSON.stringify(conversation))
    const known = ids()
    if (known[0] === id) return
    const all = [id, ...known.filter((one) => one !== id)]
    for (const old of all.slice(MOST)) drop(`c:${old}`)
    set('all', JSON.stringify(all.slice(0, MOST)))
  }
  const fresh = (): Conversation => {
    const made = begin(newId(), Date.now())
    set('open', made.id)
    memory.set(`c:${made.id}`, JSON.stringify(made)) // kept once something was said
    return made
  }

  return {
    read,
    fresh,
    list: () => ids().flatMap((id) => read(id) ?? []),
    current() {
      const open = read(get('open') ?? '')
      return open === undefined || open.isErased === true ? fresh() : open
    },
    open: (id) => set('open', id),
    update(id, change) {
      const changed = change(read(id) ?? begin(id, Date.now()))
      write(changed)
      return changed
    },
    remove(id) {
      drop(`c:${id}`)
      set('all', JSON.stringify(ids().filter((one) => one !== id)))
    },
    isKept: () => kept,
    watch(changed) {
      const hear = ({ key }: StorageEvent): void => {
        if (key?.startsWith(`${prefix}c:`) === true) changed(key.slice(prefix.length + 2))
      }
      addEventListener('storage', hear)
      return () => removeEventListener('storage', hear)
    },
  }
}
