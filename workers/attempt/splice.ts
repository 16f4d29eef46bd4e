// Joins two models' words into one answer: what the second says again of what was told is left out. Pure.

export interface Splice {
  /** What of the next words is new; `undefined` where the model tells another answer, so that no honest joint exists. */
  push(text: string): string | undefined
  /** What is left at its end; `undefined` as above. */
  end(): string | undefined
  /** The model said everything again from the beginning. */
  readonly startedOver: boolean
}

/** `prefill`: it was given the beginning as its own. `asked`: it was told to go on. `same`: it must say the same again. */
export type Joint = 'prefill' | 'asked' | 'same'

/** As many characters like those of the beginning are no accident: the model is starting over. */
const RESTART_CHARS = 32
/** A repetition of the last words is looked for as far back as this. */
const OVERLAP_CHARS = 240
/** A shorter repetition may be an accident, and leaving it out would damage a word. */
const LEAST_OVERLAP: Readonly<Record<Joint, number>> = {
  prefill: 16,
  asked: 3,
  same: Number.POSITIVE_INFINITY,
}

/** Holds the second model's first words until it is plain whether they repeat something; then lets all through. */
export function openSplice(told: string, joint: Joint): Splice {
  const own = joint === 'prefill' ? told.trimEnd() : told // what the model was given: models refuse a blank at the end
  let held = ''
  let isOpen = told.trim() === '' // nothing is held any more
  let startedOver = false

  const open = (text: string): string => {
    isOpen = true
    held = ''
    return text
  }

  const decide = (isEnd: boolean): string | undefined => {
    const same = commonLength(held, own)
    const blanks = told.slice(own.length)
    if (same === own.length) {
      const rest = held.slice(same)
      if (!isEnd && rest.length < blanks.length && blanks.startsWith(rest)) return ''
      startedOver = true
      return open(afterBlanks(blanks, rest))
    }
    const mayRestart = same === held.length
    if (mayRestart && !isEnd) return ''
    if (joint === 'same' || same >= Math.min(RESTART_CHARS, own.length)) return undefined
    const overlap = overlapOf(own, held, LEAST_OVERLAP[joint], isEnd)
    if (overlap === undefined) return ''
    if (overlap > 0) return open(afterBlanks(blanks, held.slice(overlap)))
    return open(joint === 'asked' ? spaced(told, held) : afterBlanks(blanks, held))
  }

  return {
    get startedOver() {
      return startedOver
    },
    push(text) {
      if (isOpen) return text
      held += text
      return held === '' ? '' : decide(false)
    },
    end: () => (isOpen || held === '' ? '' : decide(true)),
  }
}

function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let length = 0
  while (length < most && a[length] === b[length]) length += 1
  return length
}

/**
 * How much of the beginning of `next` repeats the end of `before`: the longest repetition that begins with a word.
 * `undefined` where more has to be seen.
 */
function overlapOf(before: string, next: string, least: number, isEnd: boolean): number | undefined {
  const tail = before.slice(-OVERLAP_CHARS)
  for (let from = 0; tail.length - from >= least; from += 1) {
    if (!beginsWord(tail, from, before.length > tail.length)) continue
    const size = tail.length - from
    if (next.length >= size ? next.startsWith(tail.slice(from)) : tail.startsWith(next, from)) {
      if (next.length >= size) return size
      if (!isEnd) return undefined
    }
  }
  return 0
}

const beginsWord = (text: string, at: number, isCut: boolean): boolean =>
  at === 0 ? !isCut : /\s/.test(text[at - 1] ?? '') || /\s/.test(text[at] ?? '')

/** Blanks that were told already are not told twice. */
function afterBlanks(blanks: string, text: string): string {
  const most = commonLength(blanks, text)
  return text.slice(most)
}

/**
 * Who is asked to go on seldom begins with the blank before a word. Streams break between tokens and most tokens are
 * whole words, so between a letter or digit that was told and one that comes a blank is missing.
 */
const spaced = (told: string, text: string): string =>
  /[\p{Script=Latin}\d]$/u.test(told) && /^[\p{Script=Latin}\d]/u.test(text) ? ` ${text}` : text
