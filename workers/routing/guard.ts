// Fits the weights of a guarded score: by them the beginning of a request promises no less than the whole. Pure.
import { brevityOf, deviation, type Guard, type Plain, wordsGain } from './linear.ts'
import type { Look, Sketch } from './sketch.ts'

/** After so many the beginnings that are too low are nearly the same ones again. */
const ROUNDS = 5
/** Keeps weights near the model's where nothing speaks for others. */
const PENALTY = 1

/** How a guard is fitted. */
export interface Fit {
  /** What a whole weighs whose beginning decides instead. */
  readonly undecided: number
  /** Whether being short has a weight. */
  readonly hasBrevity: boolean
}

/** Of the requests of one route. */
const OWN: Fit = { undecided: 0.3, hasBrevity: true }
/** Of unlike kinds, which being short would order: docs/decisions/2026-11-29-brevity.md. */
export const MIXED: Fit = { undecided: 1, hasBrevity: false }

/**
 * A guarded score is the least that any beginning of a request has (`guardedGain`). By the model's own weights most
 * beginnings have little, because they are short, and would decide: on MMLU that took the order from .692 to .647. So
 * the few weights beside those of words are fitted again, and one for how short a text is, for all wholes to keep their
 * scores and for every beginning that would be lower to have its whole's; what is left is .689. No outcome is needed for
 * it, only sketches.
 */
export function fitGuard(model: Plain, examples: readonly Sketch[], fit = OWN): Guard {
  const start = Float64Array.of(0, 1, 0, ...model.traits.map(({ weight }) => weight))
  const texts = examples.map((whole) => {
    const row = rowOf(model, whole, fit)
    const first = whole.beginning && rowOf(model, whole.beginning, fit)
    return { row, first, score: dot(row, start) }
  })
  const wholes = openSquare(start.length, PENALTY)
  for (const { row } of texts) wholes.add(row)
  let weights = start
  for (let round = 0; round < ROUNDS; round += 1) {
    const square = wholes.copy()
    const wanted = new Float64Array(start.length)
    for (const { row, first, score } of texts) {
      if (first === undefined || dot(first, weights) >= dot(row, weights)) continue
      square.add(row, fit.undecided - 1)
      square.add(first)
      const lack = score - dot(first, start)
      for (let at = 0; at < first.length; at += 1) wanted[at] = (wanted[at] ?? 0) + lack * (first[at] ?? 0)
    }
    weights = square.solve(wanted).map((change, at) => change + (start[at] ?? 0))
  }
  const [bias = 0, words = 1, brevity = 0, ...traits] = weights
  return { bias, words, brevity, traits }
}

const rowOf = (model: Plain, look: Look, { hasBrevity }: Fit): Float64Array =>
  Float64Array.of(
    1,
    wordsGain(model, look),
    hasBrevity ? brevityOf(look.grams.length) : 0,
    ...model.traits.map((its, at) => deviation(its, look.traits[at] ?? 0)),
  )

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0)
  return sum
}

interface Square {
  /** Adds the products of a row's numbers. */
  add(row: Float64Array, weight?: number): void
  copy(): Square
  /** x, where this times x is `wanted`. */
  solve(wanted: Float64Array): Float64Array
}

/** A symmetric matrix that is positive on its diagonal from the beginning. */
function openSquare(size: number, diagonal: number, from?: readonly Float64Array[]): Square {
  const rows =
    from?.map((row) => row.slice()) ??
    Array.from({ length: size }, (_, at) => new Float64Array(size).fill(diagonal, at, at + 1))
  return {
    add(row, weight = 1) {
      for (const [at, sums] of rows.entries()) {
        const own = weight * (row[at] ?? 0)
        if (own !== 0)
          for (let other = 0; other < size; other += 1)
            sums[other] = (sums[other] ?? 0) + own * (row[other] ?? 0)
      }
    },
    copy: () => openSquare(size, diagonal, rows),
    solve(wanted) {
      const left = rows.map((row) => row.slice())
      const found = wanted.slice()
      for (const [at, row] of left.entries()) {
        for (const [below, other] of left.entries()) {
          if (below <= at) continue
          const factor = (other[at] ?? 0) / (row[at] ?? 1)
          for (let place = at; place < size; place += 1)
            other[place] = (other[place] ?? 0) - factor * (row[place] ?? 0)
          found[below] = (found[below] ?? 0) - factor * (found[at] ?? 0)
        }
      }
      for (let at = size - 1; at >= 0; at -= 1) {
        const row = left[at] ?? found
        let sum = found[at] ?? 0
        for (let place = at + 1; place < size; place += 1) sum -= (row[place] ?? 0) * (found[place] ?? 0)
        found[at] = sum / (row[at] ?? 1)
      }
      return found
    },
  }
}
