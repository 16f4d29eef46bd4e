// The running share of requests on ground that the prior knows: which routes it has a say on.
import { expect, it } from 'vitest'
import { seededRandom } from '../../../../shared/random.ts'
import { LEAST_KNOWN, openGrounds } from '../../../../workers/routing/ground.ts'

const after = (flags: readonly boolean[]) => {
  const grounds = openGrounds()
  for (const flag of flags) grounds.note(flag)
  return grounds
}
const times = (count: number, flag: boolean): boolean[] => Array.from({ length: count }, () => flag)

it('trusts the prior before anything was seen, and no longer after a few requests that it does not know', () => {
  expect(openGrounds().isKnown()).toBe(true)
  expect(after([false]).isKnown()).toBe(true)
  expect(after([false, false, false]).isKnown()).toBe(false)
  expect(after(times(100, false)).share()).toBeLessThan(0.06)
})

it('forgets old traffic, both ways', () => {
  expect(after([...times(500, true), ...times(22, false)]).isKnown()).toBe(false)
  expect(after([...times(500, false), ...times(20, true)]).isKnown()).toBe(true)
})

it('does not waver on routes that are nearly all of one kind', () => {
  for (const part of [0.04, 0.86]) {
    const random = seededRandom(3)
    const grounds = openGrounds()
    let known = 0
    for (let n = 0; n < 5_000; n += 1) {
      known += Number(grounds.isKnown())
      grounds.note(random() < part)
    }
    if (part < LEAST_KNOWN) expect(known).toBeLessThan(8)
    else expect(known).toBeGreaterThan(4_990)
  }
})
