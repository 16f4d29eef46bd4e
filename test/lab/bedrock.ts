// Amazon Bedrock's Converse as the service writes it: whole, and as a stream in Amazon's binary frames.
// Sources: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, .../API_runtime_ConverseStream.html
import { event, exception } from '../contract/bedrock/message.ts'
import { type Ask, bitsOf, forcedOf, type Head, said, type Said, type SaidUsage } from './ask.ts'
import { checkConverse, hideThought, sealThought, thinkingOf } from './bedrock-rules.ts'
import type { ConverseBody } from './bedrock-schema.ts'
import type { Behaviour } from './behaviour.ts'
import { checkSignature, keyIdOf } from './signature.ts'
import { type Fields, isFields, type LabRequest, type Refused, type StreamEvent, type Wire } from './wire.ts'

interface ConverseAsk extends Ask {
  readonly thinks: boolean
}

function readAsk(body: ConverseBody, model: string, stream: boolean): ConverseAsk {
  const { inferenceConfig, toolConfig, outputConfig } = body
  const specs = (toolConfig?.tools ?? []).flatMap((tool) =>
    isFields(tool['toolSpec']) ? [tool['toolSpec']] : [],
  )
  const choice = Object(toolConfig?.toolChoice) as { any?: unknown; tool?: { name: string } }
  const schema = outputConfig?.textFormat?.structure.jsonSchema.schema
  return {
    model,
    stream,
    choices: 1,
    maxTokens: inferenceConfig?.maxTokens,
    stop: inferenceConfig?.stopSequences ?? [],
    schema: schema === undefined ? undefined : JSON.parse(schema),
    forced: forcedOf(
      specs.map(({ name, inputSchema }) => ({
        name: String(name),
        parameters: isFields(inputSchema) ? inputSchema['json'] : undefined,
      })),
      choice.any !== undefined || choice.tool !== undefined,
      choice.tool?.name,
    ),
    prompt: [body.system, body.messages, toolConfig],
    thinks: thinkingOf(body) !== undefined,
  }
}

const STOP = {
  stop: 'end_turn',
  length: 'max_tokens',
  tools: 'tool_use',
  refusal: 'content_filtered',
} as const

const stopOf = (answer: Said, behaviour: Behaviour): string =>
  behaviour.finish ?? (answer.stoppedAt === undefined ? STOP[answer.stop] : 'stop_sequence')

/** Cached tokens stand beside the input's. */
const detailsOf = ({ cacheWrite, cacheWriteLong }: SaidUsage): readonly Fields[] => [
  { ttl: '1h', inputTokens: cacheWriteLong },
  { ttl: '5m', inputTokens: cacheWrite - cacheWriteLong },
]

function usageOf({ usage }: Said): Fields | undefined {
  if (usage === undefined) return undefined
  const inputTokens = usage.prompt - usage.cached - usage.cacheWrite
  return {
    inputTokens,
    outputTokens: usage.completion,
    totalTokens: usage.prompt + usage.completion,
    cacheReadInputTokens: usage.cached,
    cacheWriteInputTokens: usage.cacheWrite,
    ...(usage.cacheWriteLong === 0 ? {} : { cacheDetails: detailsOf(usage) }),
  }
}

/** The blocks of an answer: whole, and as they begin and grow. */
interface Block {
  readonly whole: Fields
  readonly start?: Fields
  readonly deltas: readonly Fields[]
}

function blocksOf(ask: ConverseAsk, answer: Said, behaviour: Behaviour, head: Head): readonly Block[] {
  const blocks: Block[] = []
  const thought = answer.reasoning.join('')
  if (thought !== '' && ask.thinks) {
    const redactedContent = hideThought(thought)
    const signature = sealThought(thought)
    const readable = [
      ...answer.reasoning.map((text) => ({ reasoningContent: { text } })),
      { reasoningContent: { signature } },
    ]
    blocks.push(
      behaviour.redacted === true
        ? {
            whole: { reasoningContent: { redactedContent } },
            deltas: [{ reasoningContent: { redactedContent } }],
          }
        : { whole: { reasoningContent: { reasoningText: { text: thought, signature } } }, deltas: readable },
    )
  }
  if (answer.pieces.length > 0)
    blocks.push({ whole: { text: answer.pieces.join('') }, deltas: answer.pieces.map((text) => ({ text })) })
  for (const [at, { id, name, json }] of answer.calls.entries()) {
    const toolUseId = id ?? `tooluse_lab${head.count}_${at}`
    blocks.push({
      whole: { toolUse: { toolUseId, name, input: parse(json) } },
      start: { toolUse: { toolUseId, name } },
      deltas: bitsOf(json).map((input) => ({ toolUse: { input } })),
    })
  }
  return blocks
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return {} // the service sends objects only
  }
}

function writeWhole(ask: ConverseAsk, behaviour: Behaviour, head: Head): Fields {
  const answer = said(ask, behaviour)
  const content = blocksOf(ask, answer, behaviour, head).map(({ whole }) => whole)
  const usage = usageOf(answer)
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: stopOf(answer, behaviour),
    ...(usage === undefined ? {} : { usage }),
    metrics: { latencyMs: 1 },
  }
}

const frame = (name: string, payload: Fields): StreamEvent =>
  event(name, JSON.stringify({ ...payload, p: 'abcdefgh' }))

function writeEvents(ask: ConverseAsk, behaviour: Behaviour, head: Head): readonly StreamEvent[] {
  const answer = said(ask, behaviour)
  const usage = usageOf(answer)
  const events = [frame('messageStart', { role: 'assistant' })]
  for (const [contentBlockIndex, { start, deltas }] of blocksOf(ask, answer, behaviour, head).entries()) {
    if (start !== undefined) events.push(frame('contentBlockStart', { contentBlockIndex, start }))
    for (const delta of deltas) events.push(frame('contentBlockDelta', { contentBlockIndex, delta }))
    events.push(frame('contentBlockStop', { contentBlockIndex }))
  }
  if (behaviour.done === false) return events
  events.push(frame('messageStop', { stopReason: stopOf(answer, behaviour) }))
  if (usage !== undefined) events.push(frame('metadata', { usage, metrics: { latencyMs: 1 } }))
  return events
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
}

const shared = {
  keyOf: keyIdOf,
  modelOf: (path: string): string => decodeURIComponent(/\/model\/([^/]+)\//.exec(path)?.[1] ?? ''),
  failure: ({ message }: Refused): unknown => ({ message }),
  failureHeaders: ({ status, code }: Refused): Record<string, string> => ({
    'x-amzn-errortype': code ?? ERRORS[status] ?? 'InternalServerException',
  }),
  failureEvent: (message: string): StreamEvent =>
    exception('modelStreamErrorException', JSON.stringify({ message })),
  headers: (count: number): Record<string, string> => ({ 'x-amzn-requestid': `lab-${count}` }),
}

const read = (request: LabRequest, stream: boolean): ConverseAsk => {
  checkSignature(request)
  return readAsk(checkConverse(request), request.model, stream)
}

export const converse: Wire = {
  ...shared,
  name: 'bedrock',
  address: /^\/model\/[^/]+\/converse$/,
  answer: (request, behaviour, head) => ({ whole: writeWhole(read(request, false), behaviour, head) }),
}

export const converseStream: Wire = {
  ...shared,
  name: 'bedrock-stream',
  streamType: 'application/vnd.amazon.eventstream',
  address: /^\/model\/[^/]+\/converse-stream$/,
  answer: (request, behaviour, head) => ({
    events: writeEvents(read(request, true), behaviour, head),
    lead: 1,
  }),
}
