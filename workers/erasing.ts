// Erases what a conversation has left elsewhere: answers that are kept for clients who come back, and words beside rows.
import type { Clear, Trace } from './traces.ts'

export interface Kept {
  /** Empties the object that keeps an answer. */
  readonly answer: (name: string) => Promise<void>
  /** Forgets the words of rows. */
  readonly words: (rows: readonly string[]) => Promise<void>
}

const AT_ONCE = 16

export const openErasing =
  ({ answer, words }: Kept): Clear =>
  async (traces) => {
    const names = (kind: Trace['kind']): string[] =>
      traces.filter((trace) => trace.kind === kind).map(({ name }) => name)
    const [answers, rows] = [names('answer'), names('words')]
    for (let at = 0; at < answers.length; at += AT_ONCE)
      await Promise.all(answers.slice(at, at + AT_ONCE).map(answer))
    if (rows.length > 0) await words(rows)
  }
