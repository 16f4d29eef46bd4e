// When a conversation keeps its model: the dollars of the cache that a change throws away.
import { describe, expect, it } from 'vitest'
import { cachedAt, cutBetween, staysWith, type TurnCost } from '../../../../workers/routing/stick.ts'

const last = { target: 'lab/big', at: 1_000, promptTokens: 500, cachedTokens: 400 }

describe('a cache', () => {
  const cases: readonly [string, Parameters<typeof cachedAt>, boolean][] = [
    ['is worth something for five minutes', [last, 301_000], true],
    ['and then it may be gone', [last, 301_001], false],
    ['of nothing is worth nothing', [{ ...last, cachedTokens: 0 }, 1_000], false],
    ['that nobody knows of is none', [undefined, 1_000], false],
  ]
  for (const [name, [served, now], isThere] of cases)
    it(name, () => expect(cachedAt(served, now)).toBe(isThere ? last : undefined))
})

const cost = (costMicros: number, freshMicros = costMicros): TurnCost => ({ costMicros, freshMicros })

describe('the next turn', () => {
  const cases: readonly [string, TurnCost, TurnCost, boolean, boolean][] = [
    ['of one model stays where it is cheaper with the cache', cost(40, 100), cost(50), true, true],
    ['of one model goes where it is cheaper without one', cost(60, 100), cost(50), true, false],
    ['of one model goes where it costs the same', cost(50, 100), cost(50), true, false],
    ['stays with another model while much is thrown away', cost(40, 100), cost(100), false, true],
    ['goes to the preferred model when little is thrown away', cost(80, 100), cost(100), false, false],
    ['goes to the preferred model where that is cheaper all the same', cost(40, 100), cost(30), false, false],
    ['is not bound to a model that is merely cheap', cost(5, 6), cost(100), false, false],
    ['is not bound where nobody knows what it costs', {}, cost(100), true, false],
    ['is not bound where nobody knows what the other costs', cost(1, 100), {}, true, false],
  ]
  for (const [name, from, to, isSame, stays] of cases)
    it(name, () => expect(staysWith(from, to, isSame)).toBe(stays))
})

describe('the cut of a conversation', () => {
  const cases: readonly [string, TurnCost, TurnCost, number][] = [
    ['is that of the dial without a cache', cost(10), cost(110), 0.4],
    ['is higher where the weak model has the prompt', cost(5, 30), cost(130), 0.5],
    ['is never above half way to all', cost(0, 90), cost(100), 0.7],
    ['is lower where the strong model has it', cost(10), cost(60, 110), 0.2],
    ['is none where the strong model is cheaper with it', cost(70), cost(60, 270), -1],
    ['is that of the dial where the strong model is never dearer', cost(50, 60), cost(40), 0.4],
    ['is that of the dial where nobody knows the price of one', {}, cost(60, 110), 0.4],
    ['is that of the dial where nobody knows the price of the other', cost(5, 10), {}, 0.4],
  ]
  for (const [name, weak, strong, cut] of cases)
    it(name, () => expect(cutBetween(0.4, weak, strong)).toBeCloseTo(cut, 10))
})
