// Turns messages into tokens with the model file's own chat template. Pure.
import { Template } from '@huggingface/jinja'
import { ModelFileError, type Gguf } from './gguf.ts'
import { readText } from './metadata.ts'
import type { Tokenizer } from './tokenizer.ts'
import type { Special } from './vocabulary.ts'

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

/** Keeps what a message says from becoming a control token, or a part of one, without changing how it is trimmed. */
function makeProtector(control: readonly Special[]): (content: string, guard: string) => string {
  const firsts = new Set(control.map(({ text }) => text.slice(0, 1)))
  const lasts = new Set(control.map(({ text }) => text.slice(-1)))
  return (content, guard) => {
    let result = ''
    let isGuarded = false
    for (const character of content) {
      const opens: boolean = firsts.has(character) || (!isGuarded && character.trim() !== '')
      isGuarded ||= opens
      result += (lasts.has(character) ? guard : '') + character + (opens ? guard : '')
    }
    return result
  }
}

/**
 * Renders a conversation, with the opening of the assistant's turn, into tokens. What a message says never becomes a
 * control token, not even together with the template around it: a guard character is put behind its first character
 * and every one with which a control token begins, and in front of every one with which a control token ends. The
 * guards are taken out again once control tokens have been found, so that other text gives exactly llama.cpp's tokens.
 * Throws ModelFileError when the file's template does not run.
 */
export function makePrompter(file: Gguf, tokenizer: Tokenizer): Prompter {
  const { specials, begin, beginText, endText } = tokenizer.vocabulary
  const protect = makeProtector(specials.filter((special) => special.isControl))
  const source = readText(file, 'tokenizer.chat_template')

  const render = (template: Template, messages: readonly ChatMessage[]): number[] => {
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

  try {
    const template = new Template(source)
    render(template, [{ role: 'user', content: 'Hello' }])
    return (messages) => render(template, messages)
  } catch (error) {
    throw new ModelFileError(`The chat template of the model file does not run: ${String(error)}`)
  }
}
