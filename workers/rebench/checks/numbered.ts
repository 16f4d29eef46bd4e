// Answers to several numbered questions, taken apart. Pure.
import { plain } from './plain.ts'

/** What stands behind "1." and "2."; undefined where both are not told apart. */
export function partsIn(answer: string): readonly [string, string] | undefined {
  const text = plain(answer)
  const first = /(?:^|\n)\s*(?:answer\s*)?\(?1[.):]\s*/i.exec(text)
  if (first === null) return undefined
  const rest = text.slice(first.index + first[0].length)
  const second = /(?:\n|\s)(?:answer\s*)?\(?2[.):]\s+/i.exec(rest)
  if (second === null) return undefined
  return [rest.slice(0, second.index).trim(), rest.slice(second.index + second[0].length).trim()]
}
