// What was said in one request, as it is kept, and as who said what. Pure.
import { isFields } from '../../../shared/fields.ts'

export interface Spoken {
  readonly who: string
  readonly text: string
}

/** The prompt's messages and then the answers; undefined for what is kept in another way, or cannot be opened. */
export function turnsIn(kept: unknown): readonly Spoken[] | undefined {
  if (!isFields(kept)) return undefined
  const { prompt, answers, prompt_clipped: noBeginning, answers_clipped: noEnd } = kept
  if (!Array.isArray(prompt) || !Array.isArray(answers)) return undefined
  const asked = prompt.map((message: unknown) =>
    isFields(message)
      ? { who: String(message['role']), text: String(message['text']) }
      : { who: '', text: String(message) },
  )
  const answered = answers.map((text: unknown, place) => ({
    who: answers.length === 1 ? 'answer' : `answer ${place + 1}`,
    text: String(text),
  }))
  const missing = (is: unknown, what: string): Spoken[] =>
    is === true ? [{ who: 'not kept', text: what }] : []
  return [
    ...missing(noBeginning, 'What was said before this was too long to be kept.'),
    ...asked,
    ...answered,
    ...missing(noEnd, 'What was said after this was too long to be kept.'),
  ]
}
