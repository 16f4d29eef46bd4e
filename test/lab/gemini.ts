// Gemini's generateContent and streamGenerateContent as the vendor writes them.
// Sources: https://ai.google.dev/api/generate-content, https://ai.google.dev/gemini-api/docs/thought-signatures
import { type Ask, forcedOf, type Head, said, type Said } from './ask.ts'
import type { Behaviour } from './behaviour.ts'
import { checkGenerate } from './gemini-rules.ts'
import type { GenerateBody } from './gemini-schema.ts'
import { hide } from './seal.ts'
import { eventOf, type Fields, type LabRequest, Refused, type StreamEvent, type Wire } from './wire.ts'

interface GenerateAsk extends Ask {
  /** May the client read what was thought? */
  readonly shows: boolean
}

function readAsk(body: GenerateBody, model: string, stream: boolean): GenerateAsk {
  const config = body.generationConfig
  const calling = body.toolConfig?.functionCallingConfig
  const functions = (body.tools ?? []).flatMap(({ functionDeclarations = [] }) =>
    functionDeclarations.map(({ name, parameters, parametersJsonSchema }) => ({
      name,
      parameters: parametersJsonSchema ?? lower(parameters),
    })),
  )
  const isJson = config?.responseMimeType === 'application/json'
  return {
    model,
    stream,
    choices: config?.candidateCount ?? 1,
    maxTokens: config?.maxOutputTokens,
    stop: config?.stopSequences ?? [],
    schema:
      config?.responseJsonSchema ??
      (config?.responseSchema === undefined ? isJson || undefined : lower(config?.responseSchema)),
    forced: forcedOf(functions, calling?.mode === 'ANY', calling?.allowedFunctionNames?.[0]),
    prompt: [body.systemInstruction, body.contents, body.tools],
    shows: config?.thinkingConfig?.includeThoughts === true,
  }
}

/** Types are written in capitals here. */
function lower(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(lower)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'type' && typeof value === 'string' ? value.toLowerCase() : lower(value),
    ]),
  )
}

const FINISH = { stop: 'STOP', length: 'MAX_TOKENS', tools: 'STOP', refusal: 'SAFETY' } as const

/** Thoughts are counted beside the answer; the cached part of the prompt is inside it. */
function usageOf({ usage }: Said): Fields | undefined {
  if (usage === undefined) return undefined
  return {
    promptTokenCount: usage.prompt,
    candidatesTokenCount: usage.completion - usage.reasoning,
    ...(usage.reasoning === 0 ? {} : { thoughtsTokenCount: usage.reasoning }),
    ...(usage.cached === 0 ? {} : { cachedContentTokenCount: usage.cached }),
    totalTokenCount: usage.prompt + usage.completion,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.prompt }],
  }
}

type Part = Fields

/** The parts in order, the way they come in a stream: text word by word, every call whole. */
function partsOf(ask: GenerateAsk, answer: Said, head: Head): readonly Part[] {
  const proof = hide('gemini', answer.reasoning.join('') || `lab${head.count}`)
  const thoughts = ask.shows ? answer.reasoning.map((text) => ({ text, thought: true })) : []
  const calls = answer.calls.map(({ id, name, json }, at) => ({
    functionCall: { ...(id === undefined ? {} : { id }), name, args: parse(json) },
    // Of calls made together the first alone is sealed.
    ...(at === 0 ? { thoughtSignature: proof } : {}),
  }))
  const texts = answer.pieces.map((text) => ({ text }))
  // Without a call the proof stands at the end of the text.
  const isSealed = calls.length === 0 && answer.reasoning.length > 0
  return [...thoughts, ...texts, ...calls, ...(isSealed ? [{ text: '', thoughtSignature: proof }] : [])]
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return {} // the vendor sends objects only
  }
}

/** Neighbouring texts of a kind are one part in a whole reply. */
function joined(parts: readonly Part[]): readonly Part[] {
  const whole: Part[] = []
  for (const part of parts) {
    const last = whole.at(-1)
    const isSame =
      typeof part['text'] === 'string' &&
      typeof last?.['text'] === 'string' &&
      part['thought'] === last['thought']
    if (isSame) whole[whole.length - 1] = { ...last, ...part, text: `${String(last['text'])}${part['text']}` }
    else whole.push(part)
  }
  return whole
}

function replyOf(ask: GenerateAsk, head: Head, candidates: unknown, usage: Fields | undefined): Fields {
  return {
    candidates,
    ...(usage === undefined ? {} : { usageMetadata: usage }),
    modelVersion: ask.model,
    responseId: `lab${head.count}`,
  }
}

function candidateOf(parts: readonly Part[], index: number, end: Fields): Fields {
  return { ...(parts.length === 0 ? {} : { content: { parts, role: 'model' } }), ...end, index }
}

function endOf(answer: Said, behaviour: Behaviour): Fields {
  const finishMessage = answer.refusal.join('')
  return {
    finishReason: behaviour.finish ?? FINISH[answer.stop],
    ...(finishMessage === '' ? {} : { finishMessage }),
  }
}

function writeWhole(ask: GenerateAsk, behaviour: Behaviour, head: Head): Fields {
  const answer = said(ask, behaviour)
  const parts = joined(partsOf(ask, answer, head))
  const indexes = Array.from({ length: ask.choices }, (_, index) => index)
  const candidates = indexes.map((index) => candidateOf(parts, index, endOf(answer, behaviour)))
  return replyOf(ask, head, candidates, usageOf(answer))
}

/** Every chunk is a reply of its own; usage grows with them, and the last one says why it ended. */
function writeEvents(ask: GenerateAsk, behaviour: Behaviour, head: Head): readonly StreamEvent[] {
  const answer = said(ask, behaviour)
  const usage = usageOf(answer)
  const parts = partsOf(ask, answer, head)
  const early =
    usage === undefined
      ? undefined
      : { promptTokenCount: usage['promptTokenCount'], totalTokenCount: usage['promptTokenCount'] }
  const indexes = Array.from({ length: ask.choices }, (_, index) => index)
  const chunk = (some: readonly Part[], end: Fields, counted: Fields | undefined): StreamEvent =>
    eventOf(
      replyOf(
        ask,
        head,
        indexes.map((index) => candidateOf(some, index, end)),
        counted,
      ),
    )
  const chunks = parts.map((part) => chunk([part], {}, early))
  if (behaviour.done === false) return chunks
  return [...chunks, chunk([], endOf(answer, behaviour), usage)]
}

const STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const shared = {
  keyOf: ({ headers, path }: LabRequest): string | undefined => {
    const key = headers['x-goog-api-key']
    return typeof key === 'string' ? key : (new URL(path, 'http://lab').searchParams.get('key') ?? undefined)
  },
  modelOf: (path: string): string => decodeURIComponent(/\/models\/([^:]+):/.exec(path)?.[1] ?? ''),
  failure: ({ status, message }: Refused): unknown => ({
    error: { code: status, message, status: STATUS[status] ?? 'UNKNOWN' },
  }),
  failureEvent: (message: string): StreamEvent =>
    eventOf({ error: { code: 503, message, status: 'UNAVAILABLE' } }),
}

export const generate: Wire = {
  ...shared,
  name: 'gemini',
  address: /^\/v1(?:beta)?\/models\/[^/:]+:generateContent$/,
  answer(request, behaviour, head) {
    const ask = readAsk(checkGenerate(request), request.model, false)
    return { whole: writeWhole(ask, behaviour, head) }
  },
}

export const streamGenerate: Wire = {
  ...shared,
  name: 'gemini-stream',
  address: /^\/v1(?:beta)?\/models\/[^/:]+:streamGenerateContent$/,
  answer(request, behaviour, head) {
    const ask = readAsk(checkGenerate(request), request.model, true)
    // Without this the vendor sends a JSON array, which is no stream to anybody.
    if (new URL(request.path, 'http://lab').searchParams.get('alt') !== 'sse')
      throw new Refused(400, 'The lab streams with ?alt=sse only.')
    return { events: writeEvents(ask, behaviour, head), lead: 0 }
  },
}
