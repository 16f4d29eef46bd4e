// What a route has learned from its own traffic: labels in, an expected gain of the strong model out. Pure.
import type { Curve } from './calibrate.ts'
import type { Label, Standing } from '../../shared/label.ts'
import { filled, filledFor } from './fill.ts'
import { packLabels, readLabels, type Stored, storedOf } from './labels.ts'
import { gainOf, guardedGain, type Linear, packLinear, readLinear, wholeGain } from './linear.ts'
import { priorGain } from './prior.ts'
import type { Reading } from './reading.ts'
import { type Example, fitLinear } from './ridge.ts'
import { openSketch, type Sketch } from './sketch.ts'
import { curveFor, standingOf } from './standing.ts'
import { thin } from './thin.ts'

/** What isolates hold: immutable, 262 kB. */
export interface Learned {
  /** Strong minus weak, -1..1; undefined where nothing is known or the learner is off. */
  gainOf(sketch: string): number | undefined
  /** The same of a request, guarded against what is put at its end unless that is not wanted. */
  gainOfReading(reading: Reading, isGuarded: boolean): number | undefined
  readonly standing: Standing
  /** The same of small models' answers, where that is known. */
  readonly look?: Learned | undefined
  /** Which quality a share of strong calls reaches, by held-out labels; of the prior where the learner is off. */
  readonly curve: Curve | undefined
}

export interface Learner {
  /** A label whose sketch is of another version is not taken. Every so often this fits anew: up to a second. */
  add(label: Label): void
  /** At most 2 MB: the labels, and what was learned from them. */
  snapshot(): Uint8Array
  /** The same without the labels, about 264 kB: all that isolates need. */
  lesson(): Uint8Array
  standing(): Standing
}

/** With the weights beside them a snapshot stays under 2 MB. */
const MAX_LABEL_BYTES = 1_650_000
const FIRST_FIT = 40
/** Fitted anew when there are so many more labels. */
const GROWTH = 1.05

/**
 * `prior` is what the learner is measured against where a label does not say who routes while it is off; `rival` is what
 * that is called.
 */
export function openLearner(
  snapshot?: Uint8Array,
  prior: (sketch: Sketch) => number = (sketch) => priorGain(sketch),
  rival = 'the shipped prior',
): Learner {
  const opened = snapshot === undefined ? undefined : unpack(snapshot)
  let labels: Stored[] = opened === undefined ? [] : readLabels(opened.labels)
  let model = opened?.model
  let bytes = labels.reduce((sum, label) => sum + label.bytes, 0)
  let next = Math.max(FIRST_FIT, labels.length * GROWTH)
  const judge = (sketch: Sketch): Pick<Stored, 'guess' | 'prior'> => ({
    ...(model === undefined ? {} : { guess: gainOf(model, filledFor(model, sketch)) }),
    prior: prior(sketch),
  })
  return {
    add(label) {
      const stored = storedOf(label, judge)
      if (stored === undefined || (stored.weak === undefined && stored.strong === undefined)) return
      labels.push(stored)
      bytes += stored.bytes
      if (bytes > MAX_LABEL_BYTES) {
        labels = thin(labels, MAX_LABEL_BYTES * 0.95)
        bytes = labels.reduce((sum, its) => sum + its.bytes, 0)
        next = Math.min(next, labels.length * GROWTH)
      }
      if (labels.length < next) return
      model = fitLinear(examplesOf(labels))
      next = labels.length * GROWTH + 10
    },
    snapshot: () => pack(labels, model, standingOf(labels, rival), true),
    lesson: () => pack(labels, model, standingOf(labels, rival), false),
    standing: () => standingOf(labels, rival),
  }
}

/** From a snapshot or a lesson. */
export function readLearned(bytes: Uint8Array): Learned {
  const { model, standing, curve } = unpack(bytes)
  const heard = standing.isOn ? model : undefined
  return {
    gainOf(text) {
      const sketch = openSketch(text)
      return heard === undefined || sketch === undefined ? undefined : gainOf(heard, filledFor(heard, sketch))
    },
    gainOfReading(reading, isGuarded) {
      if (heard === undefined) return undefined
      return isGuarded ? guardedGain(heard, reading) : wholeGain(heard, reading)
    },
    standing,
    curve,
  }
}

/** Where only one side is known, the other is taken to be as good as it is on average. */
function examplesOf(labels: readonly Stored[]): readonly Example[] {
  const weakMean = meanOf(labels.flatMap(({ weak }) => weak ?? []))
  const strongMean = meanOf(
    labels.flatMap(({ strong }) => strong ?? []),
    1,
  )
  const examples = labels.map(({ sketch, weak = weakMean, strong = strongMean }) => ({
    ...sketch,
    gain: strong - weak,
  }))
  return filled(examples)
}

const meanOf = (values: readonly number[], otherwise = 0.5): number =>
  values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length

interface Kept {
  readonly model: Linear | undefined
  readonly standing: Standing
  readonly curve?: Curve
  readonly labels: Uint8Array
}

const NOBODY: Standing = { labels: 0, isOn: false, reason: 'Off: no labels yet.' }

/** Two lengths of four bytes, then the weights, what is told of the learner as JSON, and the labels. */
function pack(
  labels: readonly Stored[],
  model: Linear | undefined,
  standing: Standing,
  withLabels: boolean,
): Uint8Array {
  const weights = model === undefined ? new Uint8Array() : packLinear(model)
  const told = new TextEncoder().encode(JSON.stringify({ standing, curve: curveFor(labels, standing.isOn) }))
  const kept = withLabels ? packLabels(labels) : new Uint8Array()
  const all = new Uint8Array(8 + weights.length + told.length + kept.length)
  const view = new DataView(all.buffer)
  view.setUint32(0, weights.length)
  view.setUint32(4, told.length)
  all.set(weights, 8)
  all.set(told, 8 + weights.length)
  all.set(kept, 8 + weights.length + told.length)
  return all
}

function unpack(all: Uint8Array): Kept {
  if (all.length < 8) return { model: undefined, standing: NOBODY, labels: new Uint8Array() }
  const view = new DataView(all.buffer, all.byteOffset)
  const told = 8 + view.getUint32(0)
  const labels = told + view.getUint32(4)
  const { standing, curve } = JSON.parse(new TextDecoder().decode(all.subarray(told, labels))) as Kept // our own bytes
  return {
    model: told === 8 ? undefined : readLinear(all.subarray(8, told)),
    standing,
    ...(curve === undefined ? {} : { curve }),
    labels: all.subarray(labels),
  }
}
