// Fits a conversation into the context: the oldest turns go first, some at a time, the system message and the last message
// stay.
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

/** About how many tokens messages take with what the template puts around them; rather too many. */
const sizeOf = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, { content }) => sum + content.length / 2 + 8, 0)

/** Whether the turn that ends behind the first `dropped` messages is the last one of a block of this size. */
function endsBlock(messages: readonly ChatMessage[], dropped: number, size: number): boolean {
  const before = messages.findLastIndex((message, index) => index < dropped && message.role === 'user')
  const blocksIn = (count: number) => Math.floor(sizeOf(messages.slice(0, count)) / size)
  return blocksIn(dropped) > blocksIn(Math.max(before, 0))
}

interface Fitting {
  readonly tokens: readonly number[]
  readonly kept: readonly ChatMessage[]
}

/**
 * Leaves out a few turns more, up to the end of a block, so that the next turns of the conversation begin alike and their
 * keys and values can be used again. Dropping a turn with every turn would have all of them computed every time.
 */
function steady(
  engine: Engine,
  system: readonly ChatMessage[],
  others: readonly ChatMessage[],
  fitting: Fitting,
): Prompt {
  const droppedBy = (kept: readonly ChatMessage[]) => others.length - kept.length
  const size = engine.model.layout.contextLength / 4
  let { kept } = fitting
  while (kept.length > 1 && droppedBy(kept) > 0 && !endsBlock(others, droppedBy(kept), size))
    kept = dropTurn(kept)
  if (kept.length <= 1 || kept.length === fitting.kept.length)
    return { tokens: fitting.tokens, droppedMessages: droppedBy(fitting.kept) }
  return { tokens: engine.prompter([...system, ...kept]), droppedMessages: droppedBy(kept) }
}

/** The fewest turns left out that make the rest fit, found by halving: what is tried is tokenized. */
function findLongest(
  messages: readonly ChatMessage[],
  tryTokens: (kept: readonly ChatMessage[]) => readonly number[] | undefined,
): Fitting | undefined {
  const choices = [messages]
  for (let last = messages; last.length > 1;) choices.push((last = dropTurn(last)))
  let found: Fitting | undefined
  let [from, to] = [0, choices.length]
  // Most conversations fit as they are.
  for (let at = 0; from < to; at = (from + to) >> 1) {
    const kept = choices[at] ?? []
    const tokens = tryTokens(kept)
    if (tokens === undefined) from = at + 1
    else {
      found = { tokens, kept }
      to = at
    }
  }
  return found
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

  function tryTokens(kept: readonly ChatMessage[]): readonly number[] | undefined {
    const tokens = engine.prompter([...system, ...kept])
    // A last message alone may use the reserve too: a short answer is better than none.
    return tokens.length <= (kept.length > 1 ? room : contextLength - 1) ? tokens : undefined
  }

  const first = dropHopeless(others, characters, contextLength)
  const isHopeless = characters < 0 || (first.length === 0 && others.length > 0)
  const fitting = isHopeless ? undefined : findLongest(first, tryTokens)
  if (fitting !== undefined) return steady(engine, system, others, fitting)
  throw new ContextLengthError(
    `micro reads at most ${contextLength} tokens, and the last message with the system message alone is longer. Shorten it, or use a larger model.`,
  )
}
