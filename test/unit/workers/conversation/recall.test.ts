// A turn's way in and out when storage fails: what was answered is stored after all, and whoever waits is let in.
import { describe, expect, it, vi } from 'vitest'
import type { Ending } from '../../../../shared/plan.ts'
import { noUsage } from '../../../../shared/usage.ts'
import { type ConversationObjects, openConversations } from '../../../../workers/conversation/recall.ts'
import type { Caller, Cx } from '../../../../workers/service.ts'
import { requestFor } from '../../samples.ts'
import { openSql, openTalk, type Talk, user } from './talk.ts'

const caller: Caller = { keyId: 'key_1', name: 'test', budgets: [] }
const cx: Cx = {
  id: 'r1',
  signal: new AbortController().signal,
  now: () => Date.now(),
  defer: () => undefined,
}

const ending: Ending = {
  end: 'finish',
  usage: noUsage,
  usageSource: 'none',
  costMicros: 0,
  text: 'answer',
  reasoning: [],
  toolCalls: [],
}

/** One conversation's object: its thinking is the real one, over a storage that fails as it is told. */
function objectOf(talk: Talk, listing: () => Promise<void> = () => Promise.resolve()) {
  const left: string[] = []
  const listed: boolean[] = []
  const aside: string[] = []
  const objects: ConversationObjects = {
    recall: (_, __, asking) => {
      const recalled = talk.keeper.recall(asking)
      return Promise.resolve(
        recalled.ok ? { ...recalled, isListed: talk.store.head() !== undefined } : recalled,
      )
    },
    remember: async (_, told, leaving) => {
      talk.keeper.remember(told)
      listed.push(leaving.isListed)
      left.push(told.id)
      return { isErased: false }
    },
    hear: () => Promise.resolve(),
    stepAside: (_, id) => Promise.resolve(void aside.push(id)),
    forgo: (_, id) => Promise.resolve(void left.push(id)),
    summarised: () => Promise.resolve(),
    list: listing,
  }
  return { objects, left, listed, aside }
}

const openWith = (objects: ConversationObjects) =>
  openConversations({
    objects,
    termsOf: () => Promise.resolve({ windowTokens: 10_000, keepMs: 1_000 }),
    tokenizer: () => Promise.resolve((text: string) => Math.ceil(text.length / 4)),
    summarise: () => Promise.resolve(undefined),
    wordsMs: 1_000,
    check: () => undefined,
  })

const request = { ...requestFor('Hello'), conversation: 'key_1/talk' }

describe('a turn whose storage fails', () => {
  it('is written by another try, once', async () => {
    let failures = 2
    const talk = openTalk(openSql((query) => query.startsWith('INSERT INTO tree') && (failures -= 1) >= 0))
    const { objects, left } = objectOf(talk)
    const asked = await openWith(objects)({ caller, request }, cx)
    await asked.close(ending)
    expect(left).toHaveLength(1)
    expect(talk.ask([user('more')]).messages.map(({ content }) => content)).toEqual([
      'Hello',
      'answer',
      'more',
    ])
  })

  it('for good holds up its client for five seconds, the next turn for fifteen, and tells the operator', async () => {
    vi.useFakeTimers({ now: 0 })
    const talk = openTalk(openSql((query) => query.startsWith('INSERT INTO tree')))
    const { objects, left, aside } = objectOf(talk)
    const asked = await openWith(objects)({ caller, request }, cx)
    const told = asked.kept.then((kept) => [kept, Date.now()])
    const closed = expect(asked.close(ending)).rejects.toThrow('SQLITE_FULL')
    await vi.advanceTimersByTimeAsync(14_900)
    expect([await told, left, aside]).toEqual([['late', 5_000], [], []])
    await vi.advanceTimersByTimeAsync(200)
    expect([left.length, aside.length]).toEqual([0, 1])
    await vi.advanceTimersByTimeAsync(60_000)
    await closed
    expect(left).toHaveLength(1)
    vi.useRealTimers()
  })

  it('of its list is told to the list again by the next turn', async () => {
    let failures = 1
    const talk = openTalk()
    const { objects, listed } = objectOf(talk, () =>
      (failures -= 1) >= 0 ? Promise.reject(new Error('down')) : Promise.resolve(),
    )
    const enter = openWith({
      ...objects,
      recall: async (...given) => ({ ...(await objects.recall(...given)), isListed: listed.includes(true) }),
    })
    for (const _ of [1, 2, 3]) await (await enter({ caller, request }, cx)).close(ending)
    expect(listed).toEqual([false, true, true])
  })

  it('before it is asked is refused as something to try again', async () => {
    const { objects } = objectOf(openTalk())
    const down = { ...objects, recall: () => Promise.reject(new Error('disk')) }
    await expect(openWith(down)({ caller, request }, cx)).rejects.toMatchObject({
      failure: { kind: 'unavailable' },
    })
  })
})

describe('a turn of which nothing came', () => {
  it('is not stored', async () => {
    const talk = openTalk()
    const { objects, left } = objectOf(talk)
    const enter = openWith(objects)
    await (await enter({ caller, request }, cx)).close(undefined)
    await (await enter({ caller, request }, cx)).close({ ...ending, text: '', end: 'error' })
    expect([left.length, talk.store.head()]).toEqual([2, undefined])
  })
})
