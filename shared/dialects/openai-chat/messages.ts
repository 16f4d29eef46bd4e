// Messages of chat completions, read into ours. Pure.
// Source: https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
import { type Fields, isFields, text } from '../../fields.ts'
import type { CacheLife, Message, Part, ToolCall } from '../../request.ts'
import { readThinkingPart } from './plain.ts'
import { type ChatMessage, DIALECT } from './schema.ts'
import { readSeal, readThoughts, type Thought } from './thoughts.ts'

/** All messages of a request. The old function calls have no ids: they are numbered, and each answer is the last one's. */
export function readMessages(list: readonly ChatMessage[]): Message[] {
  let functions = 0
  return list.map((message) => {
    if (isFields(message.function_call)) functions += 1
    return readMessage(message, `function_${functions}`)
  })
}

/** One message; also used for messages that a conversation stored. */
export function readMessage(message: ChatMessage, functionId = 'function_1'): Message {
  const thoughts = message.role === 'assistant' ? readThoughts(message) : []
  const calls = readCalls(message, functionId, thoughts)
  const sealed = new Set(calls.map(({ signature }) => signature))
  const toolCallId = message.role === 'function' ? functionId : message.tool_call_id
  return {
    role: message.role === 'function' ? 'tool' : message.role,
    parts: [
      ...thoughts.filter(({ signature }) => signature === undefined || !sealed.has(signature)),
      ...readParts(message.content),
      ...(text(message.refusal) === '' ? [] : [{ type: 'refusal' as const, text: text(message.refusal) }]),
      ...(isFields(message['audio']) ? [{ type: 'other' as const, name: 'audio' }] : []),
    ],
    ...(calls.length === 0 ? {} : { toolCalls: calls }),
    ...(typeof toolCallId === 'string' ? { toolCallId } : {}),
    ...(text(message.name) === '' ? {} : { name: text(message.name) }),
    native: { dialect: DIALECT, value: message },
  }
}

function readCalls(message: ChatMessage, functionId: string, thoughts: readonly Thought[]): ToolCall[] {
  const old = message.function_call
  const calls = (message.tool_calls ?? []).map((call): ToolCall => {
    // OpenRouter keeps Google's seal of a call among the thoughts, under the id of the call.
    const seal = readSeal(call) ?? thoughts.find((thought) => isSealOf(thought, call.id))?.signature
    return {
      id: call.id,
      name: call.function?.name ?? call.custom?.name ?? '',
      // The input of a custom tool is any text; others know JSON only.
      json: call.function?.arguments ?? JSON.stringify({ input: call.custom?.input ?? '' }),
      ...(seal === undefined ? {} : { signature: seal }),
    }
  })
  return isFields(old) ? [...calls, { id: functionId, name: old.name, json: old.arguments }] : calls
}

const isSealOf = ({ text, signature }: Thought, callId: string): boolean =>
  text === '' && signature?.dialect === 'gemini' && signature.id === callId

function readParts(content: ChatMessage['content']): Part[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return content.map(readPart)
}

function readPart(part: Exclude<ChatMessage['content'], string | null | undefined>[number]): Part {
  const { image_url: image, file, input_audio: audio } = part
  const cache = readCache(part)
  if (part.type === 'text' && part.text !== undefined) return { type: 'text', text: part.text, ...cache }
  if (part.type === 'image_url' && image !== undefined) {
    const detail = typeof image === 'string' ? undefined : image['detail']
    return {
      type: 'image',
      url: typeof image === 'string' ? image : image.url,
      ...(detail === 'low' || detail === 'high' || detail === 'auto' ? { detail } : {}),
      ...cache,
    }
  }
  if (part.type === 'file' && file !== undefined) return readFile(file, cache)
  if (part.type === 'input_audio' && audio !== undefined) {
    return { type: 'audio', data: audio.data, format: audio.format }
  }
  if (part.type === 'refusal') return { type: 'refusal', text: text(part.refusal) }
  if (part.type === 'thinking') return { type: 'reasoning', text: readThinkingPart(part) }
  return { type: 'other', name: part.type }
}

function readFile(file: Fields, cache: { cache?: CacheLife }): Part {
  const [data, id, name] = [text(file['file_data']), text(file['file_id']), text(file['filename'])]
  return {
    type: 'file',
    ...(data === '' ? {} : { url: data }),
    ...(id === '' ? {} : { id }),
    ...(name === '' ? {} : { name }),
    ...cache,
  }
}

/** The mark of Anthropic's that OpenRouter and others take over: https://openrouter.ai/docs/features/prompt-caching */
export function readCache(marked: Fields): { cache?: CacheLife } {
  const mark = marked['cache_control']
  if (!isFields(mark) || mark['type'] !== 'ephemeral') return {}
  return { cache: mark['ttl'] === '1h' ? '1h' : '5m' }
}
