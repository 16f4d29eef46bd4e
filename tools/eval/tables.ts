// Counts graded answers: per skill, and what each bound of confidence covers and costs. Pure.
import type { Judgement } from '../../workers/micro/confidence.ts'
import { type Case, isBeyond } from './grade.ts'

export interface Graded extends Case {
  readonly reply: string
  readonly judgement: Judgement
  readonly isRight: boolean
  /** Whether the model itself said that it cannot answer. */
  readonly isRefusal: boolean
}

const percent = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10)

export const isGiven = (item: Graded, bound: number) => item.judgement.confidence >= bound && !item.isRefusal

/** Per skill and overall: right without the gate, and right, refused and wrong with it. */
export function countSkills(graded: readonly Graded[], bound: number) {
  const skills = [...new Set(graded.map(({ skill }) => skill)), 'overall']
  return skills.map((skill) => {
    const items = graded.filter((item) => skill === 'overall' || item.skill === skill)
    const bare = items.filter((item) => item.isRight).length
    const right = items.filter((item) =>
      isBeyond(item) ? !isGiven(item, bound) : item.isRight && isGiven(item, bound),
    )
    const refused = items.filter((item) => !isBeyond(item) && !isGiven(item, bound)).length
    return {
      skill,
      total: items.length,
      bareRight: bare,
      barePercent: percent(bare, items.length),
      right: right.length,
      percent: percent(right.length, items.length),
      refused,
      wrong: items.length - right.length - refused,
    }
  })
}

/**
 * Coverage is the share of answerable requests that get an answer, error the share of all given answers that are wrong,
 * overall the share of all requests that end well: a right answer, or the honest sentence where that is right.
 */
export function coverageAt(graded: readonly Graded[], bound: number) {
  const given = graded.filter((item) => isGiven(item, bound))
  const answerable = graded.filter((item) => !isBeyond(item))
  const covered = given.filter((item) => !isBeyond(item)).length
  const wrong = given.filter((item) => !item.isRight).length
  const overall = countSkills(graded, bound).at(-1)
  return {
    bound,
    coveragePercent: percent(covered, answerable.length),
    errorPercent: percent(wrong, given.length),
    overallPercent: overall?.percent ?? 0,
  }
}
