// The tasks of a run: made from its seed, so that nobody can have learnt them by heart, and the same again from the same. Pure.
import { randomFrom } from '../../../shared/random.ts'
import { arithmetic } from './arithmetic.ts'
import { choice } from './choice.ts'
import { classification } from './classification.ts'
import { code } from './code.ts'
import { extraction } from './extraction.ts'
import { instruction } from './instructions.ts'
import { problem } from './problems.ts'
import { record } from './records.ts'
import { refusal } from './refusal.ts'
import { type Kind, KINDS, type Maker, type Task } from './task.ts'
import { unknown } from './unknown.ts'

const MAKERS: Readonly<Record<Kind, Maker>> = {
  arithmetic,
  'word-problem': problem,
  extraction,
  json: record,
  classification,
  choice,
  code,
  instructions: instruction,
  refusal,
  unknown,
}

export const kindOf = (position: number): Kind => KINDS[position % KINDS.length] ?? KINDS[0]

/** The kinds take turns, so a run that ends early has as many of each. */
export function taskAt(seed: string, position: number): Task {
  const kind = kindOf(position)
  return { kind, ...MAKERS[kind](randomFrom(`${seed}/${position}`)) }
}

export const makeTasks = (seed: string, count: number): Task[] =>
  Array.from({ length: count }, (_, position) => taskAt(seed, position))
