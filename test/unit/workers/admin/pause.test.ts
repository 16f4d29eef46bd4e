// How long an address waits that guessed at the admin key, and what counts as one address.
import { expect, it } from 'vitest'
import {
  FORGET_MS,
  FREE_GUESSES,
  guessed,
  LONGEST_PAUSE_MS,
  pauseAfter,
  placeOf,
  surer,
  waitFor,
} from '../../../../workers/admin/pause.ts'

it('errors of a person cost nothing, then each pause is twice the one before, up to a quarter of an hour', () => {
  const counts = Array.from({ length: 20 }, (_, count) => count)
  expect(counts.map(pauseAfter).slice(FREE_GUESSES - 1, FREE_GUESSES + 4)).toEqual([
    0, 2_000, 4_000, 8_000, 16_000,
  ])
  expect(Math.max(...counts.map(pauseAfter).slice(0, FREE_GUESSES))).toBe(0)
  expect(pauseAfter(FREE_GUESSES + 9)).toBe(LONGEST_PAUSE_MS)
  expect(pauseAfter(100_000)).toBe(LONGEST_PAUSE_MS)
})

it('whoever guesses as soon as it may gets some hundred a day, and not more', () => {
  let known = guessed(undefined, 0)
  let looks = 1
  for (let now = 0; now < 86_400_000; looks += 1) {
    now += waitFor(known, now)
    known = guessed(known, now)
  }
  expect(looks).toBeLessThan(120)
})

it('counts from the last guess that was looked at, and forgets after a day', () => {
  const known = { count: FREE_GUESSES, lastAt: 1_000 }
  expect(waitFor(known, 1_500)).toBe(1_500)
  expect(waitFor(known, 3_000)).toBe(0)
  expect(waitFor(undefined, 3_000)).toBe(0)
  expect(guessed(known, 3_000)).toEqual({ count: FREE_GUESSES + 1, lastAt: 3_000 })
  expect(guessed(known, 1_001 + FORGET_MS)).toEqual({ count: 1, lastAt: 1_001 + FORGET_MS })
})

it('of two memories the one with more guesses, or later ones, is believed', () => {
  const [few, many, later] = [
    { count: 2, lastAt: 9 },
    { count: 3, lastAt: 1 },
    { count: 3, lastAt: 2 },
  ]
  expect([surer(few, many), surer(many, few), surer(many, later), surer(undefined, few)]).toEqual([
    many,
    many,
    later,
    few,
  ])
})

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:0001:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s counts as %s', (address, place) => {
  expect(placeOf(address)).toBe(place)
})
