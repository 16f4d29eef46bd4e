// Chat completion requests, read into ours. Pure.
import { invalid, mistake } from '../../mistake.ts'
import type { ModelRequest, Sampling } from '../../request.ts'
import { readMessages } from './messages.ts'
import { type ChatBody, DIALECT, requestSchema } from './schema.ts'
import { readReasoning, unreadThinking } from './thinking.ts'
import { readFormat, readToolChoice, readTools } from './tools.ts'

export function readRequest(body: unknown): ModelRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('The request body must be a JSON object.', undefined)
  }
  const checked = requestSchema.safeParse(body)
  if (!checked.success) throw mistake(checked.error, body)
  const chat = checked.data
  const maxOutput = chat.max_completion_tokens ?? chat.max_tokens
  const { choice, whole } = readToolChoice(chat)
  const reasoning = readReasoning(chat)
  const user = chat.user ?? chat.safety_identifier
  const unread = [
    ...Object.keys(chat).filter((key) => !Object.hasOwn(requestSchema.shape, key) && isSaid(key, chat[key])),
    ...(whole ? [] : ['tool_choice']),
    ...unreadThinking(chat),
  ]
  return {
    model: chat.model ?? 'auto',
    messages: readMessages(chat.messages),
    tools: readTools(chat),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...(typeof chat.parallel_tool_calls === 'boolean' ? { parallelTools: chat.parallel_tool_calls } : {}),
    stream: chat.stream === true,
    streamUsage: chat.stream_options?.include_usage === true,
    choices: chat.n ?? 1,
    format: readFormat(chat),
    ...(reasoning === undefined ? {} : { reasoning }),
    sampling: readSampling(chat),
    limits: typeof maxOutput === 'number' ? { maxOutput } : {},
    ...(typeof user === 'string' ? { user } : {}),
    ...(typeof chat.service_tier === 'string' ? { serviceTier: chat.service_tier } : {}),
    ...(unread.length === 0 ? {} : { unread }),
    native: { dialect: DIALECT, body: body as Record<string, unknown> }, // checked above: an object
  }
}

/** Nothing is stored by others in any case, and all of them answer in text. */
const isSaid = (key: string, value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  !(key === 'store' && value === false) &&
  !(key === 'modalities' && Array.isArray(value) && value.every((one) => one === 'text'))

function readSampling(chat: ChatBody): Sampling {
  const stop = typeof chat.stop === 'string' ? [chat.stop] : (chat.stop ?? [])
  const given = <K extends keyof Sampling>(key: K, value: Sampling[K] | null): Pick<Sampling, K> | object =>
    value === null || value === undefined ? {} : { [key]: value }
  return {
    ...given('temperature', chat.temperature),
    ...given('topP', chat.top_p),
    ...given('topK', chat.top_k),
    ...given('minP', chat.min_p),
    ...(stop.length === 0 ? {} : { stop }),
    ...given('seed', chat.seed),
    ...given('presencePenalty', chat.presence_penalty),
    ...given('frequencyPenalty', chat.frequency_penalty),
    ...given('logitBias', chat.logit_bias),
    ...given('topLogprobs', readLogprobs(chat)),
  }
}

function readLogprobs({ logprobs, top_logprobs: top }: ChatBody): number | undefined {
  if (logprobs === true) return top ?? 0
  return typeof logprobs === 'number' && logprobs > 0 ? logprobs : undefined
}
