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

/** No token stands for more bytes than the longest one, so a text of more characters than this cannot fit. */
function mostCharacters({ model, tokenizer }: Engine): number {
  return tokenizer.vocabulary.longest * model.layout.contextLength
}

/** Leaves out the oldest turn: its question and everything up to the next question. */
function dropTurn(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const next = messages.findIndex((message, index) => index > 0 && message.role === 'user')
  return messages.slice(next > 0 ? next : 1)
}

/** The newest messages that may fit, found without tokenizing anything: each takes a token, and a token is so long. */
function dropHopeless(
  messages: readonly ChatMessage[],
  characters: number,
  most: number,
): readonly ChatMessage[] {
  let left = characters
  const from = messages.findLastIndex((message, index) => {
    left -= message.content.length
    return left < 0 || messages.length - index > most
  })
  return from < 0 ? messages : dropTurn(messages.slice(from))
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
  const characters = system.reduce((left, { content }) => left - content.length, mostCharacters(engine))

  let kept = dropHopeless(others, characters, contextLength)
  let isHopeless = characters < 0 || (kept.length === 0 && others.length > 0)
  while (!isHopeless) {
    const tokens = engine.prompter([...system, ...kept])
    // A last message alone may use the reserve too: a short answer is better than none.
    const most = kept.length > 1 ? room : contextLength - 1
    if (tokens.length <= most) return { tokens, droppedMessages: others.length - kept.length }
    isHopeless = kept.length <= 1
    kept = dropTurn(kept)
  }
  throw new ContextLengthError(
    `micro reads at most ${contextLength} tokens, and the last message with the system message alone is longer. Shorten it, or use a larger model.`,
  )
}
