// Why an answer ended, in the words of chat completions and of those who speak them in their own way. Pure.
import type { FinishReason } from '../../event.ts'
import type { Failure } from '../../failure.ts'

/** OpenAI's own: https://platform.openai.com/docs/api-reference/chat/object */
const OWN: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
])

// Maps, because a provider's word may also be that of something every object inherits.
const OTHERS: ReadonlyMap<string, FinishReason> = new Map([
  ['eos_token', 'stop'], // https://huggingface.co/docs/text-generation-inference
  ['stop_sequence', 'stop'],
  ['model_length', 'length'], // https://docs.mistral.ai/api
  ['model_context_window_exceeded', 'length'], // https://docs.z.ai/api-reference/llm/chat-completion
  ['sensitive', 'content-filter'],
])

/** Ends that are no answer: https://api-docs.deepseek.com, docs.z.ai, openrouter.ai/docs/api/reference/errors-and-debugging */
const BROKEN = new Set(['error', 'network_error', 'insufficient_system_resource'])

export const readReason = (raw: string): FinishReason => OWN.get(raw) ?? OTHERS.get(raw) ?? 'other'

export const isOwnReason = (raw: string): boolean => OWN.has(raw)

export const brokenBy = (raw: string): Failure | undefined =>
  BROKEN.has(raw) ? { kind: 'overloaded', status: 503 } : undefined

const NAMES: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  other: 'stop',
}

export const writeReason = (reason: FinishReason): string => NAMES[reason]
