// What a request asks, in a form that is the same for every request that asks the same, in whatever dialect. Pure.
import { canonical } from '../../shared/canonical.ts'
import {
  type Message,
  type ModelRequest,
  type Part,
  type Sampling,
  textOf,
  type Tool,
} from '../../shared/request.ts'

export interface Question {
  /** Everything that an answer depends on, the model's or route's name included. */
  readonly whole: string
  /** The same without the last message, and that message, where other words may ask the same. */
  readonly rest?: { readonly context: () => string; readonly text: string }
}

/** A longer question is compared as it stands: one word is little of it, and may be all that matters. */
const MOST_CHARS = 300

/**
 * Fields of a body that no answer depends on: who asks, how the answer travels, what a vendor keeps of it. What a dialect
 * has read stands in the request and is not looked at here.
 */
const VOLATILE = new Set([
  'user',
  'metadata',
  'stream',
  'stream_options',
  'store',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'cache_control',
  'background',
  'previous_response_id',
  'conversation',
  'labels',
])

export function questionOf(request: ModelRequest): Question {
  const messages = plainMessages(request.messages)
  const frame = frameOf(request)
  const last = request.messages.at(-1)
  const text = last === undefined ? '' : textOf(last)
  const isOther = last?.parts.some(({ type }) => type !== 'text') === true
  const isRephrasable =
    last?.role === 'user' &&
    !isOther &&
    last.parts.length > 0 &&
    text.trim() !== '' &&
    text.length <= MOST_CHARS &&
    request.choices === 1 &&
    request.embedding === undefined
  const context = (): string => canonical({ ...frame, messages: messages.slice(0, -1), last: last?.name })
  return {
    whole: canonical({ ...frame, messages }),
    ...(isRephrasable ? { rest: { context, text } } : {}),
  }
}

function frameOf(request: ModelRequest): Record<string, unknown> {
  const { model, embedding, toolChoice, parallelTools, choices, format, reasoning, sampling } = request
  const { cascade, tests, dial, serviceTier, requireParameters } = request
  const { maxOutput } = request.limits
  return {
    model,
    ...(embedding === undefined ? {} : { embedding: { ...embedding, encoding: undefined } }),
    tools: request.tools.map(plainTool),
    toolChoice: toolChoice === 'auto' || request.tools.length === 0 ? undefined : toolChoice,
    parallelTools: parallelTools === true || request.tools.length === 0 ? undefined : parallelTools,
    choices,
    format: format.type === 'text' ? undefined : format,
    reasoning,
    sampling: plainSampling(sampling),
    maxOutput,
    cascade,
    tests,
    dial,
    serviceTier: serviceTier === 'auto' || serviceTier === 'default' ? undefined : serviceTier,
    requireParameters,
    unread: unreadOf(request),
  }
}

/** What only the client's own dialect understands: it counts as it came, and only for that dialect. */
function unreadOf({ unread = [], native }: ModelRequest): unknown {
  const names = unread.map((name) => name.split('.')[0] ?? name).filter((name) => !VOLATILE.has(name))
  if (names.length === 0) return undefined
  return { dialect: native.dialect, headers: native.headers, ...pick(native.body, names) }
}

const pick = (body: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [`field ${name}`, body[name] ?? body]))

/** Without what every vendor does by itself; a temperature that is not said is not the same for all of them. */
function plainSampling(sampling: Sampling): Record<string, unknown> {
  const { topP, stop, presencePenalty, frequencyPenalty, logitBias, ...rest } = sampling
  return {
    ...rest,
    topP: topP === 1 ? undefined : topP,
    stop: stop?.length === 0 ? undefined : stop,
    presencePenalty: presencePenalty === 0 ? undefined : presencePenalty,
    frequencyPenalty: frequencyPenalty === 0 ? undefined : frequencyPenalty,
    logitBias: logitBias === undefined || Object.keys(logitBias).length === 0 ? undefined : logitBias,
  }
}

const plainTool = ({ cache: _, ...tool }: Tool): unknown => ({
  ...tool,
  strict: tool.strict === false ? undefined : tool.strict,
})

/** Ids of calls are made anew in every answer, so a call is known by its place in the conversation. */
function plainMessages(messages: readonly Message[]): readonly unknown[] {
  const ids = new Map<string, string>()
  const idOf = (id: string): string => {
    const known = ids.get(id) ?? `call ${ids.size}`
    ids.set(id, known)
    return known
  }
  return messages.map(({ role, parts, toolCalls = [], toolCallId, isError, name, native }) => ({
    role: role === 'developer' ? 'system' : role,
    parts: parts.map(plainPart),
    calls: toolCalls.map(({ id, ...call }) => ({ ...call, id: idOf(id) })),
    of: toolCallId === undefined ? undefined : idOf(toolCallId),
    isError: isError === true ? true : undefined,
    name,
    // Only its own dialect knows what such a part says.
    native: parts.some(({ type }) => type === 'other') ? native : undefined,
  }))
}

function plainPart(part: Part): unknown {
  if ('cache' in part) {
    const { cache: _, ...rest } = part
    return plainPart(rest as Part) // the same part without its mark
  }
  return part.type === 'image' && part.detail === 'auto' ? { ...part, detail: undefined } : part
}
