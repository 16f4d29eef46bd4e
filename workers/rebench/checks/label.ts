// Which of several labels or options an answer chose. Undefined where it chose none, or more than one. Pure.
import { afterMark, mentions, plain } from './plain.ts'

/** Labels are words; the answer may have a sentence around the one it means. */
export function labelIn(answer: string, labels: readonly string[]): string | undefined {
  const text = plain(answer)
  const named = (within: string): string[] => labels.filter((label) => mentions(within, label))
  for (const within of [afterMark(text), text]) {
    if (within === undefined) continue
    const found = named(within)
    if (found.length === 1) return /\bnot\b/i.test(within) ? undefined : found[0]
  }
  return undefined
}

/** A letter, as "B", "(B)", "B) 12", "The answer is B." or the option's own words. `a` alone may be an article. */
export function letterIn(answer: string, options: Readonly<Record<string, string>>): string | undefined {
  const text = plain(answer)
  const letters = Object.keys(options).join('')
  const marked = afterMark(text) ?? text
  const alone = new RegExp(`^\\(?([${letters}])(?:[).:,]|\\s*$|\\s*\\n)`, 'i').exec(marked)?.[1]
  const others = [...text.matchAll(new RegExp(`(?<![\\w'])\\(?([${letters}])\\)?(?![\\w'])`, 'g'))]
    .map(([, letter]) => letter ?? '')
    .filter(
      (letter) =>
        letter !== 'A' ||
        /\(A\)|\bA[).:]|(?:is|option|choose)\s+\(?A\b|\bA\s*(?:,|or|and|\/)\s*\(?[B-D]\b/.test(text),
    )
  const named = [...new Set(others)]
  if (alone !== undefined) {
    const isList = new RegExp(`^\\(?[${letters}]\\)?\\s*(?:,|or|and|/)\\s*\\(?[${letters}]\\b`, 'i').test(
      marked,
    )
    return isList ? undefined : alone.toUpperCase()
  }
  const chosen = [
    ...text.matchAll(new RegExp(`(?:answer|option|choose|choice)(?: is|:)?\\s+\\(?([${letters}])\\b`, 'g')),
  ].at(-1)?.[1]
  if (chosen !== undefined) return chosen
  if (named.length === 1) return named[0]
  if (named.length > 1) return undefined
  const words = Object.entries(options).filter(([, option]) => mentions(text, option))
  return words.length === 1 ? words[0]?.[0] : undefined
}
