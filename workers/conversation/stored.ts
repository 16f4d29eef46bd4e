// Messages as a conversation keeps them: in the words of chat completions whatever the client speaks, so that any vendor
// can be told of them later; thoughts travel with their vendors' signatures. Pure.
import { writeMessages } from '../../shared/dialects/openai-chat/history.ts'
import { readMessage } from '../../shared/dialects/openai-chat/messages.ts'
import { type ChatOptions, plain } from '../../shared/dialects/openai-chat/options.ts'
import type { Ending } from '../../shared/plan.ts'
import type { Message } from '../../shared/request.ts'
import type { StoredMessage } from './transcript.ts'

const KEEPING: ChatOptions = {
  ...plain,
  thoughts: 'reasoning_details',
  callSignatures: 'extra_content',
  cacheControl: true,
}

/** A chat client's messages as they came, all others in its words. */
export function storedOf(messages: readonly Message[]): StoredMessage[] {
  const manner = {
    options: KEEPING,
    refused: new Set<string>(),
    keepsFiles: true,
    dropped: new Set<string>(),
  }
  return messages.flatMap((message): StoredMessage[] =>
    message.native?.dialect === 'openai-chat'
      ? message.native.value === null
        ? []
        : [message.native.value as StoredMessage]
      : writeMessages([message], manner),
  )
}

export const messageOf = (stored: StoredMessage): Message =>
  readMessage(stored as Parameters<typeof readMessage>[0]) // what storedOf wrote, or a checked client's message

/** The assistant's message as far as it came; nothing when there was no word of it. */
export function answerOf(ending: Ending): StoredMessage | undefined {
  // A half-built tool call cannot be answered by a client, so a cut turn keeps its text only.
  const toolCalls = ending.end === 'finish' ? ending.toolCalls : []
  if (ending.text === '' && toolCalls.length === 0) return undefined
  const [message] = storedOf([
    {
      role: 'assistant',
      parts: [
        ...(ending.end === 'finish' ? ending.reasoning : []),
        ...(ending.text === '' ? [] : [{ type: 'text', text: ending.text } as const]),
      ],
      ...(toolCalls.length === 0 ? {} : { toolCalls }),
    },
  ])
  return message
}
