// A thread over a real SQLite and real seals, for tests of what it tells of its responses and of its conversation.
import type { Fields } from '../../../../shared/fields.ts'
import { entriesOf } from '../../../../workers/thread/measuring.ts'
import { type Limit } from '../../../../workers/thread/fitting.ts'
import { type Keeper, openKeeper } from '../../../../workers/thread/keeper.ts'
import type { Recall } from '../../../../workers/thread/recalled.ts'
import { openStore, type ThreadStore } from '../../../../workers/thread/store.ts'
import type { Sql } from '../../../../workers/thread/tables.ts'
import { NOON, openSql, sealOf } from '../conversation/talk.ts'

export const CONVERSATION = 'conv_1'
export const DAY_MS = 86_400_000
export const ALL: Limit = { room: Number.MAX_SAFE_INTEGER, drops: false, dropsOwn: false }
export const within = (room: number): Limit => ({ room, drops: true, dropsOwn: false })

export const message = (id: string, role: string, text: string): Fields => ({
  type: 'message',
  id,
  role,
  status: 'completed',
  content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
})

export const textOf = (item: Fields): string => {
  const { content, output } = item as { content?: { text: string }[]; output?: string; name?: string }
  return content?.map(({ text }) => text).join('') ?? output ?? String(item['name'])
}

export interface Saying {
  readonly previousId?: string
  readonly conversation?: boolean
  readonly input: readonly Fields[]
  readonly output: readonly Fields[]
  readonly limit?: Limit
  readonly stored?: boolean
  readonly status?: string
}

export interface Lines {
  readonly store: ThreadStore
  readonly keeper: Keeper
  /** What the model is told of what came before; throws the reason where it cannot go there. */
  ask(where: {
    readonly previousId?: string
    readonly own?: readonly Fields[]
    readonly limit?: Limit
  }): Recall
  told(where: Parameters<Lines['ask']>[0]): string[]
  /** A whole turn, named so. */
  say(id: string, saying: Saying): Recall
}

export function openLines(sql: Sql = openSql(), seal = sealOf()): Lines {
  const store = openStore(sql, seal)
  const keeper = openKeeper(store, () => 30 * DAY_MS)
  let turns = 0
  const ask: Lines['ask'] = ({ previousId, own = [], limit = ALL }) => {
    const where = previousId === undefined ? { conversationId: CONVERSATION } : { previousId }
    const recalled = keeper.recall({ id: 'resp_new', ...where, own: entriesOf(own), limit })
    if (!recalled.ok) throw new Error(recalled.why === 'missing' ? `missing ${recalled.id}` : recalled.why)
    return recalled.value
  }
  return {
    store,
    keeper,
    ask,
    told: (where) => (JSON.parse(ask(where).items) as Fields[]).map(textOf),
    say(id, { previousId, conversation = false, input, output, limit, stored = true, status = 'completed' }) {
      const goesOn = previousId !== undefined || conversation
      const empty = { items: '[]', upto: null, own: [], place: { anchor: null, summary: null } }
      const nothing = {
        ...empty,
        context: { left: { turns: 0, tokens: 0, results: 0 }, summary: false, tokens: 0 },
      }
      const where = { own: input, ...(limit === undefined ? {} : { limit }) }
      const recalled = goesOn ? ask(previousId === undefined ? where : { ...where, previousId }) : nothing
      keeper.keep(
        {
          id,
          parent: previousId ?? null,
          upto: recalled.upto,
          conversationId: conversation ? CONVERSATION : null,
          createdAt: NOON + (turns += 1),
          input: JSON.stringify(input),
          response: JSON.stringify({ id, status, output }),
          stored,
          place: recalled.place,
        },
        NOON + turns,
      )
      return recalled
    },
  }
}

export function openConversation(sql?: Sql): Lines {
  const lines = openLines(sql)
  lines.store.putConversation({ id: CONVERSATION, createdAt: NOON, metadata: '{}' }, NOON)
  return lines
}
