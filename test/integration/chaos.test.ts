// Small runs of `npm run chaos` and `chaos:budget`: faults of every kind at random, and afterwards everything adds up.
import { expect, test } from 'vitest'
import { check } from '../../tools/chaos/checks.ts'
import { play } from '../../tools/chaos/play.ts'
import { prove } from '../../tools/chaos/proof.ts'
import { spend } from '../../tools/chaos/spend.ts'

test('every call through two flaky targets ends well or clearly, leaves one row, and the books add up', async () => {
  const played = await play({ requests: 300, at: 24, kill: false, seed: 7 })
  const broken = check(played).filter(({ ok }) => ok === false)
  expect(broken).toEqual([])
  expect(played.told).toHaveLength(300)
  expect(Object.keys(played.dealt).length).toBeGreaterThan(20)
  const answered = played.told.filter(({ fate }) => fate === 'answered').length
  expect(answered).toBeGreaterThan(255) // of 300, with 30 % of all calls faulty
}, 240_000)

test('a budget is spent to its end by many at once, and every micro-dollar is accounted for', async () => {
  const spent = await spend({ usd: 0.008, at: 12, kill: false, seed: 3 })
  const broken = prove(spent).filter(({ ok }) => ok === false)
  expect(broken).toEqual([])
  expect(spent.told.filter(({ fate }) => fate === 'answered').length).toBeGreaterThan(20)
}, 240_000)
