// What was said, for a key that wants it kept: the texts of the prompt's messages and those of the answers, bounded. Pure
// but for its state.
import type { Batch } from '../../shared/event.ts'
import { type Message, type Role, textOf } from '../../shared/request.ts'

/** Of a prompt, and of its answers together, so many characters are kept. */
const MOST_CHARACTERS = 64 * 1024

/** As it is stored and shown. */
export interface Said {
  readonly prompt: readonly { readonly role: Role; readonly text: string }[]
  /** The beginning of the prompt is missing: what was said last is kept. */
  readonly prompt_clipped: boolean
  /** One for each choice. */
  readonly answers: readonly string[]
  /** The end is missing. */
  readonly answers_clipped: boolean
}

export interface Words {
  /** The same batches, listened to. */
  listen(batches: AsyncGenerator<Batch, void, undefined>): AsyncGenerator<Batch, void, undefined>
  /** What was asked, and what has been answered by the time that whoever listens has heard what is there. */
  said(messages: readonly Message[]): Promise<Said>
}

export function openWords(): Words {
  const answers: string[] = []
  let left = MOST_CHARACTERS
  let isClipped = false

  const add = (index: number, text: string): void => {
    while (answers.length <= index) answers.push('')
    answers[index] = (answers[index] ?? '') + text.slice(0, left)
    isClipped ||= text.length > left
    left = Math.max(0, left - text.length)
  }

  return {
    async *listen(batches) {
      for await (const batch of batches) {
        for (const { events } of batch)
          for (const event of events)
            if (event.type === 'text-delta' || event.type === 'refusal-delta') add(event.index, event.text)
        yield batch
      }
    },
    async said(messages) {
      // Whoever counts an answer knows its end a few steps before whoever listens after it.
      await new Promise((resolve) => setTimeout(resolve, 0))
      return { ...promptOf(messages), answers, answers_clipped: isClipped }
    },
  }
}

function promptOf(messages: readonly Message[]): Pick<Said, 'prompt' | 'prompt_clipped'> {
  const prompt: { role: Role; text: string }[] = []
  let left = MOST_CHARACTERS
  for (const message of messages.toReversed()) {
    const whole = textOf(message)
    const text = whole.length > left ? whole.slice(whole.length - left) : whole
    prompt.unshift({ role: message.role, text })
    if (text.length < whole.length) return { prompt, prompt_clipped: true }
    left -= text.length
  }
  return { prompt, prompt_clipped: false }
}
