// Turns messages into tokens with the model file's own chat template. Pure.
import { Template } from '@huggingface/jinja'
import { ModelFileError, type Gguf } from './gguf.ts'
import { readText } from './metadata.ts'
import type { Tokenizer } from './tokenizer.ts'

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

export type Prompter = (messages: readonly ChatMessage[]) => number[]

const FIRST_PRIVATE = 0xe000
const LAST_PRIVATE = 0xf8ff

/** A private-use character that stands nowhere in the messages. */
function findGuard(messages: readonly ChatMessage[]): string | undefined {
  const text = messages.map((message) => message.content).join('')
  for (let code = FIRST_PRIVATE; code <= LAST_PRIVATE; code++) {
    const guard = String.fromCharCode(code)
    if (!text.includes(guard)) return guard
  }
  return undefined
}

/**
 * Renders a conversation, with the opening of the assistant's turn, into tokens. What a message says never becomes a
 * control token, not even together with the template around it: a guard character is put behind every character with
 * which a control token begins and in front of every one with which one ends, and taken out again once control tokens
 * have been found. Text without such characters gives exactly llama.cpp's tokens.
 */
export function makePrompter(file: Gguf, tokenizer: Tokenizer): Prompter {
  const { specials, begin, beginText, endText } = tokenizer.vocabulary
  const template = new Template(readText(file, 'tokenizer.chat_template'))
  const control = specials.filter((special) => special.isControl)
  const firsts = new Set(control.map(({ text }) => text.slice(0, 1)))
  const lasts = new Set(control.map(({ text }) => text.slice(-1)))

  const protect = (content: string, guard: string): string => {
    let result = ''
    for (const character of content) {
      result += (lasts.has(character) ? guard : '') + character + (firsts.has(character) ? guard : '')
    }
    return result
  }

  return (messages) => {
    const guard = findGuard(messages)
    if (guard === undefined) throw new RangeError('The messages use every private character there is.')
    const text = template.render({
      messages: messages.map(({ role, content }) => ({ role, content: protect(content, guard) })),
      add_generation_prompt: true,
      bos_token: beginText,
      eos_token: endText,
    })
    const tokens = tokenizer.encode(text, { parseControl: true, guard })
    return begin === undefined || tokens[0] === begin ? tokens : [begin, ...tokens]
  }
}

/** Checks at load time that the template runs at all, so that a broken file fails before the first request. */
export function checkPrompter(prompter: Prompter): void {
  try {
    prompter([{ role: 'user', content: 'Hello' }])
  } catch (error) {
    throw new ModelFileError(`The chat template of the model file does not run: ${String(error)}`)
  }
}
