// What a task is, and the kinds of them. Pure.
import type { Random } from '../../../shared/random.ts'

export const KINDS = [
  'arithmetic',
  'word-problem',
  'extraction',
  'json',
  'classification',
  'choice',
  'code',
  'instructions',
  'refusal',
  'unknown',
] as const

export type Kind = (typeof KINDS)[number]

/** A question with an exact checker. */
export interface Question {
  readonly prompt: string
  /** A right answer, as a terse model writes it. */
  readonly example: string
  /** Lenient on form, strict on substance. */
  readonly isRight: (answer: string) => boolean
}

export interface Task extends Question {
  readonly kind: Kind
}

/** Makes a question of one kind; the same chance makes the same one. */
export type Maker = (random: Random) => Question
