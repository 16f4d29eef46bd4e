// Fits a conversation into the context: the oldest turns go first, the system message and the last message stay.
import type { Engine } from './engine.ts'
import type { ChatMessage } from './template.ts'

/** Tokens kept free for the answer when a conversation must be shortened. */
const ANSWER_RESERVE = 96

export interface Prompt {
  readonly tokens: readonly number[]
  readonly droppedMessages: number
}

export class ContextLengthError extends Error {
  override readonly name = 'ContextLengthError'
}

/** No token stands for more bytes than the longest one, so a text of more bytes than this cannot fit. */
function mostBytes({ model, tokenizer }: Engine): number {
  const longest = tokenizer.vocabulary.bytes.reduce((most, bytes) => Math.max(most, bytes.length), 1)
  return longest * model.layout.contextLength
}

const sizeOf = (messages: readonly ChatMessage[]) =>
  messages.reduce((sum, { content }) => sum + content.length, 0)

/** Leaves out the oldest turn: its question and everything up to the next question. */
function dropTurn(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const next = messages.findIndex((message, index) => index > 0 && message.role === 'user')
  return messages.slice(next > 0 ? next : 1)
}

export function fitPrompt(
  engine: Engine,
  messages: readonly ChatMessage[],
  maxTokens: number | undefined,
): Prompt {
  const { contextLength } = engine.model.layout
  const room = contextLength - Math.min(maxTokens ?? ANSWER_RESERVE, ANSWER_RESERVE)
  const system = messages.filter((message) => message.role === 'system')
  const others = messages.filter((message) => message.role !== 'system')
  const limit = mostBytes(engine)
  let kept: readonly ChatMessage[] = others
  for (;;) {
    const isHopeless = sizeOf(system) + sizeOf(kept) > limit || kept.length > contextLength
    if (!isHopeless) {
      const tokens = engine.prompter([...system, ...kept])
      // A last message alone may use the reserve too: a short answer is better than none.
      const most = kept.length > 1 ? room : contextLength - 1
      if (tokens.length <= most) return { tokens, droppedMessages: others.length - kept.length }
    }
    if (kept.length <= 1) {
      throw new ContextLengthError(
        `micro reads at most ${contextLength} tokens, and the last message with the system message alone is longer. Shorten it, or use a larger model.`,
      )
    }
    kept = dropTurn(kept)
  }
}
