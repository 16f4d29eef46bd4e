// What a route has learned of questions, and of small models' answers beside their questions: two learners, kept as one. Pure.
import type { Label, Standing } from '../../shared/label.ts'
import type { Curve } from './calibrate.ts'
import { type Learned, type Learner, openLearner, readLearned } from './learner.ts'

/** What isolates hold of both. */
export interface Taught extends Learned {
  /** What a larger model gains once a small one has answered; by sketches from `lookOf`. */
  readonly look: Learned
}

/** Stands where the snapshot of a lone learner, from before there were looks, has the length of its weights. */
const BOTH = 0xffff_ffff
const HEAD = 8

export function openMind(snapshot?: Uint8Array): Learner {
  const [first, second] = snapshot === undefined ? [] : apart(snapshot)
  const questions = openLearner(first)
  const answers = openLearner(second, undefined, 'the question alone')
  return {
    add(label) {
      questions.add(label)
      if (label.look !== undefined) answers.add(lookIn(label, label.look))
    },
    snapshot: () => together(questions.snapshot(), answers.snapshot()),
    lesson: () => together(questions.lesson(), answers.lesson()),
    standing: (): Standing => ({ ...questions.standing(), look: answers.standing() }),
  }
}

export function readMind(bytes: Uint8Array): Taught {
  const [questions, answers] = apart(bytes)
  return { ...readLearned(questions), look: readLearned(answers) }
}

/** Which quality a share reaches, as the operator reads it: of questions, and of answers where they are looked at. */
export function curvesIn(snapshot: Uint8Array): (Partial<Curve> & { readonly look?: Curve }) | undefined {
  const { curve, look } = readMind(snapshot)
  const looked = look.standing.isOn ? look.curve : undefined
  return curve === undefined && looked === undefined
    ? undefined
    : { ...curve, ...(looked && { look: looked }) }
}

const lookIn = ({ look: _, prior: __, ...outcome }: Label, look: NonNullable<Label['look']>): Label => ({
  ...outcome,
  ...look,
})

function together(questions: Uint8Array, answers: Uint8Array): Uint8Array {
  const all = new Uint8Array(HEAD + questions.length + answers.length)
  const view = new DataView(all.buffer)
  view.setUint32(0, BOTH)
  view.setUint32(4, questions.length)
  all.set(questions, HEAD)
  all.set(answers, HEAD + questions.length)
  return all
}

function apart(all: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const view = new DataView(all.buffer, all.byteOffset, all.byteLength)
  if (all.length < HEAD || view.getUint32(0) !== BOTH) return [all, new Uint8Array()]
  const end = HEAD + view.getUint32(4)
  return [all.subarray(HEAD, end), all.subarray(end)]
}
