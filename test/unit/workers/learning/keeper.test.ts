// A learner's books: news once though it comes twice, opinions that replace each other, bounds, and a restart at any time.
import { describe, expect, it } from 'vitest'
import { openKeeper } from '../../../../workers/learning/keeper.ts'
import { openLearner, readLearned } from '../../../../workers/routing/learner.ts'
import { asked, NOON, openSql, shadowOf, storeOf } from './mind.ts'

const sums = (id: number): string =>
  `What is ${id} times ${id + 7}, and how many is that divided by ${id + 1}?`
const talks = (id: number): string => `Say hello to my friend number ${id}, please, in a kind voice.`
/** Sums are beyond the small model, talk is not. */
const taught = (count: number) =>
  Array.from({ length: count }, (_, id) =>
    id % 2 === 0 ? shadowOf(`s${id}`, sums(id), 0, 1) : shadowOf(`s${id}`, talks(id), 1, 1),
  )

describe('news', () => {
  it('is learned once, though it comes twice', () => {
    const keeper = openKeeper(storeOf(), openLearner)
    const news = { asked: [asked('r1')], labels: [shadowOf('r1', 'Hello', 1, 1)] }
    expect(keeper.take(news, NOON)).toBe(true)
    expect(keeper.take(news, NOON)).toBe(false)
    expect(keeper.known()).toMatchObject({ sources: { shadow: 1 }, standing: { labels: 1 } })
    expect(keeper.learnt(undefined).version).toBe(1)
    expect(keeper.learnt(1)).toEqual({ version: 1 })
  })

  it('is given out as a snapshot to those only who have an older one', () => {
    const keeper = openKeeper(storeOf(), openLearner)
    keeper.take({ asked: [], labels: taught(3) }, NOON)
    const { version, snapshot } = keeper.learnt(undefined)
    expect(snapshot && readLearned(snapshot).standing.labels).toBe(3)
    expect(keeper.learnt(version)).toEqual({ version })
    expect(keeper.learnt(version - 1).snapshot).toBeDefined()
  })

  it('is read by isolates as the learner itself stands, and says why it is off', () => {
    const keeper = openKeeper(storeOf(), openLearner)
    keeper.take({ asked: [], labels: taught(20) }, NOON)
    const { standing, snapshot } = keeper.known()
    const learned = readLearned(snapshot)
    expect(learned.standing).toEqual(standing)
    expect(standing).toMatchObject({ labels: 20, isOn: false })
    expect(standing.reason).toMatch(/\w/)
    expect(learned.gainOf(asked('x', sums(901)).sketch)).toBeUndefined()
  })
})

describe('an opinion', () => {
  it('holds what was told of the request and of the answer, and what was expected of them', () => {
    const store = storeOf()
    const keeper = openKeeper(store, openLearner)
    const told = { prior: 0.3, look: { sketch: 'a look', prior: 0.6 } }
    keeper.take({ asked: [{ ...asked('r1'), ...told }], labels: [] }, NOON)
    keeper.feedback('r1', 1, NOON)
    const [label] = store.lotsAfter(0).flatMap(({ named }) => named.map((one) => one.label))
    const { sketch } = asked('r1')
    expect(label).toEqual({ sketch, ...told, weak: 1, source: 'feedback', at: NOON })
  })

  it('is a label of the tier that answered, from 0 to 1', () => {
    const store = storeOf()
    const keeper = openKeeper(store, openLearner)
    keeper.take({ asked: [asked('r1'), asked('r2', 'Hi', 'frontier')], labels: [] }, NOON)
    expect(keeper.feedback('r1', -1, NOON)).toBe(true)
    expect(keeper.feedback('r2', 0.5, NOON)).toBe(true)
    const [first, second] = store.lotsAfter(0).flatMap(({ named }) => named)
    expect(first).toMatchObject({ id: 'feedback/r1', label: { weak: 0, source: 'feedback', at: NOON } })
    expect(first?.label).not.toHaveProperty('strong')
    expect(second).toMatchObject({ id: 'feedback/r2', label: { strong: 0.75 } })
  })

  it('replaces the one before it: nothing of that is left', () => {
    const keeper = openKeeper(storeOf(), openLearner)
    const plain = openKeeper(storeOf(), openLearner)
    const news = { asked: [asked('r1')], labels: taught(5) }
    for (const one of [keeper, plain]) one.take(news, NOON)
    keeper.feedback('r1', -1, NOON)
    const before = keeper.learnt(undefined).version
    keeper.feedback('r1', 1, NOON)
    plain.feedback('r1', 1, NOON)
    expect(keeper.known().snapshot).toEqual(plain.known().snapshot)
    expect(keeper.learnt(before).snapshot).toBeDefined()
    expect(keeper.known().sources).toEqual({ shadow: 5, feedback: 1 })
  })

  it('of a request that nobody knows is refused', () => {
    const keeper = openKeeper(storeOf(), openLearner)
    expect(keeper.feedback('r1', 1, NOON)).toBe(false)
    expect(keeper.known().standing.labels).toBe(0)
  })
})

describe('requests', () => {
  it('are kept in bounds, the newest ones', () => {
    const store = storeOf()
    const keeper = openKeeper(store, openLearner, { asked: 10, labels: 100 })
    for (let id = 0; id < 30; id += 1) keeper.take({ asked: [asked(`r${id}`)], labels: [] }, NOON)
    expect(store.batches()).toHaveLength(10)
    expect(keeper.feedback('r19', 1, NOON)).toBe(false)
    expect(keeper.feedback('r20', 1, NOON)).toBe(true)
  })

  it('are kept for a week', () => {
    const keeper = openKeeper(storeOf(), openLearner)
    keeper.take({ asked: [asked('old')], labels: [] }, NOON)
    const weekLater = NOON + 7 * 24 * 3_600_000 + 1
    keeper.take({ asked: [asked('new')], labels: [] }, weekLater)
    expect(keeper.feedback('old', 1, weekLater)).toBe(false)
    expect(keeper.feedback('new', 1, weekLater)).toBe(true)
  })
})

describe('after a restart', () => {
  it.each([0, 1, 99, 100, 101, 230])('with %i labels, everything is as before', (count) => {
    const sql = openSql()
    const before = openKeeper(storeOf(sql), openLearner)
    before.take({ asked: [asked('r1')], labels: taught(count) }, NOON)
    const after = openKeeper(storeOf(sql), openLearner)
    expect(after.known()).toEqual(before.known())
    expect(after.learnt(undefined).version).toBe(before.learnt(undefined).version)
    expect(after.feedback('r1', 1, NOON)).toBe(true)
    expect(after.known().sources['feedback']).toBe(1)
  })

  it('an opinion that was replaced stays replaced', () => {
    const sql = openSql()
    const before = openKeeper(storeOf(sql), openLearner)
    before.take({ asked: [asked('r1')], labels: taught(120) }, NOON)
    before.feedback('r1', -1, NOON)
    before.feedback('r1', 1, NOON)
    expect(openKeeper(storeOf(sql), openLearner).known()).toEqual(before.known())
  })

  it('labels stay within their bound, the newest ones, whatever was said twice', () => {
    const sql = openSql()
    const store = storeOf(sql)
    const limits = { asked: 10, labels: 150 }
    const keeper = openKeeper(store, openLearner, limits)
    for (const named of taught(400)) keeper.take({ asked: [], labels: [named] }, NOON)
    for (const named of taught(10))
      keeper.take({ asked: [], labels: [{ ...named, id: 'shadow/same' }] }, NOON)
    const kept = store.lotsAfter(0).flatMap(({ named }) => named)
    expect(kept).toHaveLength(150)
    expect(kept[0]?.id).toBe('shadow/s260')
    expect(keeper.known().sources).toEqual({ shadow: 141 })
    expect(openKeeper(storeOf(sql), openLearner, limits).known()).toEqual(keeper.known())
  })

  it('a snapshot survives in pieces', () => {
    const store = storeOf()
    const bytes = new Uint8Array(2_500_000).map((_, at) => at % 251)
    store.writeSnapshot(400, bytes)
    expect(store.readSnapshot()).toEqual({ seq: 400, bytes })
  })
})
