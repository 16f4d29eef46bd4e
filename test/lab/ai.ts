// The laboratory's Workers AI: what the `AI` binding asks over its internal wire, and the REST API of an account.
// Models of each kind answer as theirs do, and misbehave as any vendor of the laboratory can.
// Source: github.com/cloudflare/workerd, src/cloudflare/internal/ai-api.ts; https://developers.cloudflare.com/workers-ai/
import { checkInputs, type Kind, kindOf } from './ai-rules.ts'
import { type Ask, bitsOf, type Forced, forcedOf, type Head, said, type Said } from './ask.ts'
import type { Behaviour } from './behaviour.ts'
import { cloudflareEmbed, isEmbedder } from './embedders.ts'
import { startVendor, type Vendor } from './vendor.ts'
import {
  type Answer,
  bearerOf,
  bodyOf,
  eventOf,
  type Fields,
  isFields,
  type LabRequest,
  Refused,
  type StreamEvent,
  type Wire,
} from './wire.ts'

export interface WorkersAi extends Omit<Vendor, 'url' | 'origin'> {
  /** What MINNOW_AI is set to, so that the Worker's binding leads here. */
  readonly url: string
  /** The base address of an account's REST API, up to and including /ai. */
  readonly restUrl: string
}

/** Every model of `MODELS` in ai-rules.ts answers; what it is sent is in `requests`, its inputs in their `body`. */
export async function startWorkersAi(): Promise<WorkersAi> {
  const { origin, ...vendor } = await startVendor({ wires: [binding, run, completions] })
  return { ...vendor, url: origin, restUrl: `${origin}/client/v4/accounts/0123456789abcdef/ai` }
}

/** The inputs that a request holds, wherever it holds them. */
export function inputsOf(request: LabRequest): Fields {
  const { inputs } = request.body
  return request.wire === binding.name && isFields(inputs) ? inputs : bodyOf(request)
}

/** The third argument of `env.AI.run`, as far as it is sent. */
export function optionsOf(request: LabRequest): Fields {
  const { options } = request.body
  return isFields(options) ? options : {}
}

function answer(request: LabRequest, behaviour: Behaviour, head: Head): { kind: Kind; answer: Answer } {
  if (isEmbedder(request.model))
    return { kind: 'native', answer: { whole: cloudflareEmbed(inputsOf(request)) } }
  const kind = kindOf(request.model)
  const inputs = inputsOf(request)
  checkInputs(request, inputs, kind)
  const ask = readAsk(request.model, inputs)
  const answered = said(ask, behaviour)
  if (!ask.stream) {
    const whole =
      kind === 'native' ? writeNative(ask, answered) : writeCompletion(ask, answered, behaviour, head)
    return { kind, answer: { whole } }
  }
  const frames =
    kind === 'native' ? nativeFrames(ask, answered, behaviour, head) : chunks(ask, answered, behaviour, head)
  const done: StreamEvent[] = behaviour.done === false ? [] : [{ data: '[DONE]' }]
  const events = [...frames.map((frame) => eventOf(frame)), ...done]
  return { kind, answer: { events, lead: 1 } }
}

function readAsk(model: string, inputs: Fields): Ask {
  const {
    response_format: format,
    guided_json: guided,
    max_tokens: limit,
    stop,
    n,
    tool_choice: choice,
  } = inputs
  const envelope = isFields(format) ? format['json_schema'] : undefined
  const schema = isFields(envelope) && isFields(envelope['schema']) ? envelope['schema'] : envelope
  return {
    model,
    stream: inputs['stream'] === true,
    choices: typeof n === 'number' ? n : 1,
    maxTokens: typeof limit === 'number' ? limit : undefined,
    stop: [stop ?? []].flat().filter((mark) => typeof mark === 'string'),
    schema: guided ?? schema ?? (format === undefined ? undefined : true),
    forced: forcedOf(
      functionsOf(inputs),
      isFields(choice) || choice === 'required' || choice === 'any',
      isFields(choice) && isFields(choice['function']) ? choice['function']['name'] : undefined,
    ),
    prompt: inputs['messages'],
  }
}

/** As chat completions have them, or without the envelope. */
function functionsOf({ tools }: Fields): readonly Forced[] {
  const list = Array.isArray(tools) ? tools.filter(isFields) : []
  return list.map((tool) => {
    const { name, parameters } = isFields(tool['function']) ? tool['function'] : tool
    return { name: String(name), parameters }
  })
}

function count(prompt: number, completion: number, answer: Said): Fields {
  const { cached = 0, reasoning = 0 } = answer.usage ?? {}
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: prompt === 0 ? 0 : cached },
    ...(reasoning === 0 || completion === 0
      ? {}
      : { completion_tokens_details: { reasoning_tokens: reasoning } }),
    neurons: prompt * 0.0091 + completion * 0.0273,
  }
}

const totals = (answer: Said): { usage?: Fields } =>
  answer.usage === undefined ? {} : { usage: count(answer.usage.prompt, answer.usage.completion, answer) }

/** The last line of every stream, of either kind. */
const closing = (answer: Said): readonly Fields[] =>
  answer.usage === undefined ? [] : [{ response: '', ...totals(answer) }]

/** Pads a frame, so that its length does not tell the token. */
const padding = (at: number): string => 'abdefghijklmnoprstuvxyz'.slice(0, 1 + ((at * 7) % 20))

const parse = (json: string): unknown => JSON.parse(json)

/** Arguments are objects, and calls have no ids. */
function writeNative(ask: Ask, answer: Said): Fields {
  const calls = answer.calls.map(({ name, json }) => ({ name, arguments: parse(json) }))
  const spoken = answer.pieces.join('')
  const isJson = ask.schema !== undefined && calls.length === 0
  return {
    response: isJson ? parse(spoken) : calls.length > 0 && spoken === '' ? null : spoken,
    tool_calls: calls,
    ...totals(answer),
  }
}

const FINISH = { stop: 'stop', length: 'length', tools: 'tool_calls', refusal: 'stop' } as const

/** Llama 4 says everything in both shapes at once; Hermes sends its calls whole; the others in pieces. */
function nativeFrames(ask: Ask, answer: Said, behaviour: Behaviour, head: Head): readonly Fields[] {
  if (/llama-4/.test(ask.model)) {
    const doubled = chunks(ask, answer, behaviour, head).slice(0, -1)
    return [...doubled.map(doubleOf), ...closing(answer)]
  }
  const texts = answer.pieces.map((response, at) => ({ response, tool_calls: [], p: padding(at) }))
  const frames: Fields[] = [{ response: '', tool_calls: [], p: padding(0) }, ...texts]
  if (/hermes/.test(ask.model)) {
    for (const { name, json } of answer.calls)
      frames.push({ response: null, tool_calls: [{ name, arguments: parse(json) }] })
  } else frames.push(...answer.calls.flatMap((call, at) => callFrames(call, at, head)))
  if (behaviour.finish !== undefined) frames.push({ response: '', finish_reason: behaviour.finish })
  return [...frames, ...closing(answer)]
}

function doubleOf(chunk: Fields): Fields {
  const [choice] = Array.isArray(chunk['choices']) ? chunk['choices'] : []
  const delta: unknown = isFields(choice) ? choice['delta'] : undefined
  const spoken = isFields(delta) ? delta['content'] : undefined
  return { ...chunk, ...(typeof spoken === 'string' ? { response: spoken } : {}), tool_calls: [] }
}

function callFrames({ id, name, json }: Said['calls'][number], index: number, head: Head): readonly Fields[] {
  const given = id ?? `chatcmpl-tool-${head.count}-${index}`
  const begun = { id: given, type: 'function', index, function: { name } }
  const bits = bitsOf(json).map((bit) => ({ index, function: { arguments: bit } }))
  const over = { id: null, type: null, function: { name: null, arguments: '' } }
  return [begun, ...bits, over].map((entry) => ({ tool_calls: [entry], p: padding(index) }))
}

const common = (ask: Ask, head: Head, object: string): Fields => ({
  created: head.created,
  id: `lab${String(head.count).padStart(29, '0')}`,
  model: ask.model,
  object,
})

function writeCompletion(ask: Ask, answer: Said, behaviour: Behaviour, head: Head): Fields {
  const calls = answer.calls.map(({ id, name, json }, at) => ({
    id: id ?? `chatcmpl-tool-${head.count}-${at}`,
    type: 'function',
    function: { name, arguments: json },
  }))
  const message = {
    role: 'assistant',
    content: answer.pieces.length === 0 && calls.length > 0 ? null : answer.pieces.join(''),
    ...(answer.reasoning.length === 0 ? {} : { reasoning_content: answer.reasoning.join('') }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  const finish = behaviour.finish ?? FINISH[answer.stop]
  const choices = Array.from({ length: ask.choices }, (_, index) => ({
    finish_reason: finish,
    index,
    logprobs: null,
    message,
  }))
  return { choices, ...common(ask, head, 'chat.completion'), ...totals(answer) }
}

/** Usage comes by the chunk, the prompt with the first one; then a chunk without choices, then the sum. */
function chunks(ask: Ask, answer: Said, behaviour: Behaviour, head: Head): readonly Fields[] {
  const base = common(ask, head, 'chat.completion.chunk')
  const split = (prompt: number, completion: number): Fields =>
    answer.usage === undefined ? {} : { usage: count(prompt, completion, answer) }
  const indexes = Array.from({ length: ask.choices }, (_, index) => index)
  const each = (delta: Fields, used: Fields, finish: string | null = null): readonly Fields[] =>
    indexes.map((index) => ({
      choices: [{ delta, finish_reason: finish, index, logprobs: null }],
      ...base,
      p: padding(index),
      ...used,
    }))
  const frames = [
    ...each({ content: '', reasoning_content: null, role: 'assistant' }, split(answer.usage?.prompt ?? 0, 0)),
  ]
  // Both names occur, sometimes from one model.
  for (const [at, word] of answer.reasoning.entries())
    frames.push(...each({ [at % 2 === 0 ? 'reasoning_content' : 'reasoning']: word }, split(0, 1)))
  for (const content of answer.pieces) frames.push(...each({ content, reasoning_content: null }, split(0, 1)))
  for (const [index, { id, name, json }] of answer.calls.entries()) {
    const begun = {
      id: id ?? `chatcmpl-tool-${head.count}-${index}`,
      type: 'function',
      index,
      function: { name },
    }
    frames.push(...each({ tool_calls: [begun] }, split(0, 1)))
    for (const bit of bitsOf(json))
      frames.push(...each({ tool_calls: [{ index, function: { arguments: bit } }] }, split(0, 1)))
  }
  frames.push(...each({}, split(0, 0), behaviour.finish ?? FINISH[answer.stop]))
  frames.push({ choices: [], ...base, ...split(0, 1) })
  return [...frames, ...closing(answer)]
}

const UUID = '8c1f0a3e-5b7d-4e2a-9f61-2d0c7b4e9a15'

/** A script's plain status has no code of its own: then it is the documented one with that status. */
const CODES: Readonly<Record<number, readonly [code: number, message: string]>> = {
  400: [5004, 'Invalid data'],
  401: [10000, 'Authentication error'],
  403: [3041, 'The account is not allowed to access this model'],
  404: [3042, 'The model name is invalid'],
  408: [3007, 'Request timeout'],
  413: [3006, 'Request is too large'],
  429: [3040, 'Capacity temporarily exceeded, please try again.'],
}

function told({ status, code, message }: Refused): { code: number; message: string } {
  if (code !== null) return { code: Number(code), message }
  const [known, words] = CODES[status] ?? [4007, 'An internal server error occured.']
  return { code: known, message: words }
}

/** Through the binding: the service answers as itself. */
const binding: Wire = {
  name: 'ai-binding',
  address: /^\/(?:ai-gateway\/)?run$/,
  keyOf: () => undefined,
  modelOf: (_, headers) => String(headers['cf-consn-model-id'] ?? ''),
  answer: (request, behaviour, head) => answer(request, behaviour, head).answer,
  failure(refused) {
    const { code, message } = told(refused)
    return {
      name: 'AiError',
      internalCode: code,
      httpCode: refused.status,
      message: `AiError: AiError: ${message} (${UUID})`,
      description: message,
    }
  },
  failureEvent: (message) => eventOf({ name: 'AiError', internalCode: 4007, message: `AiError: ${message}` }),
  headers: (number) => ({ 'cf-ai-req-id': `lab-${number}`, 'cf-aig-log-id': `log-${number}` }),
}

const listed = (refused: Refused): Fields => {
  const { code, message } = told(refused)
  return {
    errors: [{ message: `AiError: AiError: ${message} (${UUID})`, code }],
    success: false,
    result: {},
    messages: [],
  }
}

const rest = {
  keyOf: bearerOf,
  failure: listed,
  failureEvent: (message: string): StreamEvent => eventOf(listed(new Refused(500, message))),
}

/** Over REST, at the model's own address: the API wraps what is whole. */
const run: Wire = {
  ...rest,
  name: 'ai-run',
  address: /^\/client\/v4\/accounts\/\w+\/ai\/run\/.+$/,
  modelOf: (path) => decodeURIComponent(path.replace(/^.*\/ai\/run\//, '')),
  answer(request, behaviour, head) {
    const { kind, answer: given } = answer(request, behaviour, head)
    // A stream of the other kind is not to be had here.
    const whole = 'whole' in given ? given.whole : kind === 'chat' ? {} : undefined
    return whole === undefined ? given : { whole: { result: whole, success: true, errors: [], messages: [] } }
  },
}

/** Over REST, at the address of OpenAI's clients. */
const completions: Wire = {
  ...rest,
  name: 'ai-completions',
  address: /^\/client\/v4\/accounts\/\w+\/ai\/v1\/chat\/completions$/,
  answer: (request, behaviour, head) => answer(request, behaviour, head).answer,
}
