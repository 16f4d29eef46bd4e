// What a thread makes of a response that it is told to keep more than once, because the word that it was kept got lost.
import { describe, expect, it } from 'vitest'
import type { Fields } from '../../../../shared/fields.ts'
import { interrupted } from '../../../../workers/thread/closing.ts'
import { type Keeping, openKeeper } from '../../../../workers/thread/keeper.ts'
import { openStore, type ThreadStore } from '../../../../workers/thread/store.ts'
import { openSql, sealOf } from '../conversation/talk.ts'

const CONVERSATION = 'conv_1'

const message = (id: string, role: string, text: string): Fields => ({
  type: 'message',
  id,
  role,
  status: 'completed',
  content: [{ type: 'output_text', text }],
})

const keepingOf = (turn: number, stored: boolean): Keeping => ({
  id: `resp_${turn}`,
  parent: null,
  upto: 0,
  conversationId: CONVERSATION,
  createdAt: turn,
  input: JSON.stringify([message(`q${turn}`, 'user', 'Hello')]),
  response: JSON.stringify({
    id: `resp_${turn}`,
    status: 'completed',
    output: [message(`a${turn}`, 'assistant', 'Hi')],
  }),
  stored,
})

function open(): ThreadStore {
  const store = openStore(openSql() as unknown as SqlStorage, sealOf()) // of which it uses `exec` alone
  store.putConversation({ id: CONVERSATION, createdAt: 0, metadata: '{}' }, 0)
  return store
}

const idsOf = (store: ThreadStore): unknown[] => store.items().map(({ id }) => id)

describe('a response that was taken for one that a crash had cut off', () => {
  const halfOf = (keeping: Keeping): Keeping => {
    const response = JSON.parse(keeping.response) as Fields
    const half = message('a1', 'assistant', 'H')
    const output = [{ ...half, status: 'in_progress' }]
    return { ...keeping, response: JSON.stringify(interrupted({ ...response, output })) }
  }

  it.each([true, false])('is whole in its place once it is told; stored by itself: %s', (stored) => {
    const store = open()
    const keeper = openKeeper(store, () => 30 * 86_400_000)
    const whole = keepingOf(1, stored)
    const [item, call] = [
      message('a1', 'assistant', 'Hi there'),
      { type: 'function_call', id: 'c1', call_id: 'c' },
    ]
    const response = { ...(JSON.parse(whole.response) as Fields), output: [item, call] }
    keeper.keep(halfOf(whole), 0)
    const length = (): number => store.lastItem()?.pathTokens ?? 0
    expect(store.items().map(({ status }) => status)).toEqual(['completed', 'incomplete'])
    keeper.keep(keepingOf(2, stored), 0)
    const before = length()
    for (let times = 0; times < 2; times += 1)
      keeper.keep({ ...whole, response: JSON.stringify(response) }, 0)
    expect(idsOf(store)).toEqual(['q1', 'a1', 'q2', 'a2', 'c1'])
    expect(store.items()[1]).toEqual(item)
    expect(length()).toBeGreaterThan(before)
    if (stored) expect(keeper.response('resp_1')).toEqual(response)
    if (stored) expect(store.find('resp_1')?.status).toBe('completed')
  })

  it('stays whole where what was heard of it is told after its end', () => {
    const store = open()
    const keeper = openKeeper(store, () => 30 * 86_400_000)
    for (const stored of [true, false]) {
      keeper.keep(keepingOf(1, stored), 0)
      keeper.keep(halfOf(keepingOf(1, stored)), 0)
    }
    expect(store.items().map(({ status }) => status)).toEqual(['completed', 'completed'])
    expect(keeper.response('resp_1')['status']).toBe('completed')
  })
})

describe('a response that is kept twice', () => {
  it.each([true, false])('joins its conversation once; stored by itself: %s', (stored) => {
    const store = open()
    const keeper = openKeeper(store, () => 30 * 86_400_000)
    keeper.keep(keepingOf(1, stored), 0)
    keeper.keep(keepingOf(2, stored), 0)
    keeper.keep(keepingOf(1, stored), 0)
    expect(idsOf(store)).toEqual(['q1', 'a1', 'q2', 'a2'])
    expect(store.all().map(({ id }) => id)).toEqual(stored ? ['resp_1', 'resp_2'] : [])
  })

  it('is another one where a server names all its answers alike', () => {
    const store = open()
    const keeper = openKeeper(store, () => 30 * 86_400_000)
    for (const turn of [1, 2]) {
      const keeping = keepingOf(turn, true)
      keeper.keep({ ...keeping, response: keeping.response.replace(`"a${turn}"`, '"answer"') }, 0)
    }
    expect(idsOf(store)).toEqual(['q1', 'answer', 'q2', 'answer'])
  })

  it('is looked for among the last items only, however long the conversation is', () => {
    const sql = openSql()
    const store = openStore(sql as unknown as SqlStorage, sealOf())
    store.putConversation({ id: CONVERSATION, createdAt: 0, metadata: '{}' }, 0)
    const keeper = openKeeper(store, () => 30 * 86_400_000)
    const read = (): number => {
      sql.counts()
      keeper.keep(keepingOf(1_000, false), 0)
      return sql.counts().rows
    }
    for (let turn = 1; turn <= 10; turn += 1) keeper.keep(keepingOf(turn, false), 0)
    const short = read()
    for (let turn = 11; turn <= 200; turn += 1) keeper.keep(keepingOf(turn, false), 0)
    expect(store.hasLately('a1')).toBe(false)
    expect(store.hasLately('a200')).toBe(true)
    expect(read()).toBe(short)
  })
})
