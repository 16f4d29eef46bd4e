// What is known of a message without its text, and how its tokens are counted. Pure.
import { type Item, markerText, type Speaker } from '../../shared/context/item.ts'
import { countPrompt, type CountTokens } from '../../shared/tokens.ts'
import { utf8Length } from '../../shared/utf8.ts'
import { messageOf } from './stored.ts'
import type { StoredMessage } from './transcript.ts'

export const itemOf = (message: StoredMessage, tokens: number): Item => {
  const call = message['tool_call_id']
  const speaker = speakerOf(message)
  return { speaker, tokens, ...(speaker === 'result' && typeof call === 'string' ? { call } : {}) }
}

function speakerOf(message: StoredMessage): Speaker {
  const calls = message['tool_calls']
  switch (message['role']) {
    case 'user':
      return 'user'
    case 'assistant':
      return Array.isArray(calls) && calls.length > 0 ? 'calls' : 'assistant'
    case 'tool':
      return 'result'
  }
  return 'other'
}

export const markerOf = ({ call, tokens }: Item): StoredMessage => ({
  role: 'tool',
  tool_call_id: call ?? '',
  content: markerText(tokens),
})

export type CountMessage = (message: StoredMessage) => number

const NOTHING = countPrompt([], [], () => 0)

export const counting =
  (count: CountTokens): CountMessage =>
  (message) =>
    countPrompt([messageOf(message)], [], count) - NOTHING

/** English text has about four bytes a token, others more tokens for as many. */
export const roughly: CountMessage = counting((text) => Math.ceil(utf8Length(text) / 4))
