// What a route has learned from its own traffic: labels in, an expected gain of the strong model out. Pure.
import { type Curve, curveOf } from './calibrate.ts'
import { apgrOf } from './gauge.ts'
import { type Label, packLabels, readLabels, type Stored } from './labels.ts'
import { openNeighbours } from './neighbours.ts'
import { priorGain } from './prior.ts'
import { readSketch } from './sketch.ts'

/** How well the learner does, on labels that it had not seen when it was asked. */
export interface Standing {
  readonly labels: number
  readonly isOn: boolean
  /** One sentence for the operator. */
  readonly reason: string
  /** The area under quality over the share of strong calls: 0.5 is chance. Absent until enough is known. */
  readonly learner?: number
  readonly prior?: number
}

/** What isolates hold: immutable. */
export interface Learned {
  /** Strong minus weak, -1..1; undefined where nothing is known or the learner is off. */
  gainOf(sketch: string): number | undefined
  readonly standing: Standing
  /** Which quality a share of strong calls reaches, by the learner's own held-out labels. */
  readonly curve: Curve | undefined
}

export interface Learner {
  add(label: Label): void
  /** At most 2 MB. */
  snapshot(): Uint8Array
  standing(): Standing
}

/** The oldest labels go when there are more. */
const MAX_BYTES = 1_900_000
const ENOUGH = 150
const RECENT = 1_000
const NEAREST = 60

function openModel(): { add(stored: Stored): void; gainOf(grams: Uint16Array): number | undefined } {
  const neighbours = openNeighbours()
  const labels: Stored[] = []
  let near = new Float32Array(1_024)
  return {
    add(stored) {
      const sketch = readSketch(stored.sketch)
      if (sketch === undefined) return
      neighbours.add(sketch.grams)
      labels.push(stored)
      if (labels.length > near.length) near = new Float32Array(near.length * 2)
    },
    gainOf(grams) {
      if (labels.length === 0) return undefined
      neighbours.compare(grams, near)
      const top = Array.from(near.subarray(0, labels.length), (value, place) => ({ value, place }))
        .sort((a, b) => b.value - a.value)
        .slice(0, NEAREST)
      const sides = (['weak', 'strong'] as const).map((side) => {
        let [sum, weight] = [0, 0]
        for (const { value, place } of top) {
          const quality = labels[place]?.[side]
          if (quality === undefined) continue
          sum += quality * (value + 0.01)
          weight += value + 0.01
        }
        return weight === 0 ? undefined : sum / weight
      })
      const [weak, strong] = sides
      return weak === undefined || strong === undefined ? undefined : strong - weak
    },
  }
}

function standingOf(labels: readonly Stored[]): Standing {
  const judged = judgedOf(labels)
  const count = { labels: labels.length }
  if (judged.length < ENOUGH) {
    const reason = `${judged.length} labels with both answers judged; ${ENOUGH} are needed.`
    return { ...count, isOn: false, reason }
  }
  const learner = apgrOf(judged)
  const prior = apgrOf(judged.map((label) => ({ ...label, gain: label.prior })))
  const best = Math.max(prior, 0.5)
  const figures = `${learner.toFixed(3)} against ${prior.toFixed(3)} of the shipped prior, .500 is chance`
  if (learner < best)
    return {
      ...count,
      isOn: false,
      reason: `Off: worse on its own held-out labels, ${figures}.`,
      learner,
      prior,
    }
  return { ...count, isOn: true, reason: `On: ${figures}.`, learner, prior }
}

interface Held {
  readonly gain: number
  readonly prior: number
  readonly weak: number
  readonly strong: number
}

const judgedOf = (labels: readonly Stored[]): Held[] =>
  labels
    .slice(-RECENT)
    .flatMap(({ weak, strong, guess, prior }) =>
      weak === undefined || strong === undefined || guess === undefined
        ? []
        : [{ gain: guess, prior, weak, strong }],
    )

export function openLearner(snapshot?: Uint8Array): Learner {
  const labels: Stored[] = snapshot === undefined ? [] : readLabels(snapshot)
  const model = openModel()
  for (const label of labels) model.add(label)
  let bytes = labels.reduce((sum, label) => sum + label.sketch.length, 0)
  return {
    add(label) {
      const sketch = readSketch(label.sketch)
      if (sketch === undefined) return
      const guess = model.gainOf(sketch.grams)
      const stored: Stored = { ...label, prior: priorGain(sketch), ...(guess === undefined ? {} : { guess }) }
      labels.push(stored)
      model.add(stored)
      bytes += label.sketch.length
      while (bytes > MAX_BYTES) bytes -= labels.shift()?.sketch.length ?? bytes
    },
    snapshot: () => packLabels(labels),
    standing: () => standingOf(labels),
  }
}

export function readLearned(snapshot: Uint8Array): Learned {
  const labels = readLabels(snapshot)
  const standing = standingOf(labels)
  const curve = curveOf(judgedOf(labels))
  if (!standing.isOn) return { gainOf: () => undefined, standing, curve }
  const model = openModel()
  for (const label of labels) model.add(label)
  return {
    gainOf(text) {
      const sketch = readSketch(text)
      return sketch === undefined ? undefined : model.gainOf(sketch.grams)
    },
    standing,
    curve,
  }
}
