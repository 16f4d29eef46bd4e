// The number that an answer comes to, whatever stands around it. Pure.
import { afterMark, plain } from './plain.ts'

const NUMBER = /(?<![\d.,])-?(?:\d{1,3}(?:[,']\d{3})+|\d+)(?:\.\d+)?(?!\d)/g
/** Groups of three with spaces between them are one number where nothing else stands. */
const SPACED = /^[^\d\n-]{0,12}-?\d{1,3}(?: \d{3})+(?!\d)/

const valueOf = (text: string): number => Number(text.replaceAll(/[,' ]/g, ''))

function firstIn(text: string): number | undefined {
  const spaced = SPACED.exec(text)?.[0]
  if (spaced !== undefined) return valueOf(spaced.replace(/^[^\d-]*/, ''))
  const found = [...text.matchAll(NUMBER)][0]
  if (found === undefined || /\bnot\b|\n/i.test(text.slice(0, found.index))) return undefined
  const rest = text.slice(found.index + found[0].length)
  if (/^\s*(?:or|and|to|\/)\s*-?\d/i.test(rest)) return undefined // several were named, so none was
  return valueOf(found[0])
}

/** Undefined where it names none, or cannot decide between several. */
export function numberIn(answer: string): number | undefined {
  const boxed = [...answer.matchAll(/\\boxed\{([^}]*)\}/g)].at(-1)?.[1]
  if (boxed !== undefined) return firstIn(boxed)
  const text = plain(answer).replaceAll(/\\[,!;]|\$(?=\d)/g, '')
  const marked = afterMark(text)
  if (marked !== undefined) {
    const equation = /^[^\n]*=\s*(?=[^=\n]*$)/m.exec(marked)?.[0]
    return firstIn(equation === undefined ? marked : marked.slice(equation.length))
  }
  const whole = SPACED.test(text) && !text.includes('\n') ? firstIn(text) : undefined
  if (whole !== undefined) return whole
  const last = [...text.matchAll(NUMBER)].at(-1)
  if (last === undefined) return undefined
  if (/\d[^\S\n]*(?:or|\/)[^\S\n]*$/i.test(text.slice(0, last.index))) return undefined
  return valueOf(last[0])
}

export const isNumber =
  (expected: number) =>
  (answer: string): boolean => {
    const found = numberIn(answer)
    return found !== undefined && Math.abs(found - expected) < 1e-6
  }
