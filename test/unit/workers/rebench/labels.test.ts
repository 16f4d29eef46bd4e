// What a re-benchmark teaches a route: its tasks as labels, and the quality that a share of strong calls reaches, fitted
// again after every run.
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../../../shared/random.ts'
import { labelsOf } from '../../../../workers/rebench/labels.ts'
import { KINDS } from '../../../../workers/rebench/tasks/task.ts'
import { kindOf } from '../../../../workers/rebench/tasks/tasks.ts'
import { shareFor } from '../../../../workers/routing/calibrate.ts'
import { noteOf } from '../../../../workers/routing/classify.ts'
import type { Learner } from '../../../../workers/routing/learner.ts'
import { openMind, readMind, type Taught } from '../../../../workers/routing/mind.ts'
import { requestFor } from '../../samples.ts'

const TASKS = 300

/** A run's marks of a model that has so large a share of these kinds right, and none of the others. */
const marks = (seed: string, model: string, kinds: number, share: number): { rights: string } => ({
  rights: Array.from({ length: TASKS }, (_, item) => {
    const isOfKind = KINDS.indexOf(kindOf(item)) < kinds
    return isOfKind && randomFrom(`${seed}/${model}/${item}`).next() < share ? '1' : '0'
  }).join(''),
})

/** One run of a small model that can do four kinds of ten, and a large one that can do all, so well. */
function run(mind: Learner, seed: string, strong: number): Taught {
  const [weak, large] = [marks(seed, 'weak', 4, 0.95), marks(seed, 'strong', KINDS.length, strong)]
  for (const [at, label] of labelsOf(seed, weak, large).entries())
    mind.add({
      ...noteOf(requestFor(label.prompt), { weak: 'other' }),
      weak: Number(label.weak),
      strong: Number(label.strong),
      source: 'rebench',
      at,
    })
  return readMind(mind.lesson())
}

describe('the curve of a route', () => {
  const mind = openMind()
  const first = run(mind, 'first', 0.95)
  const second = run(mind, 'second', 0.6)

  it('is there after the first run, and says what each end is worth and what a quality needs', () => {
    expect(first.standing).toMatchObject({ isOn: true })
    expect(first.curve?.weak).toBeCloseTo(0.38, 1)
    expect(first.curve?.strong).toBeCloseTo(0.95, 1)
    const share = first.curve && shareFor(first.curve, 0.9)
    expect(share).toBeGreaterThan(0.3)
    expect(share).toBeLessThan(0.7)
  })

  it('is fitted again by the next one: a large model that got worse is worth less, and asked for less', () => {
    expect(second.curve?.strong).toBeCloseTo(0.6, 1)
    expect(second.curve?.weak).toBeCloseTo(0.38, 1)
    const [before, after] = [first, second].map(({ curve }) => curve && shareFor(curve, 0.9))
    expect(after).toBeLessThan(before ?? 0)
  })
})
