// A conversation over a real SQLite and real seals, for tests of what it does with its turns.
import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { openSeals, type Seal } from '../../../../shared/seal.ts'
import { cipher } from '../../../../workers/cipher.ts'
import type { Told } from '../../../../workers/conversation/adding.ts'
import type { Asking, Recall } from '../../../../workers/conversation/joining.ts'
import { type Keeper, openKeeper } from '../../../../workers/conversation/keeper.ts'
import { roughly } from '../../../../workers/conversation/item.ts'
import { type ConversationStore, openStore, type Sql } from '../../../../workers/conversation/store.ts'
import type { StoredMessage } from '../../../../workers/conversation/transcript.ts'

export const NOON = Date.UTC(2026, 10, 28, 12)

export const user = (content: unknown): StoredMessage => ({ role: 'user', content })
export const assistant = (content: unknown): StoredMessage => ({ role: 'assistant', content })
export const system = (content: string): StoredMessage => ({ role: 'system', content })
export const calls = (...ids: string[]): StoredMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
})
export const result = (id: string, content = 'done'): StoredMessage => ({
  role: 'tool',
  tool_call_id: id,
  content,
})

/** As an object's SQLite; `refuse` makes statements fail that it says so of. */
export function openSql(refuse: (query: string) => boolean = () => false): Sql & {
  /** What was read and written since the last time this was asked. */
  readonly counts: () => { readonly rows: number; readonly bytes: number; readonly statements: number }
} {
  const database = new DatabaseSync(':memory:')
  let [rows, bytes, statements] = [0, 0, 0]
  return {
    counts() {
      const counted = { rows, bytes, statements }
      ;[rows, bytes, statements] = [0, 0, 0]
      return counted
    },
    exec(query, ...values) {
      if (refuse(query)) throw new Error('SQLITE_FULL: database or disk is full')
      statements += 1
      const bound = values.map((value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value))
      const found = database.prepare(query).all(...bound)
      return {
        toArray: () =>
          found.map((row) => {
            rows += 1
            return Object.fromEntries(
              Object.entries(row).map(([name, value]) => {
                bytes += value instanceof Uint8Array ? value.byteLength : String(value).length
                const read = value instanceof Uint8Array ? value.slice().buffer : value
                return [name, read as SqlStorageValue] // nothing here is beyond a double
              }),
            )
          }),
      }
    },
  }
}

export const keyOf = (name: string): string => `${name}:${randomBytes(32).toString('base64url')}`
const KEY = keyOf('k1')

export const sealOf = (keys = KEY, place = 'object-1'): Seal =>
  openSeals(keys, cipher).at('conversation', place)

export interface Talk {
  readonly store: ConversationStore
  readonly keeper: Keeper
  /** What the model is told; throws where the turn cannot go there. */
  ask(sent: readonly StoredMessage[], asking?: Partial<Asking>): Recall
  /** A whole turn; its id is told. */
  say(sent: readonly StoredMessage[], answer: StoredMessage, asking?: Partial<Asking>, cut?: boolean): string
}

export function openTalk(sql: Sql = openSql(), seal: Seal = sealOf()): Talk {
  const store = openStore(sql, seal)
  const keeper = openKeeper(store, seal)
  let turns = 0
  const ask: Talk['ask'] = (sent, asking = {}) => {
    const recalled = keeper.recall({
      sent,
      tokens: sent.map(roughly),
      goal: { kind: 'on' },
      room: null,
      ...asking,
    })
    if (!recalled.ok) throw new Error(recalled.why)
    return recalled.value
  }
  return {
    store,
    keeper,
    ask,
    say(sent, answer, asking, cut = false) {
      const { fresh, place } = ask(sent, asking)
      const id = `turn_${String((turns += 1)).padStart(24, '0')}`
      const weigh = (message: StoredMessage): Told['answer'] => ({ message, tokens: roughly(message) })
      keeper.remember({
        id,
        at: NOON + turns,
        place,
        question: fresh.map(weigh),
        answer: weigh(answer),
        cut,
        model: 'lab/big-1',
      })
      return id
    },
  }
}
