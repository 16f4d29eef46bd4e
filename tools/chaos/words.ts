// Question and answer of every request: no two are alike, so that words that belong to another one are found. Pure.

const WORDS =
  'Der Fluß trägt 雪 hinab — and every drop keeps its place; naïve counting 🐟 finds none of them twice, none lost'.split(
    ' ',
  )

/** As many tokens as words. */
export const answerOf = (request: number): string =>
  WORDS.map((word, at) => (at % 3 === 0 ? `${word}${request}` : word)).join(' ')

export const questionOf = (request: number): string => `Recite text number ${request}.`

/** Which answer is asked for; undefined where none of these questions stands. */
export function requestIn(text: string): number | undefined {
  const found = /Recite text number (\d+)\./.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}
