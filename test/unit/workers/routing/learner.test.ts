// A route's learner: what it learns from labels, when it is heard, what it keeps.
import { describe, expect, it } from 'vitest'
import type { Label } from '../../../../shared/label.ts'
import { seededRandom } from '../../../../shared/random.ts'
import { GRAMS } from '../../../../workers/routing/hash.ts'
import { packLabels, sizeOf, type Stored } from '../../../../workers/routing/labels.ts'
import { openLearner, readLearned } from '../../../../workers/routing/learner.ts'
import { MAX_GRAMS, readRequest } from '../../../../workers/routing/reading.ts'
import { type Sketch, sketchOf } from '../../../../workers/routing/sketch.ts'
import { requestFor } from '../../samples.ts'

const sketch = (text: string): string => sketchOf(requestFor(text))

const HARD = ['integral', 'derivative', 'matrix', 'eigenvalue', 'limit']
const EASY = ['recipe', 'garden', 'weather', 'holiday', 'football']

/** Generated traffic: the strong model gains on questions about one subject only, whatever their length. */
const traffic = (
  count: number,
  over: (isHard: boolean, at: number) => Partial<Label> = () => ({}),
): Label[] =>
  Array.from({ length: count }, (_, at) => {
    const isHard = at % 2 === 0
    const words = isHard ? HARD : EASY
    const text = `Tell me about the ${words[at % 5]} and ${words[(at * 7 + 3) % 5]} number ${'please '.repeat(at % 4)}${at}`
    return {
      sketch: sketch(text),
      weak: isHard ? 0 : 1,
      strong: 1,
      source: 'shadow',
      at,
      ...over(isHard, at),
    }
  })

const taught = (labels: readonly Label[]): ReturnType<typeof openLearner> => {
  const learner = openLearner()
  for (const label of labels) learner.add(label)
  return learner
}

const QUESTIONS = ['What is the integral of a matrix?', 'Which football recipe?'] as const
const spread = (snapshot: Uint8Array): number => {
  const learned = readLearned(snapshot)
  const [hard, easy] = QUESTIONS.map((text) => learned.gainOf(sketch(text)))
  return (hard ?? Number.NaN) - (easy ?? Number.NaN)
}

describe('a learner', () => {
  it('knows nothing at first and says so', () => {
    const learner = openLearner()
    expect(learner.standing()).toMatchObject({ labels: 0, isOn: false })
    expect(readLearned(learner.snapshot()).gainOf(sketch('Hello'))).toBeUndefined()
  })

  it('learns what the strong model gains on, and its snapshot knows it', () => {
    const learner = taught(traffic(400))
    expect(learner.standing()).toMatchObject({ labels: 400, isOn: true })
    const snapshot = learner.snapshot()
    expect(spread(snapshot)).toBeGreaterThan(0.15)
    const learned = readLearned(snapshot)
    expect(learned.curve?.weak).toBeCloseTo(0.5, 1)
    expect(learned.gainOfReading(readRequest(requestFor(QUESTIONS[0])), false)).toBeCloseTo(
      learned.gainOf(sketch(QUESTIONS[0])) ?? Number.NaN,
      2,
    )
  })

  it('teaches isolates without its labels', () => {
    const learner = taught(traffic(400))
    const [whole, lesson] = [readLearned(learner.snapshot()), readLearned(learner.lesson())]
    expect(learner.lesson().length).toBeLessThan(270_000)
    expect(learner.lesson().length).toBeLessThan(learner.snapshot().length)
    expect(lesson.gainOf(sketch(QUESTIONS[0]))).toBe(whole.gainOf(sketch(QUESTIONS[0])))
    expect([lesson.standing, lesson.curve]).toEqual([whole.standing, whole.curve])
  })

  it('goes on from its snapshot', () => {
    const [first, second] = [traffic(400).slice(0, 200), traffic(400).slice(200)]
    const again = openLearner(taught(first).snapshot())
    for (const label of second) again.add(label)
    expect(again.standing()).toMatchObject({ labels: 400, isOn: true })
    expect(again.snapshot()).toEqual(openLearner(again.snapshot()).snapshot())
  })

  it('is off where outcomes are at random, and says why', () => {
    const learner = taught(
      traffic(500, (_, at) => ({ weak: (at * 7919) % 3 === 0 ? 1 : 0, strong: (at * 104_729) % 2 })),
    )
    const standing = learner.standing()
    if (standing.isOn) expect(standing.learner).toBeGreaterThanOrEqual(Math.max(0.5, standing.prior ?? 1))
    else expect(standing.reason).toMatch(/^Off: /)
  })

  it('is switched off when the traffic turns over, and its route hears the prior again', () => {
    const labels = [...traffic(300), ...traffic(420, (isHard) => ({ weak: isHard ? 1 : 0 })).slice(0, 200)]
    const learner = taught(labels)
    expect(learner.standing()).toMatchObject({ isOn: false })
    expect(readLearned(learner.snapshot()).gainOf(sketch(QUESTIONS[0]))).toBeUndefined()
  })

  it('is off where the strong model is no better', () => {
    expect(taught(traffic(400, () => ({ weak: 1 }))).standing()).toMatchObject({ isOn: false })
  })

  it('learns from answers of one side, too', () => {
    const half = traffic(600, (isHard, at): Partial<Label> =>
      at % 3 === 0 ? {} : { source: 'cascade', weak: isHard ? 0 : 1 },
    ).map(({ strong, ...label }, at) => (at % 3 === 0 ? { ...label, strong: strong ?? 1 } : label))
    const learner = taught(half)
    expect(learner.standing()).toMatchObject({ isOn: true })
    expect(spread(learner.snapshot())).toBeGreaterThan(0.1)
  })

  it('takes no label without an outcome or of another version', () => {
    const learner = taught([
      { sketch: sketch('Hi'), source: 'feedback', at: 1 },
      { sketch: btoa('old'), weak: 1, strong: 1, source: 'feedback', at: 1 },
    ])
    expect(learner.standing().labels).toBe(0)
  })

  describe('is measured against who routes without it', () => {
    /** As good as can be. */
    const wise = (isHard: boolean): Partial<Label> => ({ prior: isHard ? 0.9 : 0.1 })

    it('by what the labels say of it, and is off where that is better', () => {
      const labels = traffic(400, wise)
      const standing = taught(labels).standing()
      expect(standing.prior).toBeCloseTo(0.75, 2)
      expect(standing.isOn).toBe((standing.learner ?? 0) >= (standing.prior ?? 1))
      const foolish = taught(traffic(400, (isHard) => ({ prior: isHard ? 0.1 : 0.9 }))).standing()
      expect(foolish.prior).toBeCloseTo(0.25, 2)
      expect(foolish.isOn).toBe(true)
    })

    it('and its curve is of labels that were drawn, not of those that were doubted', () => {
      const learner = openLearner()
      const label = (at: number, weak: number, source: Label['source']): Label => ({
        sketch: sketchOf(requestFor(`Question ${at} about ${at % 7 === 0 ? 'law' : 'art'}`)),
        weak,
        strong: 1,
        source,
        at,
      })
      for (let at = 0; at < 900; at += 1)
        learner.add(at % 2 === 0 ? label(at, at % 10 < 7 ? 1 : 0, 'shadow') : label(at, 0, 'cascade'))
      const { curve } = readLearned(learner.lesson())
      expect(curve?.weak).toBeCloseTo(0.8, 1) // of even numbers four in five
    })
    it('and the curve of a quality is of the order in which it routes while it is off', () => {
      const even = traffic(400, (isHard, at) => ({ ...wise(isHard), weak: isHard ? 0 : 1, at }))
      const noisy = even.map((label, at) => ({ ...label, sketch: sketch(`please ${(at * 7919) % 97}`) }))
      const { standing, curve } = readLearned(taught(noisy).lesson())
      expect(standing.isOn).toBe(false)
      expect(curve?.points.find(({ share }) => share === 0.5)?.quality).toBe(1)
    })

    it('also after a restart, with labels from before that was told among them', () => {
      const old = traffic(200)
      const mixed = [...old, ...traffic(400, wise).slice(200)]
      const learner = taught(mixed)
      const again = openLearner(learner.snapshot())
      expect(again.standing()).toEqual(learner.standing())
      expect(learner.standing().prior).toBeCloseTo(0.75, 2)
    })
  })

  it('keeps less than 2 MB, however much it was told', () => {
    const small = taught(traffic(50)).snapshot()
    const random = seededRandom(3)
    /** As long as sketches can be, of words that come up again, so that none goes for being alone. */
    const sketches = Array.from({ length: 20 }, (): Sketch => {
      const drawn = Array.from({ length: MAX_GRAMS }, () => Math.floor(random() * GRAMS))
      return { traits: new Float32Array(20).fill(0.5), grams: Uint32Array.from(new Set(drawn)).sort() }
    })
    const bytes = sketches.map(sizeOf)
    const labels = Array.from({ length: 2_700 }, (_, at): Stored => {
      const [sketch, its] = [sketches[at % 20], bytes[at % 20]]
      if (sketch === undefined || its === undefined) throw new Error('twenty are enough')
      return { sketch, weak: at % 2, strong: 1, source: 'shadow', prior: 0.1, guess: 0.2, at, bytes: its }
    })
    const kept = packLabels(labels)
    expect(kept.length).toBeGreaterThan(1_700_000)
    const full = new Uint8Array(small.length + kept.length)
    full.set(small)
    full.set(kept, small.length)
    const learner = openLearner(full)
    const before = learner.standing().labels
    for (const label of traffic(3)) learner.add(label)
    const after = learner.snapshot()
    expect(learner.standing().labels).toBeLessThan(before)
    expect(after.length).toBeGreaterThan(1_500_000)
    expect(after.length).toBeLessThan(2_000_000)
  })
})
