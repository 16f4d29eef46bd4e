// An answer without its form: markdown, quotes and phrases around what was asked for are taken away. Pure.

/** Fences, emphasis, quotes and odd spaces go; lines stay. */
export const plain = (answer: string): string =>
  answer
    .replaceAll(/^\s*```[\w-]*\s*$/gm, '')
    .replaceAll(/\*\*|__|[`"“”„«»]/g, '')
    .replaceAll(/(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)/g, '')
    .replaceAll(/[\u00a0\u202f\u2009]/g, ' ')
    .replaceAll('\u2212', '-')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/^#+\s*/gm, '')
    .trim()

const MARK = /(?:\b(?:final )?(?:answer|result|output)\b\s*(?:is|:|=)+|####)\s*/gi

/** What follows the last "Answer:", where there is one. */
export function afterMark(text: string): string | undefined {
  const last = [...text.matchAll(MARK)].at(-1)
  return last === undefined ? undefined : text.slice(last.index + last[0].length).trim()
}

const bare = (text: string): string =>
  text
    .replace(/^['(]+/, '')
    .replace(/[').!]+$/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** The places where a terse answer may stand: alone, behind "Answer:", in the last line. */
export function answersIn(answer: string): string[] {
  const text = plain(answer)
  const marked = afterMark(text)
  const last = text.split('\n').at(-1) ?? ''
  return [text, ...(marked === undefined ? [last] : [marked, marked.split('\n')[0] ?? ''])].map(bare)
}

/** Is the answer this text? Case does not matter unless asked. */
export function says(answer: string, expected: string, exactCase = false): boolean {
  const fold = (text: string): string => (exactCase ? text : text.toLowerCase())
  return answersIn(answer).some((found) => fold(found) === fold(bare(expected)))
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** Does it stand in the text as a word of its own? */
export const mentions = (text: string, word: string): boolean =>
  new RegExp(`(?<![\\w-])${escaped(word)}(?![\\w-]|[.,]\\d)`, 'i').test(text)
