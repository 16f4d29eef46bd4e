// An isolate and its learners: never waited for, told in batches, asked for news of their own now and then, lost without loss.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDesk } from '../../../../workers/learning/desk.ts'
import { HOUSE, type Learnt, type News, type Place } from '../../../../workers/learning/label.ts'
import { lessonFor } from '../../../../workers/learning/learning.ts'
import { callerWith, cxAt } from '../../samples.ts'
import { asked } from './mind.ts'

const PLACE: Place = { route: 'auto', tenant: 'key_1' }

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

interface Call {
  readonly place: Place
  readonly news: News
  readonly have: number | undefined | null
}

const setup = () => {
  const calls: Call[] = []
  const warnings: string[] = []
  let answer: (call: Call) => Promise<Learnt> = async ({ have }) =>
    have === null ? { version: -1 } : { version: 7, snapshot: new Uint8Array([7]) }
  const desk = openDesk({
    learners: {
      exchange: (place, news, have) => {
        const call = { place, news: structuredClone(news), have }
        calls.push(call)
        return answer(call)
      },
      feedback: () => Promise.resolve(true),
    },
    read: ([first]) => first,
    warn: (message) => void warnings.push(message),
  })
  return {
    desk,
    calls,
    warnings,
    cx: cxAt(() => Date.now()),
    answers: (next: typeof answer) => void (answer = next),
  }
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('what is known', () => {
  it('is nothing at first, and what the learner says from the first news on', async () => {
    const { desk, calls, cx } = setup()
    expect(desk.known(PLACE)).toBeUndefined()
    expect(calls).toHaveLength(0)
    desk.tell(PLACE, { asked: [asked('r1')] }, cx)
    expect(desk.known(PLACE)).toBeUndefined()
    await pass(0)
    expect(desk.known(PLACE)).toBe(7)
    expect(calls).toMatchObject([
      { place: PLACE, have: undefined, news: { asked: [{ id: 'r1' }], labels: [] } },
    ])
  })

  it('is renewed once a minute, with the version that is known', async () => {
    const { desk, calls, cx } = setup()
    for (let second = 0; second < 130; second += 1) {
      desk.tell(PLACE, { asked: [asked(`r${second}`)] }, cx)
      await pass(1_000)
    }
    await pass(5_000)
    expect(calls.filter(({ have }) => have !== null).map(({ have }) => have)).toEqual([undefined, 7, 7])
    expect(calls.length).toBeLessThan(80)
    expect(calls.flatMap(({ news }) => news.asked)).toHaveLength(130)
  })

  it('is the house’s where the tenant’s own is of no use', () => {
    const known = new Map<string, { standing: { isOn: boolean }; whose: string }>()
    const desk = { known: ({ tenant }: Place) => known.get(tenant) }
    const caller = callerWith({ keyId: 'key_1' })
    expect(lessonFor(desk, 'auto', caller)).toBeUndefined()
    known.set(HOUSE, { standing: { isOn: true }, whose: HOUSE })
    expect(lessonFor(desk, 'auto', caller)?.whose).toBe(HOUSE)
    known.set('key_1', { standing: { isOn: false }, whose: 'key_1' })
    expect(lessonFor(desk, 'auto', caller)?.whose).toBe(HOUSE)
    known.set('key_1', { standing: { isOn: true }, whose: 'key_1' })
    expect(lessonFor(desk, 'auto', caller)?.whose).toBe('key_1')
    known.set('project_1', { standing: { isOn: true }, whose: 'project_1' })
    const member = callerWith({ keyId: 'key_1', project: { id: 'project_1', name: 'p', budgets: [] } })
    expect(lessonFor(desk, 'auto', member)?.whose).toBe('project_1')
  })

  it('is of the house where that alone knows what a quality needs, though neither orders better than the prior', () => {
    const known = new Map<string, { standing: { isOn: boolean }; curve?: object; whose: string }>()
    const desk = { known: ({ tenant }: Place) => known.get(tenant) }
    const whose = (): string | undefined => lessonFor(desk, 'auto', callerWith({ keyId: 'key_1' }))?.whose
    known.set(HOUSE, { standing: { isOn: false }, curve: {}, whose: HOUSE })
    expect(whose()).toBe(HOUSE)
    known.set('key_1', { standing: { isOn: false }, whose: 'key_1' })
    expect(whose()).toBe(HOUSE)
    known.set('key_1', { standing: { isOn: false }, curve: {}, whose: 'key_1' })
    expect(whose()).toBe('key_1')
    known.set(HOUSE, { standing: { isOn: false }, whose: HOUSE })
    known.set('key_1', { standing: { isOn: false }, whose: 'key_1' })
    expect(whose()).toBe('key_1')
  })
})

describe('memory', () => {
  it('is bounded: what was quiet for longest is forgotten, and asked for again', async () => {
    const { desk, cx, answers } = setup()
    answers(() => Promise.resolve({ version: 1, snapshot: new Uint8Array(2_000_000).fill(5) }))
    const places = Array.from({ length: 12 }, (_, at) => ({ route: 'auto', tenant: `key_${at}` }))
    for (const place of places) {
      desk.tell(place, { asked: [asked('r')] }, cx)
      await pass(10)
    }
    desk.tell(places.at(-1) ?? PLACE, {}, cx)
    const known = places.map((place) => desk.known(place) !== undefined)
    expect(known).toEqual([
      ...Array.from({ length: 4 }, () => false),
      ...Array.from({ length: 8 }, () => true),
    ])
  })
})

describe('a learner', () => {
  it('that is away loses no news, and what is known goes on to hold', async () => {
    const { desk, calls, warnings, cx, answers } = setup()
    desk.tell(PLACE, { asked: [asked('r1')] }, cx)
    await pass(0)
    answers(() => Promise.reject(new Error('away')))
    desk.tell(PLACE, { asked: [asked('r2')] }, cx)
    await pass(3_000)
    expect(warnings).toHaveLength(1)
    expect(desk.known(PLACE)).toBe(7)
    answers(() => Promise.resolve({ version: -1 }))
    desk.tell(PLACE, { asked: [asked('r3')] }, cx)
    await pass(3_000)
    expect(calls.at(-1)?.news.asked.map(({ id }) => id)).toEqual(['r2', 'r3'])
  })

  it('that never answers holds nobody up for ever: its carrier is given up with its request', async () => {
    const { desk, calls, cx, answers } = setup()
    answers(() => new Promise(() => undefined))
    desk.tell(PLACE, { asked: [asked('r1')] }, cx)
    await pass(1_000)
    desk.tell(PLACE, { asked: [asked('r2')] }, cx)
    await pass(30_000)
    expect(calls).toHaveLength(1)
    await pass(10_000)
    answers(() => Promise.resolve({ version: -1 }))
    desk.tell(PLACE, { asked: [asked('r3')] }, cx)
    await pass(3_000)
    expect(calls.at(-1)?.news.asked.map(({ id }) => id)).toEqual(['r2', 'r3'])
  })

  it('that is away for long is told of the newest thousand requests', async () => {
    const { desk, calls, cx, answers } = setup()
    answers(() => Promise.reject(new Error('away')))
    for (let id = 0; id < 1_500; id += 1) desk.tell(PLACE, { asked: [asked(`r${id}`)] }, cx)
    await pass(3_000)
    answers(() => Promise.resolve({ version: -1 }))
    calls.length = 0
    desk.tell(PLACE, {}, cx)
    await pass(5_000)
    const ids = calls.flatMap(({ news }) => news.asked.map(({ id }) => id))
    expect(ids.length).toBeLessThanOrEqual(1_200)
    expect(ids.at(-1)).toBe('r1499')
    expect(Math.max(...calls.map(({ news }) => news.asked.length))).toBe(200)
  })
})
